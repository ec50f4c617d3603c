"""How soon a webhook hears of the mention that crosses the threshold, the model's time left out.

    python -m benchmarks reaction [--alerts 100] [--per-s 10] [--seed 1]

A prepared feed is sent to the alert role, once through the embedded broker and once through real Kafka. Which mention
causes which step is known from one undisturbed process. Time runs from just before that mention is handed to the
broker until the request arrives at a receiver on loopback.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import tempfile
import time
import uuid
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from aiohttp import web

from agents.roles import changelogs
from benchmarks.bursts import NAMES, Feed, Taken, alert_settings, bursty_feed, hook_subscription, send_mention, taken_of
from streams.alerting import Mention
from streams.broker import PARTITIONS, EmbeddedBroker
from streams.decoding import encode_record
from streams.producer import KafkaProducer, open_producer
from streams.settings import Role, Settings
from streams.sources.lag import group_lag
from streams.subscriptions import DeliveryRequest, encode_subscription
from streams.topics import FIRST_PARTITION, Topic, make_topics, wanted_topics
from tests.stack.kafka import KafkaServer
from tests.stack.receiver import listening
from tests.stack.workers import Workers

BURSTS_PER_ALERT = 0.6
"""Most bursts open an episode, and one in three is told again as it grows."""
WARM_UP_PER_S = 100.0
READY_WITHIN_S, DONE_WITHIN_S = 240.0, 60.0


@dataclass(slots=True)
class Receiver:
    """Take webhooks, and note when each step was first told."""

    arrived_s: dict[str, float] = field(default_factory=dict)
    tested: asyncio.Event = field(default_factory=asyncio.Event)
    url: str = ""

    async def take(self, request: web.Request) -> web.Response:
        """Note a request."""
        taken: Taken = await taken_of(request, time.time())
        if taken.is_test:
            self.tested.set()
        for key in taken.transition_ids:
            self.arrived_s.setdefault(key, taken.at_s)
        return web.Response()


def main(arguments: Sequence[str]) -> None:
    """Measure on both brokers, and print the delays."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks reaction", description=__doc__)
    parser.add_argument("--alerts", type=int, default=100)
    parser.add_argument("--per-s", type=float, default=10.0, help="mentions a second after the warm-up")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    asyncio.run(_measure_both(round(options.alerts * BURSTS_PER_ALERT), options.per_s, options.seed))


async def _measure_both(bursts: int, per_s: float, seed: int) -> None:
    with tempfile.TemporaryDirectory(prefix="tidewatch-") as folder:
        settings = alert_settings(Path(folder), f"b{uuid.uuid4().hex[:8]}", kafka_brokers="unset")
        assert settings.rules_file is not None
        feed = bursty_feed(bursts, seed, settings.rules_file)
        embedded = settings.model_copy(update={"partitions": PARTITIONS, "data_dir": Path(folder) / "embedded"})
        with EmbeddedBroker([topic.name for topic in wanted_topics(embedded, changelogs(embedded))]) as broker:
            await _measure("embedded", _reached(embedded, broker.address), feed, per_s)
        with KafkaServer() as kafka:
            real = _reached(settings, kafka.address)
            await make_topics(real, changelogs(real))
            await _measure("real Kafka", real, feed, per_s)


def _reached(settings: Settings, address: str) -> Settings:
    return settings.model_copy(update={"kafka_brokers": address})


async def _measure(name: str, settings: Settings, feed: Feed, per_s: float) -> None:
    async with _listening() as receiver, open_producer(settings) as producer:
        with Workers(settings, (Role.ALERT,)):
            await _prepare(producer, receiver)
            sent_s = await _feed(settings, producer, feed, per_s)
            wanted = {step.transition_id: sent_s[place] for place, steps in enumerate(feed.caused) for step in steps}
            async with asyncio.timeout(DONE_WITHIN_S):
                while not wanted.keys() <= receiver.arrived_s.keys():  # noqa: ASYNC110 - polled beside the receiver
                    await asyncio.sleep(0.1)
    delays = sorted(receiver.arrived_s[key] - sent for key, sent in wanted.items())
    over = max(wanted.values()) - min(wanted.values())
    print(
        f"{name}: {len(delays)} steps over {over:.0f} s, mention sent to request taken:"
        f" median {statistics.median(delays):.3f} s, p99 {delays[round(len(delays) * 0.99) - 1]:.3f} s,"
        f" slowest {delays[-1]:.3f} s"
    )


@asynccontextmanager
async def _listening() -> AsyncIterator[Receiver]:
    receiver = Receiver()
    async with listening(receiver.take) as receiver.url:
        yield receiver


async def _prepare(producer: KafkaProducer, receiver: Receiver) -> None:
    subscription = hook_subscription(0, [f"name{n}" for n in range(NAMES)], receiver.url)
    key, value = subscription.subscription_id.encode(), encode_subscription(subscription)
    await producer.send(Topic.SUBSCRIPTIONS, key=key, value=value, partition=FIRST_PARTITION)
    async with asyncio.timeout(READY_WITHIN_S):
        while not receiver.tested.is_set():
            request = DeliveryRequest(
                request="test",
                request_id=uuid.uuid4().hex,
                subscription_id=subscription.subscription_id,
                at=datetime.now(UTC),
            )
            await producer.send(Topic.DELIVERIES, key=key, value=encode_record(request), partition=FIRST_PARTITION)
            await asyncio.sleep(0.5)


async def _feed(settings: Settings, producer: KafkaProducer, feed: Feed, per_s: float) -> list[float]:
    """Send all mentions, and let the role catch up with those of the warm-up; return when each was sent."""
    sent_s = await _send(producer, feed.mentions[: feed.warm_up], WARM_UP_PER_S)
    async with group_lag(settings, Topic.MENTIONS, f"tidewatch-{Role.ALERT}") as lag, asyncio.timeout(READY_WITHIN_S):
        while await lag() > 0:  # noqa: ASYNC110 - nothing to be told by
            await asyncio.sleep(0.2)
    return sent_s + await _send(producer, feed.mentions[feed.warm_up :], per_s)


async def _send(producer: KafkaProducer, mentions: Sequence[Mention], per_s: float) -> list[float]:
    sent_s = []
    began = time.monotonic()
    for place, mention in enumerate(mentions):
        await asyncio.sleep(max(0.0, began + place / per_s - time.monotonic()))
        sent_s.append(time.time())
        await send_mention(producer, mention)
    return sent_s
