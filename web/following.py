"""Following a topic of the alert role for ever: without a group, from the place that the follower names."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import structlog
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from streams.errors import BrokerUnavailable, MisconfiguredError
from streams.refusals import refusal
from streams.security import kafka_security
from streams.settings import Settings
from streams.topics import FIRST_PARTITION, Topic

log = structlog.get_logger(__name__)

RETRY_S = 5.0
POLL_MS = 1_000
WAIT_S = 5.0
"""For what was published a moment ago, and for the first reading of a topic."""


@dataclass(frozen=True, slots=True)
class Entry:
    """Be one record of a topic."""

    offset: int
    key: bytes | None
    value: bytes | None
    headers: Sequence[tuple[str, bytes | None]] = ()


class Follower(Protocol):
    """Take what a topic holds, in order."""

    def begin(self, first: int, end: int) -> int:
        """Return the offset to read from; the topic holds what lies from `first` until before `end`.

        It is called at each connection: after one that was lost, and after the topic's life ended and began anew.
        """
        ...

    def take(self, entry: Entry) -> None:
        """Take one record; it raises nothing, whatever the record holds."""
        ...

    def reached(self, offset: int) -> None:
        """Be told that everything before this offset has been given."""
        ...


class Progress:
    """Know how far a topic has been read, and let others wait for it."""

    def __init__(self, topic: Topic) -> None:
        self._topic = topic
        self._next: int | None = None
        self._goal = 0
        self._moved = asyncio.Event()

    def resumes(self, first: int, end: int) -> bool:
        """Say whether reading goes on where it was; if not, the topic has to be read anew. Sets the goal."""
        self._goal = end
        if self._next is not None and first <= self._next <= end:
            return True
        self._next = None
        return False

    @property
    def next(self) -> int | None:
        """Return the offset that comes next, or None before the first reading."""
        return self._next

    def reached(self, offset: int) -> None:
        """Move on, and wake whoever waits."""
        self._next = max(offset, self._next or 0)
        self._moved.set()
        self._moved = asyncio.Event()

    async def until(self, offset: int | None = None) -> None:
        """Wait until everything up to and with an offset is read; without one, all that lay there at the start.

        Raises:
            BrokerUnavailable: that took too long.
        """
        try:
            async with asyncio.timeout(WAIT_S):
                while self._next is None or self._next < (self._goal if offset is None else offset + 1):
                    await self._moved.wait()
        except TimeoutError:
            detail = f"topic {str(self._topic)!r} has not been read so far yet: try again in a moment"
            raise BrokerUnavailable(detail) from None


async def follow(settings: Settings, topic: Topic, follower: Follower) -> None:
    """Read a topic for ever; when the broker goes, say so once and wait for it."""
    away = False

    def connected() -> None:
        nonlocal away
        if away:
            log.info("a topic is followed again", topic=topic)
        away = False

    while True:
        try:
            await _follow(settings, topic, follower, connected)
        except (KafkaError, OSError, MisconfiguredError) as error:
            if not away:
                reason = str(error if isinstance(error, MisconfiguredError) else await refusal(settings, error))
                log.warning("a topic cannot be followed; trying again", topic=topic, error=reason, every_s=RETRY_S)
            away = True
            await asyncio.sleep(RETRY_S)


async def _follow(settings: Settings, topic: Topic, follower: Follower, connected: Callable[[], None]) -> None:
    place = TopicPartition(settings.named(topic), FIRST_PARTITION)
    consumer = AIOKafkaConsumer(
        bootstrap_servers=settings.kafka_brokers, enable_auto_commit=False, **kafka_security(settings)
    )
    try:
        await consumer.start()
        consumer.assign([place])
        first = (await consumer.beginning_offsets([place]))[place]
        end = (await consumer.end_offsets([place]))[place]
        consumer.seek(place, follower.begin(first, end))
        connected()
        while True:
            # Compaction leaves gaps: the position is past them where the last record is not.
            follower.reached(await consumer.position(place))
            for records in (await consumer.getmany(place, timeout_ms=POLL_MS)).values():
                for record in records:
                    follower.take(Entry(record.offset, record.key, record.value, record.headers))
    finally:
        with contextlib.suppress(KafkaError):
            await consumer.stop()
