"""Alerts: the list, and live."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import orjson
import pytest

from tests.web.api.serving import listening, next_event
from tests.web.conftest import NOW, Site, transition
from web.live import LiveAlert

LIVE = "/v1/alerts/live"


async def test_alerts_are_listed(site: Site) -> None:
    """Episodes are listed, the open ones alone where asked."""
    await site.index.put_alerts([transition(1), transition(2, "resolved")])
    assert len((await site.client.get("/v1/alerts")).json()) == 2
    opened = (await site.client.get("/v1/alerts", params={"state": "open"})).json()
    assert [each["transition_id"] for each in opened] == ["t1"]


async def test_alerts_are_found_by_what_they_are(site: Site) -> None:
    """Entity, severity, rule, state and time narrow the list; what cannot be a condition is a problem."""
    low = {"severity": "low", "entity_id": "demo:corvane", "rule": "turn", "acknowledged_by": "ada"}
    await site.index.put_alerts(
        [transition(1), transition(2).model_copy(update=low | {"at": NOW + timedelta(hours=1)})]
    )
    for conditions in (
        {"entity": "demo:corvane"},
        {"severity": "low"},
        {"rule": "turn"},
        {"state": "acknowledged"},
        {"since": "2026-03-02T15:30"},
    ):
        found = await site.client.get("/v1/alerts", params=conditions)
        assert [each["transition_id"] for each in found.json()] == ["t2"], conditions
    until = await site.client.get("/v1/alerts", params={"until": "2026-03-02T15:30", "state": "unacknowledged"})
    assert [each["transition_id"] for each in until.json()] == ["t1"]
    for wrong in ({"severity": "grave"}, {"state": "closed"}, {"cursor": "x"}, {"open_only": "true"}):
        assert (await site.client.get("/v1/alerts", params=wrong)).status_code == 422, wrong


async def test_alerts_are_read_page_by_page(site: Site) -> None:
    """Each page links to the next one with the same conditions, and the last to none."""
    await site.index.put_alerts([transition(n) for n in range(5)])
    seen, url = [], "/v1/alerts?severity=high&limit=2"
    for _ in range(3):
        page = await site.client.get(url)
        seen += [each["episode_id"] for each in page.json()]
        url = str(page.url.join(page.links["next"]["url"])) if "next" in page.links else ""
    assert seen == ["e0", "e1", "e2", "e3", "e4"]
    assert url == ""


async def test_one_alert_is_given(site: Site) -> None:
    """An episode is given by its id as it is now, from the index or live; an unknown one is a problem."""
    await site.index.put_alerts([transition(1)])
    site.broadcast.tell(LiveAlert(0, transition(1, "resolved").model_copy(update={"revision": 1})))
    assert (await site.client.get("/v1/alerts/e1")).json()["kind"] == "resolved"
    missing = await site.client.get("/v1/alerts/none")
    assert missing.status_code == 404
    assert "no episode 'none'" in missing.json()["detail"]


async def test_acknowledgements_come_live_with_every_field(site: Site) -> None:
    """That somebody has taken an alert on is an event of its own."""
    step = transition(0, "acknowledged").model_copy(update={"acknowledged_by": "ada", "labels": {"desk": "food"}})
    site.broadcast.tell(LiveAlert(0, transition(0)))
    site.broadcast.tell(LiveAlert(1, step))
    async with asyncio.timeout(20), listening(site, LIVE, {"Last-Event-ID": "0"}) as answer:
        event = await next_event(answer.aiter_lines())
        assert event["event"] == "acknowledged"
        data = orjson.loads(event["data"])["data"]
        assert (data["acknowledged_by"], data["labels"]) == ("ada", {"desk": "food"})


async def test_alerts_come_live(site: Site) -> None:
    """A step comes as a CloudEvent; who comes back with the id of an event gets what came after it, then what comes."""
    site.broadcast.tell(LiveAlert(0, transition(0)))
    site.broadcast.tell(LiveAlert(1, transition(1)))
    async with asyncio.timeout(20), listening(site, LIVE, {"Last-Event-ID": "0"}) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        lines = answer.aiter_lines()
        assert (await next_event(lines))["id"] == "1"
        site.broadcast.tell(LiveAlert(2, transition(2, "resolved")))
        event = await next_event(lines)
        assert (event["id"], event["event"]) == ("2", "resolved")
        data = orjson.loads(event["data"])
        assert (data["specversion"], data["type"]) == ("1.0", "tidewatch.alert.resolved.v1")
        assert data["data"]["episode_id"] == "e2"


async def test_a_gap_is_told(site: Site) -> None:
    """Who comes back for what is no longer at hand is told so first."""
    site.broadcast.begin(100, 100)
    site.broadcast.tell(LiveAlert(100, transition(1)))
    async with asyncio.timeout(20), listening(site, LIVE, {"Last-Event-ID": "7"}) as answer:
        lines = answer.aiter_lines()
        assert (await next_event(lines))["event"] == "gap"
        assert (await next_event(lines))["id"] == "100"


@pytest.mark.parametrize("seen", ["2", "5000", "9" * 5_000, "x", "-1", "", "1.5", "\u00b2"])
async def test_a_place_that_is_not_known_is_a_gap(site: Site, seen: str) -> None:
    """An id that the topic does not have, as after it began anew, or of no topic, is told to be one; then all comes."""
    site.broadcast.begin(0, 1)
    for number in range(2):
        site.broadcast.tell(LiveAlert(number, transition(number)))
    headers = {"Last-Event-ID": seen.encode("latin-1")}
    async with asyncio.timeout(20), listening(site, LIVE, headers) as answer:
        assert answer.status_code == 200
        lines = answer.aiter_lines()
        assert (await next_event(lines))["event"] == "gap"
        site.broadcast.tell(LiveAlert(2, transition(2)))
        assert (await next_event(lines))["id"] == "2"


async def test_the_last_place_is_no_gap(site: Site) -> None:
    """Who has seen everything hears what comes, and no more."""
    site.broadcast.begin(0, 2)
    async with asyncio.timeout(20), listening(site, LIVE, {"Last-Event-ID": "1"}) as answer:
        lines = answer.aiter_lines()
        for number in range(3):
            site.broadcast.tell(LiveAlert(number, transition(number)), old=number < 2)
        assert (await next_event(lines))["id"] == "2"
