"""The alert role killed again and again, on real Kafka: no episode lost or doubled, no notification lost.

    python -m benchmarks kills [--kills 200] [--seed 1]

A prepared feed of mentions comes in while the role is killed with SIGKILL at random moments: while it detects, while
it delivers, and now and then while it starts. A receiver takes the webhooks; it answers some first tries with an
error and others not at all. At the end the steps on `alerts` are compared with those of one process that nobody
disturbed, and what the receiver took with what had to be told. The suite runs the same with a few kills.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import statistics
import tempfile
import time
import uuid
from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console

from agents.roles import changelogs
from benchmarks.bursts import NAMES, Feed, alert_settings, bursty_feed, hook_subscription, send_mention
from benchmarks.kills.comparison import Report, compare_steps, compare_told, untold
from benchmarks.kills.receiver import Receiver
from benchmarks.kills.worker import ALIVE_WITHIN_S, Signs, Worker, signs_of
from streams.alerting import AlertTransition
from streams.contents import read_to_end
from streams.dead_letters import dead_letters
from streams.decoding import encode_record
from streams.events import from_cloudevent
from streams.producer import KafkaProducer, open_producer
from streams.settings import Settings
from streams.subscriptions import DeliveryRequest, Subscription, encode_subscription
from streams.topics import FIRST_PARTITION, Topic, make_topics
from tests.stack.kafka import KafkaServer
from tests.stack.receiver import listening

SUBSCRIPTIONS = 12
GROUPED = (10, 11)
"""Places of the subscriptions that wait a moment for company."""
EARLY_SHARE = 0.1
"""Of kills: those that do not wait for a sign of life."""
LONGEST_LIFE_S = 2.0
"""After the sign of life."""
SESSION_S = 4.0
DONE_WITHIN_S = 480.0
QUIET_S = 3.0


def main(arguments: Sequence[str]) -> None:
    """Run in full, print the report, and end with status 1 where a promise was broken."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks kills", description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--bursts", type=int, default=56)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    console = Console()
    console.print(f"{options.kills} kills, about {(options.kills * 6 + 90) / 60:.0f} minutes on two free cores")
    with KafkaServer() as kafka:
        report = asyncio.run(survive(kafka.address, options.kills, options.bursts, options.seed, console))
    console.print(f"{report.mentions:,} mentions, {report.episodes} episodes, steps {dict(report.steps)}")
    console.print(
        f"{report.kills} kills in {report.took_s:.0f} s: {report.early_kills} of them during a start,"
        f" {report.kills_with_open_requests} with requests under way"
    )
    console.print(
        f"start to first mention counted: median {statistics.median(report.restart_s):.1f} s,"
        f" slowest {max(report.restart_s):.1f} s"
    )
    console.print(
        f"{report.notifications} notifications; {report.requests_repeated} requests repeated"
        f" ({report.answered_with_errors} after an error, {report.left_hanging} were never answered)"
    )
    console.print(
        f"{report.steps_sent_again} steps sent again under their ids; {report.untold_groups} untold in groups"
    )
    console.print(f"{len(report.faults)} faults", *report.faults[:20], sep="\n  ")
    if report.faults:
        raise SystemExit(1)


async def survive(kafka: str, kills: int, bursts: int, seed: int, console: Console | None = None) -> Report:
    """Feed the role while it is killed, let it finish, and compare."""
    rng = random.Random(seed)
    receiver = Receiver(seed)
    with tempfile.TemporaryDirectory(prefix="tidewatch-") as folder:
        home = Path(folder)
        settings = alert_settings(
            home, f"b{uuid.uuid4().hex[:8]}", kafka_brokers=kafka, broker_session_timeout_s=SESSION_S
        )
        assert settings.rules_file is not None
        feed = bursty_feed(bursts, seed, settings.rules_file)
        await make_topics(settings, changelogs(settings))
        report = Report(len(feed.mentions))
        began = time.monotonic()
        async with (
            listening(receiver.take) as url,
            open_producer(settings) as producer,
            signs_of(settings) as signs,
        ):
            subscriptions = _subscriptions(url)
            with Worker(settings) as worker:
                await _prepare(producer, receiver, subscriptions)
                report.fed_at = datetime.now(UTC)
                await _publish(producer, feed, 0, feed.warm_up, per_s=0)
                await _kill(worker, producer, receiver, signs, feed, kills, rng, report, console)
                report.took_s = time.monotonic() - began
                await _finish(settings, receiver, feed, subscriptions, report, worker)
    return report


def _subscriptions(url: str) -> list[Subscription]:
    found = []
    for place in range(SUBSCRIPTIONS):
        # Every name has two desks or three, and every desk seven names or more.
        entities = [f"name{n}" for n in range(NAMES) if n % 5 == place % 5 or n % 7 == place % 7]
        chosen = {"group_by": ["rule"], "group_wait_s": 1.0} if place in GROUPED else {}
        found.append(hook_subscription(place, entities, url, **chosen))
    return found


async def _prepare(producer: KafkaProducer, receiver: Receiver, subscriptions: Sequence[Subscription]) -> None:
    for each in subscriptions:
        key, value = each.subscription_id.encode(), encode_subscription(each)
        await producer.send(Topic.SUBSCRIPTIONS, key=key, value=value, partition=FIRST_PARTITION)
    last = subscriptions[-1].subscription_id
    async with asyncio.timeout(ALIVE_WITHIN_S):
        # A test is answered once the subscription is known: topics have no common order.
        while not receiver.taken:
            request = DeliveryRequest(
                request="test", request_id=uuid.uuid4().hex, subscription_id=last, at=datetime.now(UTC)
            )
            value = encode_record(request)
            await producer.send(Topic.DELIVERIES, key=last.encode(), value=value, partition=FIRST_PARTITION)
            await asyncio.sleep(0.5)


async def _publish(producer: KafkaProducer, feed: Feed, start: int, stop: int, per_s: float) -> None:
    for mention in feed.mentions[start:stop]:
        if per_s:
            await asyncio.sleep(1 / per_s)
        await send_mention(producer, mention)


async def _kill(
    worker: Worker,
    producer: KafkaProducer,
    receiver: Receiver,
    signs: Signs,
    feed: Feed,
    kills: int,
    rng: random.Random,
    report: Report,
    console: Console | None,
) -> None:
    left = len(feed.mentions) - feed.warm_up
    places = [feed.warm_up + left * turn // (kills + 1) for turn in range(kills + 2)]
    began = time.monotonic()
    for turn in range(kills):
        feeding = asyncio.create_task(
            _publish(producer, feed, places[turn], places[turn + 1], (places[turn + 1] - places[turn]) / LONGEST_LIFE_S)
        )
        started = time.monotonic()
        if turn and rng.random() < EARLY_SHARE:
            await asyncio.sleep(rng.uniform(0.5, 5.0))
            report.early_kills += 1
        else:
            await signs.next(worker)
            report.restart_s.append(time.monotonic() - started)
            await asyncio.sleep(rng.uniform(0, LONGEST_LIFE_S))
        report.kills_with_open_requests += receiver.open > 0
        worker.kill()
        report.kills += 1
        worker.start()
        await feeding
        if console is not None and report.kills % 10 == 0:
            console.print(f"{report.kills} kills after {time.monotonic() - began:.0f} s")
    await _publish(producer, feed, places[kills], places[kills + 1], per_s=0)


async def _finish(
    settings: Settings,
    receiver: Receiver,
    feed: Feed,
    subscriptions: Sequence[Subscription],
    report: Report,
    worker: Worker,
) -> None:
    ending_s = time.monotonic() + DONE_WITHIN_S
    while time.monotonic() < ending_s:
        left = untold(feed, subscriptions, receiver.told())
        if not left and len(await _steps_on_topic(settings)) >= len(feed.transitions):
            break
        await asyncio.sleep(1)
    # What would be doubled comes a moment later.
    await asyncio.sleep(QUIET_S)
    compare_steps(feed, await _steps_on_topic(settings), report)
    compare_told(feed, subscriptions, receiver, report)
    report.faults += [
        f"put aside: {letter.topic} {letter.offset} {letter.reason}"
        for letter in await dead_letters(settings)
        if letter.at > report.fed_at  # before that, tests of a subscription that was not known yet
    ]
    if report.faults:
        report.faults.append(f"the end of the log:\n{worker.log_tail}")


async def _steps_on_topic(settings: Settings) -> dict[str, list[AlertTransition]]:
    found: dict[str, list[AlertTransition]] = defaultdict(list)
    async for record in read_to_end(settings, [settings.named(Topic.ALERTS)]):
        step = from_cloudevent(record.headers, record.value)
        found[step.transition_id].append(step)
    return found
