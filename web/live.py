"""Alerts as they come: one reader of the `alerts` topic, many listeners with queues of their own."""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Protocol

import structlog
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from streams.alerting import AlertTransition
from streams.errors import UnreadableInput
from streams.events import from_cloudevent
from streams.security import kafka_security
from streams.settings import Settings
from streams.topics import FIRST_PARTITION, Topic

log = structlog.get_logger(__name__)

KEPT = 1_000
"""Alerts kept for those who come back; a listener that is as many behind is let go, and can come back."""
RETRY_S = 5.0


@dataclass(frozen=True, slots=True)
class LiveAlert:
    """Be an alert with its offset: what a listener names when it comes back."""

    offset: int
    transition: AlertTransition


class AlertFeed(Protocol):
    """Give alerts as they come."""

    def listen(self, after: int | None = None) -> AsyncIterator[LiveAlert]:
        """Yield what comes from now on; before it what came after the offset `after`, if that is given.

        It ends for a listener that is too far behind.
        """
        ...

    def reaches(self, after: int) -> bool:
        """Say whether every alert after this offset is still at hand."""
        ...


class Broadcast:
    """Hand each alert to every listener; a slow listener is let go, and slows nobody."""

    def __init__(self) -> None:
        self._kept: deque[LiveAlert] = deque(maxlen=KEPT)
        self._start = 0
        self._listeners: dict[asyncio.Queue[LiveAlert | None], int | None] = {}

    @property
    def next_offset(self) -> int | None:
        """Return the offset after the last alert, or None where none has come."""
        return self._kept[-1].offset + 1 if self._kept else None

    def begin(self, offset: int) -> None:
        """Begin anew at this offset: what was kept before belongs to another life of the topic."""
        self._kept.clear()
        self._start = offset

    def tell(self, alert: LiveAlert, *, old: bool = False) -> None:
        """Hand an alert to every listener; one that is old only to those who came back and ask for it."""
        if len(self._kept) == KEPT:
            self._start = self._kept[0].offset + 1
        self._kept.append(alert)
        for queue, after in list(self._listeners.items()):
            if (old and after is None) or (after is not None and alert.offset <= after):
                continue
            try:
                queue.put_nowait(alert)
            except asyncio.QueueFull:
                del self._listeners[queue]
                queue.get_nowait()
                queue.put_nowait(None)

    def reaches(self, after: int) -> bool:
        """Say whether every alert after this offset is still at hand."""
        return after + 1 >= self._start

    async def listen(self, after: int | None = None) -> AsyncIterator[LiveAlert]:
        """Yield alerts until the listener is let go; see `AlertFeed.listen`."""
        queue: asyncio.Queue[LiveAlert | None] = asyncio.Queue(KEPT)
        missed = [alert for alert in self._kept if after is not None and alert.offset > after]
        self._listeners[queue] = after
        try:
            for alert in missed:
                yield alert
            while (next_alert := await queue.get()) is not None:
                yield next_alert
        finally:
            self._listeners.pop(queue, None)


async def follow_alerts(settings: Settings, broadcast: Broadcast) -> None:
    """Read the `alerts` topic for ever, without a group, and tell each alert; when the broker goes, wait for it."""
    while True:
        try:
            await _follow(settings, broadcast)
        except (KafkaError, OSError) as error:
            log.warning("alerts cannot be followed; trying again", error=repr(error), after_s=RETRY_S)
            await asyncio.sleep(RETRY_S)


async def _follow(settings: Settings, broadcast: Broadcast) -> None:
    place = TopicPartition(settings.named(Topic.ALERTS), FIRST_PARTITION)
    consumer = AIOKafkaConsumer(
        bootstrap_servers=settings.kafka_brokers, enable_auto_commit=False, **kafka_security(settings)
    )
    try:
        await consumer.start()
        consumer.assign([place])
        first = (await consumer.beginning_offsets([place]))[place]
        end = (await consumer.end_offsets([place]))[place]
        at = broadcast.next_offset
        if at is None or not first <= at <= end:
            at = max(first, end - KEPT)
            broadcast.begin(at)
            seen_by_nobody = end
        else:
            seen_by_nobody = at
        consumer.seek(place, at)
        async for record in consumer:
            try:
                transition = from_cloudevent(record.headers, record.value or b"")
            except UnreadableInput as error:
                log.warning("not an alert", offset=record.offset, error=str(error))
                continue
            broadcast.tell(LiveAlert(record.offset, transition), old=record.offset < seen_by_nobody)
    finally:
        with contextlib.suppress(KafkaError):
            await consumer.stop()
