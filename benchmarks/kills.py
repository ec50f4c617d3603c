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
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from aiohttp import web
from aiokafka import AIOKafkaConsumer, TopicPartition
from rich.console import Console

from agents.roles import changelogs
from benchmarks.bursts import NAMES, Feed, Taken, alert_settings, bursty_feed, hook_subscription, taken_of
from streams.alerting import AlertTransition
from streams.dead_letters import dead_letters, read_to_end
from streams.decoding import encode_record
from streams.events import from_cloudevent
from streams.producer import KafkaProducer, open_producer
from streams.settings import Role, Settings
from streams.subscriptions import DeliveryRequest, Subscription, encode_subscription
from streams.tables import changelog_topic
from streams.topics import FIRST_PARTITION, Topic, make_topics
from tests.stack.kafka import KafkaServer
from tests.stack.receiver import listening
from tests.stack.workers import environment_of

SUBSCRIPTIONS = 12
GROUPED = (10, 11)
"""Places of the subscriptions that wait a moment for company."""
ERROR_SHARE, HANG_SHARE = 0.1, 0.03
"""Of notifications: those whose first request is answered with an error, and those whose first is not answered."""
EARLY_SHARE = 0.1
"""Of kills: those that do not wait for a sign of life."""
LONGEST_LIFE_S = 2.0
"""After the sign of life."""
SESSION_S = 4.0
ALIVE_WITHIN_S = 240.0
DONE_WITHIN_S = 480.0
QUIET_S = 3.0


@dataclass(slots=True)
class Receiver:
    """Take webhooks; the first request of a notification may be answered with an error, or not at all."""

    seed: int
    taken: list[Taken] = field(default_factory=list)
    open: int = 0
    errors: int = 0
    hung: int = 0
    _seen: set[str] = field(default_factory=set)

    async def take(self, request: web.Request) -> web.Response:
        """Note a request, and answer it or not."""
        self.open += 1
        try:
            taken = await taken_of(request, time.time())
            self.taken.append(taken)
            if taken.notification_id in self._seen or taken.is_test:
                return web.Response()
            self._seen.add(taken.notification_id)
            chance = random.Random(f"{self.seed}/{taken.notification_id}").random()
            if chance < ERROR_SHARE:
                self.errors += 1
                return web.Response(status=500)
            if chance < ERROR_SHARE + HANG_SHARE:
                self.hung += 1
                await asyncio.sleep(60)
            return web.Response()
        finally:
            self.open -= 1


@dataclass(slots=True)
class Report:
    """Be what was found at the end; no fault means that all promises were kept."""

    mentions: int
    kills: int = 0
    early_kills: int = 0
    kills_with_open_requests: int = 0
    restart_s: list[float] = field(default_factory=list)
    """From the start of the process to the first mention that it counted."""
    episodes: int = 0
    steps: Counter[str] = field(default_factory=Counter)
    steps_sent_again: int = 0
    notifications: int = 0
    requests_repeated: int = 0
    answered_with_errors: int = 0
    left_hanging: int = 0
    untold_groups: int = 0
    """Openings that a subscription which waits for company did not tell, as the episode had ended meanwhile."""
    took_s: float = 0.0
    fed_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    """When the subscriptions were known, and the feed began."""
    faults: list[str] = field(default_factory=list)


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
            _signs(settings) as signs,
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


class Worker:
    """Run the process of the alert role, without the supervisor, whose patience grows with each death."""

    def __init__(self, settings: Settings) -> None:
        self._environment = os.environ | environment_of(settings)
        self._log = settings.data_dir / "worker.log"
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Worker:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    @property
    def log_tail(self) -> str:
        """Return the end of what the processes logged."""
        return self._log.read_text(errors="replace")[-3_000:]

    def start(self) -> None:
        """Start the process."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "agents.worker", Role.ALERT.value],
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def kill(self) -> None:
        """Send SIGKILL.

        Raises:
            RuntimeError: the process had ended by itself.
        """
        assert self._process is not None
        ended = self._process.poll()
        self._process.kill()
        self._process.wait()
        if ended is not None:
            raise RuntimeError(f"the role ended by itself with status {ended}:\n{self.log_tail}")


@dataclass(slots=True)
class _Signs:
    """Tell when the role has counted a mention."""

    seen: asyncio.Event = field(default_factory=asyncio.Event)

    async def next(self, worker: Worker) -> None:
        """Wait for the next record.

        Raises:
            RuntimeError: none came in time.
        """
        self.seen.clear()
        try:
            await asyncio.wait_for(self.seen.wait(), ALIVE_WITHIN_S)
        except TimeoutError:
            raise RuntimeError(f"no sign of life within {ALIVE_WITHIN_S:.0f} s:\n{worker.log_tail}") from None


@asynccontextmanager
async def _signs(settings: Settings) -> AsyncIterator[_Signs]:
    signs = _Signs()
    consumer = AIOKafkaConsumer(bootstrap_servers=settings.kafka_brokers, auto_offset_reset="latest")
    await consumer.start()
    # Each mention that is counted changes a series.
    consumer.assign([TopicPartition(changelog_topic("series", settings), FIRST_PARTITION)])

    async def follow() -> None:
        async for _ in consumer:
            signs.seen.set()

    following = asyncio.create_task(follow())
    try:
        yield signs
    finally:
        following.cancel()
        await consumer.stop()


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
        await producer.send(
            Topic.MENTIONS, key=mention.series.encode(), value=encode_record(mention), partition=FIRST_PARTITION
        )


async def _kill(
    worker: Worker,
    producer: KafkaProducer,
    receiver: Receiver,
    signs: _Signs,
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
        untold = _untold(feed, subscriptions, _told(receiver))
        if not untold and len(await _steps_on_topic(settings)) >= len(feed.transitions):
            break
        await asyncio.sleep(1)
    # What would be doubled comes a moment later.
    await asyncio.sleep(QUIET_S)
    _compare_steps(feed, await _steps_on_topic(settings), report)
    _compare_told(feed, subscriptions, receiver, report)
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


def _compare_steps(feed: Feed, found: dict[str, list[AlertTransition]], report: Report) -> None:
    expected = feed.transitions
    report.episodes = len({step.episode_id for step in expected.values()})
    report.steps = Counter(step.kind for step in expected.values())
    report.steps_sent_again = sum(len(steps) - 1 for steps in found.values())
    for key in expected.keys() - found.keys():
        report.faults.append(f"lost: {expected[key].kind} of {expected[key].series} at {expected[key].at}")
    for key in found.keys() - expected.keys():
        step = found[key][0]
        report.faults.append(f"too many: {step.kind} of {step.series} at {step.at}")
    for key in found.keys() & expected.keys():
        for step in found[key]:
            if step != expected[key]:
                wrong = [n for n in type(step).model_fields if getattr(step, n) != getattr(expected[key], n)]
                report.faults.append(f"changed: {step.kind} of {step.series} at {step.at}: {', '.join(wrong)}")


def _untold(
    feed: Feed, subscriptions: Sequence[Subscription], told: dict[tuple[str, str], set[str]]
) -> set[tuple[str, str]]:
    """Return the steps that nobody told a subscription of.

    Who waits for company is told of an episode's latest step in place of earlier ones, and nothing of one that ended.
    """
    steps = feed.transitions
    ended = {step.episode_id for step in steps.values() if step.kind == "resolved"}
    latest: dict[tuple[str, str], int] = {}
    for who, key in told:
        if key in steps:
            episode = (who, steps[key].episode_id)
            latest[episode] = max(latest.get(episode, -1), steps[key].revision)
    missing: set[tuple[str, str]] = set()
    for each in subscriptions:
        who = each.subscription_id
        for key, step in steps.items():
            if step.entity_id not in each.matchers.entities or (who, key) in told:
                continue
            outdated = latest.get((who, step.episode_id), -1) < step.revision
            if each.group_wait_s == 0 or (step.episode_id not in ended and outdated):
                missing.add((who, key))
    return missing


def _told(receiver: Receiver) -> dict[tuple[str, str], set[str]]:
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    for taken in receiver.taken:
        if not taken.is_test:
            for key in taken.transition_ids:
                found[taken.subscription_id, key].add(taken.notification_id)
    return found


def _compare_told(
    feed: Feed,
    subscriptions: Sequence[Subscription],
    receiver: Receiver,
    report: Report,
) -> None:
    told, steps = _told(receiver), feed.transitions
    entities = {str(each.subscription_id): each.matchers.entities for each in subscriptions}
    report.faults += [
        f"not told: {steps[key].kind} {key} to {who}" for who, key in sorted(_untold(feed, subscriptions, told))
    ]
    for (who, key), ids in told.items():
        if len(ids) > 1:
            report.faults.append(f"told under {len(ids)} ids: {key} to {who}")
        if key not in steps or steps[key].entity_id not in entities[who]:
            report.faults.append(f"told for nothing: {key} to {who}")
    bodies: dict[str, list[Taken]] = defaultdict(list)
    for taken in receiver.taken:
        if not taken.is_test:
            bodies[taken.notification_id].append(taken)
    for notification_id, requests in bodies.items():
        if any(each.event != requests[0].event or each.event["id"] != notification_id for each in requests):
            report.faults.append(f"the body of {notification_id} changed between requests")
    report.notifications = len(bodies)
    report.requests_repeated = sum(len(requests) - 1 for requests in bodies.values())
    report.answered_with_errors, report.left_hanging = receiver.errors, receiver.hung
    waiting = [str(each.subscription_id) for each in subscriptions if each.group_wait_s]
    report.untold_groups = sum(
        (who, key) not in told
        for who in waiting
        for key, step in steps.items()
        if step.kind == "opened" and step.entity_id in entities[who]
    )
