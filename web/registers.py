"""What the web process knows of subscriptions and silences without a worker's tables: their compacted topics, read."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar

import structlog

from streams.decoding import decode_record
from streams.errors import UnreadableInput
from streams.records import Record
from streams.settings import Settings
from streams.subscriptions import Silence, Subscription
from streams.topics import Topic
from web.deliveries import DeliveryLog
from web.following import Entry, Follower, Progress, follow
from web.verdicts import ResponseLog

log = structlog.get_logger(__name__)

RecordT = TypeVar("RecordT", bound=Record)


class Register(Generic[RecordT]):
    """Hold the latest record of each key of a compacted topic."""

    def __init__(self, topic: Topic, kind: type[RecordT]) -> None:
        self.topic = topic
        self._kind = kind
        self._records: dict[str, RecordT] = {}
        self._progress = Progress(topic)

    def begin(self, first: int, end: int) -> int:
        """Go on, or forget everything and read from the beginning; see `Follower.begin`."""
        if self._progress.resumes(first, end) and self._progress.next is not None:
            return self._progress.next
        self._records.clear()
        return first

    def take(self, entry: Entry) -> None:
        """Take a record, or the end of one."""
        key = (entry.key or b"").decode("utf-8", "replace")
        if entry.value is None:
            self._records.pop(key, None)
        else:
            try:
                self._records[key] = decode_record(self._kind, entry.value)
            except UnreadableInput as error:
                log.warning("not a record", topic=self.topic, offset=entry.offset, reason=str(error.reason))
        self._progress.reached(entry.offset + 1)

    def reached(self, offset: int) -> None:
        """Move on; see `Follower.reached`."""
        self._progress.reached(offset)

    async def until(self, offset: int) -> None:
        """Wait until a record that was published is read; see `Progress.until`."""
        await self._progress.until(offset)

    async def get(self, key: str) -> RecordT | None:
        """Return the latest record of a key.

        Raises:
            BrokerUnavailable: the topic has not been read to its end once.
        """
        await self._progress.until()
        return self._records.get(key)

    async def all(self) -> dict[str, RecordT]:
        """Return every record by its key, the keys in order; raises as `get`."""
        await self._progress.until()
        return dict(sorted(self._records.items()))

    def known(self) -> Iterable[RecordT]:
        """Return what has been read so far, without waiting."""
        return list(self._records.values())


@dataclass(frozen=True, slots=True)
class Registers:
    """Hold everything that the web process reads of subscriptions, silences, responses and deliveries."""

    subscriptions: Register[Subscription] = field(default_factory=lambda: Register(Topic.SUBSCRIPTIONS, Subscription))
    silences: Register[Silence] = field(default_factory=lambda: Register(Topic.SILENCES, Silence))
    responses: ResponseLog = field(default_factory=ResponseLog)
    deliveries: DeliveryLog = field(default_factory=DeliveryLog)


class TopicFollower(Follower, Protocol):
    """Be a follower that knows its topic."""

    topic: Topic


def followers(registers: Registers) -> tuple[TopicFollower, ...]:
    """Return all of them as followers of their topics."""
    return (registers.subscriptions, registers.silences, registers.responses, registers.deliveries)


async def follow_registers(settings: Settings, registers: Registers) -> None:
    """Read all of them for ever."""
    async with asyncio.TaskGroup() as group:
        for follower in followers(registers):
            group.create_task(follow(settings, follower.topic, follower))
