"""Subscriptions: kept, shown without secrets, tested, previewed and followed."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import httpx
import orjson
import pytest

from streams.subscriptions import DeliveryRequest, Subscription
from tests.alerts.receivers.endpoint import SECRET
from tests.alerts.receivers.hostile import URLS
from tests.web.api.serving import listening, next_event
from tests.web.conftest import Site
from web.live import LiveNotification

HOOK = "https://hooks.desk.example/in"


def _fields(**chosen: Any) -> dict[str, Any]:
    return {"name": "Food", "channel": {"kind": "webhook", "url": HOOK, "secrets": [SECRET]}} | chosen


def _published(site: Site) -> Subscription:
    topic, _, value = site.producer.sent[-1]
    assert topic == "subscriptions"
    assert value is not None
    return Subscription.model_validate_json(value)


async def _put(site: Site, name: str = "food", /, **chosen: Any) -> httpx.Response:
    return await site.client.put(f"/v1/subscriptions/{name}", json=_fields(**chosen))


async def _put_text(site: Site, content: str) -> httpx.Response:
    headers = {"Content-Type": "application/json"}
    return await site.client.put("/v1/subscriptions/food", content=content, headers=headers)


async def test_a_subscription_is_kept_and_its_secret_is_not_shown(site: Site) -> None:
    """The topic gets the secret; every answer shows its end alone, and what was just kept is found at once."""
    answer = await _put(site, matchers={"severities": ["high"]})
    assert answer.status_code == 201
    channel = _published(site).channel
    assert channel.kind == "webhook"
    assert channel.secrets[0].get_secret_value() == SECRET
    listed = await site.client.get("/v1/subscriptions")
    got = await site.client.get("/v1/subscriptions/food")
    for shown in (answer.json(), listed.json()[0], got.json()):
        assert shown["channel"]["secrets"] == [f"whsec_…{SECRET[-4:]}"]
        assert shown["matchers"]["severities"] == ["high"]
    assert SECRET not in answer.text + listed.text + got.text


async def test_what_was_read_can_be_written_back(site: Site) -> None:
    """A subscription that is read, changed and written keeps its secret, and so does one that leaves it out."""
    await _put(site)
    read = (await site.client.get("/v1/subscriptions/food")).json()
    answer = await site.client.put("/v1/subscriptions/food", json=read | {"resolved": True})
    assert answer.status_code == 200, answer.text
    assert _published(site).resolved
    without = await _put(site, channel={"kind": "webhook", "url": HOOK})
    assert "made_secret" not in without.json()
    channel = _published(site).channel
    assert channel.kind == "webhook"
    assert channel.secrets[0].get_secret_value() == SECRET
    foreign = await _put(site, "other", channel={"kind": "webhook", "url": HOOK, "secrets": ["whsec_…abcd"]})
    assert foreign.status_code == 422
    assert foreign.json()["mistakes"][0]["path"] == "channel.secrets.0"


async def _changed(site: Site, method: str, tags: dict[str, str], **chosen: Any) -> int:
    body = {} if method == "DELETE" else {"json": _fields(**chosen)}
    return (await site.client.request(method, "/v1/subscriptions/food", headers=tags, **body)).status_code


async def test_who_changes_an_old_version_overwrites_nothing(site: Site) -> None:
    """A change on the version that was read is kept; on any other it is refused with 412, and so is a deletion."""
    await _put(site)
    read = await site.client.get("/v1/subscriptions/food")
    tag = {"If-Match": read.headers["ETag"]}
    assert (await site.client.get("/v1/subscriptions/food")).headers["ETag"] == tag["If-Match"]
    assert await _changed(site, "PUT", tag, name="Mine") == 200
    answer = await site.client.put("/v1/subscriptions/food", json=_fields(name="Theirs"), headers=tag)
    assert answer.status_code == 412
    assert answer.headers["content-type"] == "application/problem+json"
    assert "changed since" in answer.json()["detail"]
    assert await _changed(site, "DELETE", tag) == 412
    assert _published(site).name == "Mine"
    new = (await site.client.get("/v1/subscriptions/food")).headers["ETag"]
    assert await _changed(site, "PUT", {"If-Match": f'"other", {new}'}, name="Next") == 200
    assert await _changed(site, "PUT", {"If-Match": "*"}, name="Any") == 200
    assert await _changed(site, "PUT", {"If-Match": f"W/{new}"}, name="Weak") == 412
    assert await _changed(site, "PUT", {"If-Match": "bare"}, name="Bare") == 400
    assert await _changed(site, "PUT", {"If-None-Match": "*"}, name="Second") == 412
    assert _published(site).name == "Any"
    assert await _changed(site, "DELETE", {"If-Match": "*"}) == 204
    assert await _changed(site, "DELETE", tag) == 404
    assert await _changed(site, "PUT", tag) == 412
    assert await _changed(site, "PUT", {"If-None-Match": "*"}) == 201


async def test_of_two_changes_in_one_moment_one_is_kept(site: Site) -> None:
    """Between the look at the version and the writing nobody else comes in."""
    await _put(site)
    tag = {"If-Match": (await site.client.get("/v1/subscriptions/food")).headers["ETag"]}
    answers = await asyncio.gather(*(_changed(site, "PUT", tag, name=f"Change {n}") for n in range(5)))
    assert sorted(answers) == [200, 412, 412, 412, 412]


async def test_a_secret_is_made_and_rotated(site: Site) -> None:
    """A webhook without a secret gets one, shown once; a rotation puts a new one before it, and keeps two at most."""
    made = (await _put(site, channel={"kind": "webhook", "url": HOOK})).json()["made_secret"]
    assert made not in (await site.client.get("/v1/subscriptions/food")).text
    new = (await site.client.post("/v1/subscriptions/food/secret")).json()["made_secret"]
    newest = (await site.client.post("/v1/subscriptions/food/secret")).json()["made_secret"]
    channel = _published(site).channel
    assert channel.kind == "webhook"
    assert [secret.get_secret_value() for secret in channel.secrets] == [newest, new]
    await _put(site, "mail", channel={"kind": "email", "to": ["desk@news.example"]})
    assert (await site.client.post("/v1/subscriptions/mail/secret")).status_code == 409


async def test_slack_s_address_is_a_secret(site: Site) -> None:
    """The address of an incoming webhook is shown by its end, and stays where it is written as it is shown."""
    url = "https://hooks.slack.com/services/T1/B1/t0psecret"
    answer = await _put(site, channel={"kind": "slack", "url": url})
    assert answer.json()["channel"]["url"] == "https://hooks.slack.com/…cret"
    again = await _put(site, channel=answer.json()["channel"])
    assert again.status_code == 200
    channel = _published(site).channel
    assert channel.kind == "slack"
    assert channel.url.get_secret_value() == url
    assert (await _put(site, channel={"kind": "slack", "url": HOOK})).status_code == 422


async def test_a_hostile_url_is_refused_when_it_is_written(site: Site) -> None:
    """Nobody can even keep a subscription that leads inside."""
    for url, word in URLS:
        answer = await _put(site, channel={"kind": "webhook", "url": url, "secrets": [SECRET]})
        assert answer.status_code == 422, url
        (mistake,) = answer.json()["mistakes"]
        assert mistake["path"] == "channel.url", url
        assert word in mistake["message"]
    assert site.producer.sent == []


@pytest.mark.parametrize(
    ("chosen", "path"),
    [
        ({"name": " "}, "name"),
        ({"matcher": {"entities": ["a"]}}, "matcher"),
        ({"matchers": {"entitys": ["a"]}}, "matchers.entitys"),
        ({"matchers": {"severities": ["grave"]}}, "matchers.severities.0"),
        ({"matchers": {"topics": ["energy", "enrgy"]}}, "matchers.topics.1"),
        ({"channel": {"kind": "pager"}}, "channel"),
        ({"channel": {"kind": "email", "to": ["nobody"]}}, "channel.to.0"),
        ({"channel": {"kind": "webhook", "url": HOOK, "secrets": ["whsec_c2hvcnQ="]}}, "channel.secrets.0"),
        ({"channel": {"kind": "webhook", "url": HOOK, "secrets": ["t0psecret"]}}, "channel.secrets.0"),
        ({"channel": {"kind": "webhook", "url": HOOK, "secrets": ["whsec_t0psecretü"]}}, "channel.secrets.0"),
        ({"time_zone": "Mars/Olympus"}, "time_zone"),
        ({"max_per_hour": 0}, "max_per_hour"),
        ({"template": "{{ alert.name"}, "template"),
        ({"template": "{{ alert.nme }}"}, "template"),
        ({"template": "{% if kind == 'digest' %}{{ moar }}{% endif %}"}, "template"),
        ({"template": "{% for a in alerts %}{{ a.__class__ }}{{ self }}{% include 'x' %}{% endfor %}"}, "template"),
        ({"subscription_id": "other"}, "subscription_id"),
    ],
)
async def test_a_mistake_is_told_with_its_place(site: Site, chosen: dict[str, Any], path: str) -> None:
    """A problem names the field, repeats no secret, and nothing is published."""
    answer = await _put(site, **chosen)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert path in [mistake["path"] for mistake in answer.json()["mistakes"]]
    assert "t0psecret" not in answer.text
    assert site.producer.sent == []


async def test_half_a_character_is_a_mistake_with_its_place(site: Site) -> None:
    """JSON can write one half of a pair; it could not be published. Both halves are a character."""
    answer = await _put_text(site, json.dumps(_fields(matchers={"labels": {"desk": "\ud83d"}})))
    assert answer.status_code == 422, answer.text
    assert [mistake["path"] for mistake in answer.json()["mistakes"]] == ["matchers.labels.desk"]
    assert site.producer.sent == []
    assert (await _put_text(site, json.dumps(_fields(matchers={"labels": {"desk": "😀"}})))).status_code == 201


async def test_what_no_record_can_hold_is_refused_at_once(site: Site) -> None:
    """Its million mistakes are not looked for; white space does not count, and a long list that fits is kept."""
    answer = await _put_text(site, json.dumps(_fields(matchers={"topics": ["x"] * 400_000})))
    assert (answer.status_code, answer.json()["reason"]) == (413, "too_large")
    assert (await _put_text(site, json.dumps(_fields(reader_id="é" * 999_999)))).status_code == 413
    for deep in range(900, 1_000):
        nested = f'{{"name": "Food", "channel": {"[" * deep}{"]" * deep}}}'
        assert (await _put_text(site, nested)).status_code in (400, 422), deep
    assert site.producer.sent == []
    kept = _fields(matchers={"entities": ["demo:quillon"] * 50_000})
    assert (await _put_text(site, json.dumps(kept, indent=20))).status_code == 201


async def test_others_are_served_while_a_template_is_tried(site: Site) -> None:
    """A template may take a quarter of a second on each of fourteen notices, and holds nobody else up so long."""
    once = "{% if a|upper|lower == b|lower %}{% endif %}"
    slow = f"{{% for a in '{'x' * 90}' %}}{{% for b in '{'y' * 90}' %}}{once * 10}{{% endfor %}}{{% endfor %}}"
    putting = asyncio.create_task(_put(site, template=slow))
    served = 0
    while not putting.done():
        await asyncio.sleep(0.001)
        served += 1
    assert putting.result().status_code in (201, 422)  # on a busy machine it may take too long
    assert served > 20


async def test_what_is_no_object_or_no_id_is_refused(site: Site) -> None:
    """A body that is no object and an id that could be a path are problems."""
    assert (await site.client.put("/v1/subscriptions/a", json=[1])).status_code == 422
    assert (await site.client.put("/v1/subscriptions/.hidden", json=_fields())).status_code == 422
    assert (await site.client.get("/v1/subscriptions/none")).status_code == 404
    assert (await site.client.delete("/v1/subscriptions/none")).status_code == 404
    assert (await site.client.post("/v1/subscriptions/none/test")).status_code == 404


async def test_a_subscription_is_forgotten(site: Site) -> None:
    """A deletion is a record without a value, and what was deleted is gone at once."""
    await _put(site)
    assert (await site.client.delete("/v1/subscriptions/food")).status_code == 204
    assert site.producer.sent[-1] == ("subscriptions", b"food", None)
    assert (await site.client.get("/v1/subscriptions/food")).status_code == 404


async def test_a_list_is_read_in_parts(site: Site) -> None:
    """Subscriptions come in the order of their ids, from the one that is named."""
    for name in ("c", "a", "b"):
        await _put(site, name)
    first = (await site.client.get("/v1/subscriptions", params={"limit": 2})).json()
    assert [each["subscription_id"] for each in first] == ["a", "b"]
    rest = (await site.client.get("/v1/subscriptions", params={"after": "b"})).json()
    assert [each["subscription_id"] for each in rest] == ["c"]


async def test_a_test_is_asked_for(site: Site) -> None:
    """A test is a request on the topic of deliveries, for this subscription alone."""
    await _put(site)
    answer = await site.client.post("/v1/subscriptions/food/test")
    assert answer.status_code == 202
    topic, _, value = site.producer.sent[-1]
    assert topic == "deliveries"
    request = DeliveryRequest.model_validate_json(value or b"")
    assert (request.request, request.subscription_id) == ("test", "food")
    assert request.request_id == answer.json()["request_id"]


async def test_a_template_is_previewed(site: Site) -> None:
    """A template is shown on an invented alert; one that fails says why, beside the built-in text."""
    shown = (await site.client.post("/v1/subscriptions/preview", json={"template": "{{ alert.name }} fell"})).json()
    assert shown["text"].endswith("fell\n")
    assert shown["fault"] is None
    assert shown["html"]
    failed = (await site.client.post("/v1/subscriptions/preview", json={"template": "{{ alert.nothing }}"})).json()
    assert failed["fault"]
    assert failed["text"]
    later = {"template": "{% if kind == 'digest' %}{{ moar }}{% endif %}"}
    assert "'moar'" in (await site.client.post("/v1/subscriptions/preview", json=later)).json()["fault"]


async def test_a_broker_that_is_away_is_a_503(site: Site) -> None:
    """Nothing is pretended: a subscription that could not be published is refused for now."""
    site.producer.away = True
    assert (await _put(site)).status_code == 503


async def test_a_page_of_another_site_changes_nothing(site: Site) -> None:
    """A request that a foreign page has a browser send is refused, and one of our own is not."""
    await _put(site)
    for foreign in ("https://news.example", "null", "http://[localhost"):
        headers = {"Origin": foreign}
        assert (await site.client.post("/v1/subscriptions/food/test", headers=headers)).status_code == 403
    own = {"Origin": "http://localhost"}
    assert (await site.client.post("/v1/subscriptions/food/test", headers=own)).status_code == 202


async def test_notifications_come_live(site: Site) -> None:
    """A subscription's own notifications come as events; those of others do not."""
    await _put(site, channel={"kind": "stream"})
    for offset, name in enumerate(["food", "other", "food"]):
        site.notifications.tell(LiveNotification(offset, name, orjson.dumps({"id": offset}).decode()))  # type: ignore[arg-type]
    path = "/v1/subscriptions/food/stream"
    async with asyncio.timeout(20), listening(site, path, {"Last-Event-ID": "0"}) as answer:
        lines = answer.aiter_lines()
        assert (await next_event(lines)) == {"id": "2", "event": "notification", "data": '{"id":2}'}
        site.notifications.tell(LiveNotification(3, "food", "{}"))  # type: ignore[arg-type]
        assert (await next_event(lines))["id"] == "3"
    await _put(site)
    assert (await site.client.get(path)).status_code == 409
