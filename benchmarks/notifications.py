"""How fast alerts reach receivers: 10,000 subscriptions to 1,000 series, a tenth of the endpoints dead.

The alert role runs as an operator runs it; alerts are published on their topic, and a receiver in this process takes
webhooks. A dead endpoint takes connections and never answers.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import statistics
import tempfile
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
from aiohttp import web

from agents.roles import changelogs
from streams.broker import PARTITIONS, EmbeddedBroker
from streams.decoding import encode_record
from streams.events import to_cloudevent
from streams.producer import KafkaProducer, open_producer
from streams.settings import Role, Settings
from streams.subscriptions import DeliveryRequest, Subscription, encode_subscription
from streams.topics import FIRST_PARTITION, Topic, wanted_topics
from tests.alerts.people import alert
from tests.stack.receiver import listening
from tests.stack.workers import Workers

DEAD_SHARE = 10
"""One of so many endpoints."""
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
READY_WITHIN_S, DONE_WITHIN_S = 300.0, 120.0
CHUNK = 500


@dataclass(slots=True)
class Receiver:
    """Take webhooks, and note when the first request of each notification came."""

    arrived_s: dict[str, float] = field(default_factory=dict)
    event_of: dict[str, Any] = field(default_factory=dict)
    dead_tries: int = 0
    url: str = ""
    dead_url: str = ""

    async def take(self, request: web.Request) -> web.Response:
        """Note a request."""
        key = request.headers["webhook-id"]
        if key not in self.arrived_s:
            self.arrived_s[key] = time.time()
            self.event_of[key] = orjson.loads(await request.read())
        return web.Response()

    async def hang(self, _reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
        """Take a connection and say nothing."""
        self.dead_tries += 1
        with contextlib.suppress(asyncio.CancelledError):  # cancelled at the end: nothing to tell
            await asyncio.sleep(3_600)


async def measure(subscriptions: int, series: int, alerts: int, over_s: float) -> None:
    """Run it once and print the figures."""
    receiver = Receiver()
    dead = await asyncio.start_server(receiver.hang, "127.0.0.1", 0)
    receiver.dead_url = f"http://127.0.0.1:{dead.sockets[0].getsockname()[1]}"
    with tempfile.TemporaryDirectory(prefix="tidewatch-") as home:
        settings = Settings(
            namespace=f"b{uuid.uuid4().hex[:8]}",
            data_dir=Path(home),
            kafka_brokers="unset",
            partitions=PARTITIONS,
            webhook_allow_private=True,
            log_level="ERROR",
        )
        with EmbeddedBroker([topic.name for topic in wanted_topics(settings, changelogs(settings))]) as broker:
            settings = settings.model_copy(update={"kafka_brokers": broker.address})
            async with listening(receiver.take) as receiver.url:
                with Workers(settings, (Role.ALERT,)):
                    async with open_producer(settings) as producer:
                        await _measured(settings, producer, receiver, subscriptions, series, alerts, over_s)
    dead.close()


async def _measured(
    settings: Settings,
    producer: KafkaProducer,
    receiver: Receiver,
    subscriptions: int,
    series: int,
    alerts: int,
    over_s: float,
) -> None:
    wanted = [_subscription(place, series, receiver) for place in range(subscriptions)]
    began = time.monotonic()
    # The embedded broker keeps 5 MB a partition: what is sent is paced by what the role has taken.
    for start in range(0, len(wanted), CHUNK):
        chunk = wanted[::-1][start : start + CHUNK]
        await asyncio.gather(
            *(
                producer.send(
                    Topic.SUBSCRIPTIONS,
                    key=s.subscription_id.encode(),
                    value=encode_subscription(s),
                    partition=FIRST_PARTITION,
                )
                for s in chunk
            )
        )
        healthy = [s for s in chunk if receiver.url in _url(s)]
        if healthy:
            await _until_taken(producer, receiver, healthy[-1])
    print(f"{subscriptions:,} subscriptions taken within {time.monotonic() - began:.1f} s, start of the role included")
    receiver.arrived_s.clear()
    receiver.event_of.clear()
    sent_s: dict[str, float] = {}
    expected = 0
    began = time.monotonic()
    for place in range(alerts):
        await asyncio.sleep(max(0.0, began + place * over_s / alerts - time.monotonic()))
        transition = alert(f"name{place * series // alerts}", at=datetime.now(UTC))
        headers, value = to_cloudevent(transition, settings)
        sent_s[transition.episode_id] = time.time()
        await producer.send(
            Topic.ALERTS,
            key=transition.series.encode(),
            value=value,
            headers=list(headers.items()),
            partition=FIRST_PARTITION,
        )
        expected += sum(s.matchers.entities == (transition.entity_id,) and receiver.url in _url(s) for s in wanted)
    published = time.monotonic()
    async with asyncio.timeout(DONE_WITHIN_S):
        while len(_delays(receiver, sent_s)) < expected:  # noqa: ASYNC110 - polled beside the receiver
            await asyncio.sleep(0.02)
    delays = sorted(_delays(receiver, sent_s))
    print(f"{alerts} alerts published over {published - began:.1f} s; {expected:,} notifications to healthy endpoints")
    print(f"last arrival {time.monotonic() - published:.2f} s after the last alert was published")
    print(
        f"alert published to request taken: median {statistics.median(delays):.3f} s,"
        f" p99 {delays[int(len(delays) * 0.99) - 1]:.3f} s, slowest {delays[-1]:.3f} s"
    )
    print(f"connections that dead endpoints took meanwhile: {receiver.dead_tries:,}")


def _delays(receiver: Receiver, sent_s: dict[str, float]) -> list[float]:
    found = []
    for key, event in receiver.event_of.items():
        episode = event["data"]["alerts"][0]["episode_id"]
        if episode in sent_s:
            found.append(receiver.arrived_s[key] - sent_s[episode])
    return found


def _url(subscription: Subscription) -> str:
    return str(getattr(subscription.channel, "url", ""))


def _subscription(place: int, series: int, receiver: Receiver) -> Subscription:
    # Every tenth of those who ask for a series is dead, not every series that is a multiple of ten.
    healthy = (place // series) % DEAD_SHARE != 0
    return Subscription.model_validate(
        {
            "subscription_id": f"s{place}",
            "name": f"Desk {place}",
            "matchers": {"entities": [f"name{place % series}"]},
            "channel": {
                "kind": "webhook",
                "url": f"{receiver.url if healthy else receiver.dead_url}/{place}",
                "secrets": [SECRET],
            },
            "updated_at": datetime.now(UTC),
        }
    )


async def _until_taken(producer: KafkaProducer, receiver: Receiver, subscription: Subscription) -> None:
    async with asyncio.timeout(READY_WITHIN_S):
        receiver.arrived_s.clear()
        asked = 0
        while not any(e["subject"] == subscription.subscription_id for e in receiver.event_of.values()):
            if asked % 20 == 0:
                await _ask_for_test(producer, subscription)
            asked += 1
            await asyncio.sleep(0.05)


async def _ask_for_test(producer: KafkaProducer, subscription: Subscription) -> None:
    request = DeliveryRequest(
        request="test", request_id=uuid.uuid4().hex, subscription_id=subscription.subscription_id, at=datetime.now(UTC)
    )
    await producer.send(
        Topic.DELIVERIES, key=request.request_id.encode(), value=encode_record(request), partition=FIRST_PARTITION
    )


def main(arguments: Sequence[str]) -> None:
    """Read the options, measure, print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks notifications", description=__doc__)
    parser.add_argument("--subscriptions", type=int, default=10_000)
    parser.add_argument("--series", type=int, default=1_000)
    parser.add_argument("--alerts", type=int, default=100)
    parser.add_argument("--over", type=float, default=60.0, help="seconds over which the alerts are spread")
    options = parser.parse_args(arguments)
    asyncio.run(measure(options.subscriptions, options.series, options.alerts, options.over))
