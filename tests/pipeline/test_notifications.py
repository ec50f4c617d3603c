"""From an alert on its topic to a signed request at a receiver, and again after kills."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import orjson
import pytest
from aiohttp import web
from standardwebhooks.webhooks import Webhook

from streams.alerting import AlertTransition
from streams.contents import read_to_end
from streams.dead_letters import dead_letters
from streams.decoding import encode_record
from streams.events import to_cloudevent
from streams.producer import open_producer
from streams.records import DeadLetter, Record
from streams.settings import Role, Settings
from streams.subscriptions import DeliveryRequest, Subscription, encode_subscription
from streams.topics import FIRST_PARTITION, Topic
from tests.alerts.people import alert
from tests.pipeline.conftest import Parts, until
from tests.stack.receiver import listening

STREAM = {"channel": {"kind": "stream"}, "group_wait_s": 1, "group_by": ["entity"]}
SECRETS = ("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_bmV3ZXIgc2VjcmV0IG9mIHRoZSBkZXNr")


class Receiver:
    """Take webhooks on loopback, check each signature, and answer with the statuses that were asked for."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, dict[str, object]]] = []
        self.unsigned = 0
        self.statuses: list[int] = []
        self.url = ""

    async def handle(self, request: web.Request) -> web.Response:
        """Check and note one request."""
        body = await request.text()
        try:
            for secret in SECRETS:
                Webhook(secret).verify(body, dict(request.headers))
        except Exception:  # counted: a test fails on it
            self.unsigned += 1
        self.taken.append((request.headers.get("webhook-id", ""), orjson.loads(body)))
        return web.Response(status=self.statuses.pop(0) if self.statuses else 200)


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    """Run a receiver on loopback."""
    receiver = Receiver()
    async with listening(receiver.handle) as address:
        receiver.url = f"{address}/hook"
        yield receiver


async def _publish(settings: Settings, topic: Topic, key: str, record: Record) -> None:
    value = encode_subscription(record) if isinstance(record, Subscription) else encode_record(record)
    async with open_producer(settings) as producer:
        await producer.send(topic, key=key.encode(), value=value, partition=FIRST_PARTITION)


async def _alert(settings: Settings, transition: AlertTransition) -> None:
    headers, value = to_cloudevent(transition, settings)
    async with open_producer(settings) as producer:
        await producer.send(
            Topic.ALERTS,
            key=transition.series.encode(),
            value=value,
            headers=list(headers.items()),
            partition=FIRST_PARTITION,
        )


async def _subscribe(settings: Settings, name: str, **fields: object) -> Subscription:
    given = {
        "subscription_id": f"s-{name}",
        "name": name,
        "matchers": {"entities": [name]},
        "updated_at": datetime.now(UTC),
    }
    subscription = Subscription.model_validate(given | fields)
    await _publish(settings, Topic.SUBSCRIPTIONS, subscription.subscription_id, subscription)
    return subscription


def _hook(receiver: Receiver) -> dict[str, object]:
    return {"kind": "webhook", "url": receiver.url, "secrets": list(SECRETS)}


async def _trial(settings: Settings, subscription: Subscription, receiver: Receiver) -> None:
    """Ask for a test until it comes: it is answered once the subscription is known, and topics have no common order."""
    request = DeliveryRequest(
        request="test", request_id=uuid.uuid4().hex, subscription_id=subscription.subscription_id, at=datetime.now(UTC)
    )

    async def arrived() -> bool | None:
        await _publish(settings, Topic.DELIVERIES, subscription.subscription_id, request)
        await asyncio.sleep(0.5)
        return bool(receiver.taken) or None

    await until(arrived)


async def test_an_alert_arrives_signed_and_is_told_once(parts: Parts, receiver: Receiver) -> None:
    """A webhook gets the alert under the id that a retry has too; both secrets sign it; a repeat says nothing."""
    name = f"harbourline-{uuid.uuid4().hex[:8]}"
    subscription = await _subscribe(parts.settings, name, channel=_hook(receiver))
    await _trial(parts.settings, subscription, receiver)
    trials = len(receiver.taken)
    receiver.statuses = [503]
    now = datetime.now(UTC)
    await _alert(parts.settings, alert(name, at=now))
    await _alert(parts.settings, alert(name, at=now))

    async def twice() -> bool | None:
        return len(receiver.taken) >= trials + 2 or None

    await until(twice)
    (first_id, first), (second_id, second) = receiver.taken[trials : trials + 2]
    assert first_id == second_id == first["id"]
    assert first == second
    assert first["type"] == "tidewatch.notification.alert.v1"
    assert [a["entity_id"] for a in first["data"]["alerts"]] == [name]  # type: ignore[index]
    assert receiver.unsigned == 0

    await _alert(parts.settings, alert(name, 1, at=now))
    await until(lambda: _more(receiver, trials + 3))
    assert len({key for key, _ in receiver.taken[trials:]}) == 2


async def _more(receiver: Receiver, count: int) -> bool | None:
    return len(receiver.taken) >= count or None


async def test_the_stream_gets_what_its_subscription_asked_for(parts: Parts, receiver: Receiver) -> None:
    """Notifications of the channels `stream` and `topic` lie where they are followed, keyed by their subscription."""
    name = f"quillon-{uuid.uuid4().hex[:8]}"
    hook = await _subscribe(parts.settings, f"probe-{name}", channel=_hook(receiver))
    waiting = {
        (await _subscribe(parts.settings, f"{name}-{place}", **STREAM, matchers={"entities": [name]})).subscription_id
        for place in range(8)
    }
    await _trial(parts.settings, hook, receiver)
    await _alert(parts.settings, alert(name, at=datetime.now(UTC)))

    async def published() -> list[dict[str, object]] | None:
        found: dict[bytes, dict[str, object]] = {}
        async for record in read_to_end(parts.settings, [parts.settings.named(Topic.NOTIFICATIONS)]):
            if record.key.decode() in waiting:
                assert dict(record.headers)["channel"] == b"stream"
                assert record.partition == FIRST_PARTITION
                found[record.key] = orjson.loads(record.value)
        return list(found.values()) if len(found) == len(waiting) else None

    events = await until(published)
    assert {event["type"] for event in events} == {"tidewatch.notification.group.v1"}
    assert {event["subject"] for event in events} == waiting


async def test_a_dead_letter_of_a_subscription_quotes_nothing(parts: Parts) -> None:
    """What cannot be read may hold a secret: the letter says where it lies and why, and no byte of it."""
    value = orjson.dumps({"format": 2, "channel": {"kind": "webhook", "secrets": SECRETS[:1]}})
    async with open_producer(parts.settings) as producer:
        lies = await producer.send(Topic.SUBSCRIPTIONS, key=b"odd", value=value, partition=FIRST_PARTITION)

    async def put_aside() -> DeadLetter | None:
        letters = await dead_letters(parts.settings, [Topic.SUBSCRIPTIONS])
        return next((letter for letter in letters if letter.offset == lies.offset), None)

    letter = await until(put_aside)
    assert letter.first_bytes == ""
    assert letter.size_bytes == len(value)
    assert "whsec" not in letter.detail


async def test_nothing_is_lost_when_the_role_is_killed(parts: Parts, receiver: Receiver) -> None:
    """With the alert role killed while alerts come in, each is told, and a repeat has the same id."""
    name = f"verdane-{uuid.uuid4().hex[:8]}"
    names = [f"{name}-{place}" for place in range(30)]
    subscription = await _subscribe(
        parts.settings, name, channel=_hook(receiver), matchers={"entities": names}, max_per_hour=1_000
    )
    await _trial(parts.settings, subscription, receiver)
    now = datetime.now(UTC) - timedelta(seconds=1)
    for place, each in enumerate(names):
        await _alert(parts.settings, alert(each, at=now))
        if place in (8, 20):
            parts.workers.kill(Role.ALERT)

    def told() -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        for key, event in receiver.taken:
            if event["type"] == "tidewatch.notification.alert.v1":
                for each in event["data"]["alerts"]:  # type: ignore[index]
                    found.setdefault(each["entity_id"], set()).add(key)
        return found

    async def all_told() -> bool | None:
        return len(told()) == len(names) or None

    await until(all_told, within_s=150)
    assert {each: ids for each, ids in told().items() if len(ids) != 1} == {}
    assert receiver.unsigned == 0
