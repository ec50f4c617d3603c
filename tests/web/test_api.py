"""The HTTP API."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import orjson
import pytest

from models.features import features_of
from models.interest import ProfileState, learn, publish
from streams.errors import MisconfiguredError
from streams.records import Click, ReaderId
from streams.settings import Settings
from tests.web.conftest import NOW, Site, enriched, fill, transition
from web.keys import is_loopback, refuse_open_door
from web.live import QUEUE_AT_MOST, Broadcast, LiveAlert

GOOD = {"title": "Quillon opens a plant", "source": "Wire", "url": "https://wire.example/1"}


async def test_an_article_is_pushed_as_it_came(site: Site) -> None:
    """The bytes go to news.raw unchanged, under the id that the answer names."""
    raw = b'{"title":  "Quillon opens a plant", "unknown": 1}'
    answer = await site.client.post("/v1/articles", content=raw)
    assert answer.status_code == 202
    (article_id,) = answer.json()["accepted"]
    assert site.producer.sent == [("news.raw", article_id.encode(), raw)]


async def test_several_are_checked_one_by_one(site: Site) -> None:
    """Of an array or of lines the good ones are taken, and each bad one is told with its reason."""
    answer = await site.client.post("/v1/articles", json=[GOOD, {"title": 7}, {"body": "x"}])
    assert answer.status_code == 202
    assert len(answer.json()["accepted"]) == 2
    assert [(r["position"], r["reason"]) for r in answer.json()["refused"]] == [(1, "wrong_type")]
    lines = b'{"title": "a"}\n\n{cut\n{"title": "b"}\n'
    headers = {"Content-Type": "application/x-ndjson"}
    answer = await site.client.post("/v1/articles", content=lines, headers=headers)
    assert [(r["position"], r["reason"]) for r in answer.json()["refused"]] == [(1, "not_json")]
    assert len(site.producer.sent) == 4


@pytest.mark.parametrize(
    ("content", "status", "reason"),
    [
        (b"{cut", 422, "not_json"),
        (b"", 422, "empty"),
        (b'{"title": ""}', 422, "missing_text"),
        (b'{"title": "x", "published_at": "2027-01-01T00:00:00Z"}', 422, "impossible_date"),
        (b"[" + b",".join([b'{"title": "x"}'] * 1_001) + b"]", 413, None),
        (b'{"title": "x", "body": "' + b"a" * 8_000_001 + b'"}', 413, None),
    ],
)
async def test_what_cannot_be_taken_is_a_problem(site: Site, content: bytes, status: int, reason: str | None) -> None:
    """A single bad article is answered with its reason as a problem document, and nothing is published."""
    answer = await site.client.post("/v1/articles", content=content)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json().get("reason") == reason
    assert answer.json()["detail"]
    assert site.producer.sent == []


async def test_a_broker_that_is_away_is_503(site: Site) -> None:
    """Without a broker the caller is asked to come again."""
    site.producer.away = True
    answer = await site.client.post("/v1/articles", json=GOOD)
    assert answer.status_code == 503
    assert int(answer.headers["retry-after"]) > 0


async def test_clicks_are_keyed_by_reader(site: Site) -> None:
    """A click goes to clicks.raw under its reader; one without an article is refused."""
    answer = await site.client.post("/v1/clicks", json=[{"reader_id": "r", "article_id": "a"}, {"reader_id": "r"}])
    assert answer.status_code == 202
    assert [(topic, key) for topic, key, _ in site.producer.sent] == [("clicks.raw", b"r")]
    assert answer.json()["refused"][0]["position"] == 1


async def test_articles_are_searched_paged_and_got(site: Site) -> None:
    """Words, entity and label narrow a search; pages follow each other; an article is got whole."""
    articles = [enriched(f"Report {n}", n, "Profit rose." if n % 2 else "A fraud and a loss.") for n in range(5)]
    await fill(site.index, articles)
    found = (await site.client.get("/v1/articles", params={"q": "fraud", "entity": "demo:quillon"})).json()
    assert found["total"] == 3
    first = (await site.client.get("/v1/articles", params={"limit": 2})).json()
    assert [a["title"] for a in first["articles"]] == ["Report 4", "Report 3"]
    second = (await site.client.get("/v1/articles", params={"limit": 2, "cursor": first["cursor"]})).json()
    assert [a["title"] for a in second["articles"]] == ["Report 2", "Report 1"]
    got = (await site.client.get(f"/v1/articles/{articles[0].article.article_id}")).json()
    assert got["sentences"][0]["text"] == "Report 0"
    assert got["entities"][0]["id"] == "demo:quillon"
    assert (await site.client.get("/v1/articles/none")).status_code == 404


async def test_the_timeline_counts_by_label(site: Site) -> None:
    """The slices of the time line add up to the articles."""
    await fill(site.index, [enriched(f"Report {n}", n * 20) for n in range(3)])
    slices = (await site.client.get("/v1/sentiment", params={"bucket_s": 1_800})).json()
    assert sum(sum(each["counts"].values()) for each in slices) == 3
    assert (await site.client.get("/v1/sentiment", params={"bucket_s": 1})).status_code == 422


async def test_interests_are_shown_and_forgotten(site: Site) -> None:
    """A reader's interests are shown with names, strongest first, and are gone when erased."""
    article = enriched("Quillon opens a plant")
    click = Click(click_id="c", reader_id=ReaderId("r 1"), article_id=article.article.article_id, at=NOW)
    state = learn(ProfileState.new(ReaderId("r 1")), features_of(article).read(click), 7.0)
    await site.index.put_profiles([publish(state)])
    shown = (await site.client.get("/v1/readers/r 1/interests")).json()
    assert (shown["clicks"], shown["entities"][0]["name"]) == (1, "Quillon Foods")
    assert (await site.client.delete("/v1/readers/r 1")).status_code == 204
    assert (await site.client.get("/v1/readers/r 1/interests")).status_code == 404
    assert (await site.client.delete("/v1/readers/r 1")).status_code == 404


async def test_alerts_are_listed(site: Site) -> None:
    """Episodes are listed, the open ones alone where asked."""
    await site.index.put_alerts([transition(1), transition(2, "resolved")])
    assert len((await site.client.get("/v1/alerts")).json()) == 2
    opened = (await site.client.get("/v1/alerts", params={"open_only": True})).json()
    assert [each["transition_id"] for each in opened] == ["t1"]


async def test_a_listener_catches_up_and_a_slow_one_is_let_go() -> None:
    """A listener gets what it missed and then what comes; one that does not read is let go and slows nobody."""
    broadcast = Broadcast()
    for offset in range(3):
        broadcast.tell(LiveAlert(offset, transition(offset)))
    listener = broadcast.listen(after=0)
    assert [(await anext(listener)).offset for _ in range(2)] == [1, 2]
    coming = asyncio.ensure_future(anext(listener))
    await asyncio.sleep(0)
    broadcast.tell(LiveAlert(3, transition(3)))
    assert (await coming).offset == 3
    for offset in range(4, 6 + QUEUE_AT_MOST):
        broadcast.tell(LiveAlert(offset, transition(offset)))
    seen = [alert.offset async for alert in listener]
    assert len(seen) == QUEUE_AT_MOST - 1


@pytest.mark.parametrize(
    ("method", "path", "least"),
    [
        ("GET", "/v1/articles", "read"),
        ("GET", "/v1/alerts", "read"),
        ("GET", "/metrics", "read"),
        ("POST", "/v1/articles", "write"),
        ("POST", "/v1/clicks", "write"),
        ("DELETE", "/v1/readers/r", "admin"),
    ],
)
async def test_keys_open_what_their_scope_reaches(locked_site: Site, method: str, path: str, least: str) -> None:
    """Without a key it is 401, below the scope 403; from the scope on it is answered."""
    order = ["read", "write", "admin"]
    client = locked_site.client
    assert (await client.request(method, path)).status_code == 401
    assert (await client.request(method, path, headers={"X-API-Key": "guess"})).status_code == 401
    for scope, key in zip(order, ("r-key", "w-key", "a-key"), strict=True):
        answer = await client.request(method, path, headers={"Authorization": f"Bearer {key}"}, content=b"{}")
        if order.index(scope) < order.index(least):
            assert answer.status_code == 403, (scope, answer.text)
        else:
            assert answer.status_code not in (401, 403), (scope, answer.text)


def test_off_loopback_keys_are_needed() -> None:
    """The web process refuses to listen for everybody without keys, and says what to set."""
    with pytest.raises(MisconfiguredError, match="TIDEWATCH_API_KEYS"):
        refuse_open_door(Settings(web_host="0.0.0.0"))
    refuse_open_door(Settings(web_host="0.0.0.0", api_keys="desk:read=k"))
    refuse_open_door(Settings(web_host="127.0.0.1"))
    assert is_loopback("::1")
    assert not is_loopback("10.0.0.1")


async def test_health_says_what_is_away(site: Site) -> None:
    """Without a broker the health is 503 and names it, while the index is well."""
    answer = await site.client.get("/health")
    assert answer.status_code == 503
    assert "Kafka" in answer.json()["broker"]


async def test_the_interface_describes_itself(site: Site) -> None:
    """The OpenAPI document names every path, and every operation has a summary."""
    document = (await site.client.get("/openapi.json")).json()
    assert {"/v1/articles", "/v1/alerts/live", "/v1/readers/{reader_id}/interests", "/health"} <= set(document["paths"])
    for path, operations in document["paths"].items():
        for operation in operations.values():
            assert operation.get("description"), path
    assert orjson.dumps(document)


async def test_dates_without_a_zone_are_utc(site: Site) -> None:
    """A search may name a time without a zone."""
    await fill(site.index, [enriched("Report", 0)])
    since = (NOW - timedelta(hours=2)).replace(tzinfo=None).isoformat()
    assert (await site.client.get("/v1/articles", params={"since": since})).json()["total"] == 1
