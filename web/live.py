"""Alerts as they come: one reader of the `alerts` topic, many listeners with queues of their own."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Protocol

import structlog
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from streams.errors import UnreadableInput
from streams.events import from_cloudevent
from streams.records import AlertTransition
from streams.security import kafka_security
from streams.settings import Settings
from streams.topics import FIRST_PARTITION, Topic

log = structlog.get_logger(__name__)

QUEUE_AT_MOST = 256
"""A listener that is so many alerts behind is let go: it can come back with the last id that it saw."""
KEPT = 1_000
"""Alerts kept to catch up with."""
RETRY_S = 2.0


@dataclass(frozen=True, slots=True)
class LiveAlert:
    """Be an alert with its offset: what a listener names when it comes back."""

    offset: int
    transition: AlertTransition


class AlertFeed(Protocol):
    """Give alerts as they come."""

    def listen(self, after: int | None = None) -> AsyncIterator[LiveAlert]:
        """Yield alerts for ever: first those kept after the offset `after`, if it is given, then each that comes."""
        ...


class Broadcast:
    """Hand each alert to every listener; a slow listener is let go, and slows nobody."""

    def __init__(self) -> None:
        self._kept: list[LiveAlert] = []
        self._listeners: set[asyncio.Queue[LiveAlert | None]] = set()

    def tell(self, alert: LiveAlert) -> None:
        """Hand an alert to every listener."""
        self._kept = [*self._kept, alert][-KEPT:]
        for queue in list(self._listeners):
            try:
                queue.put_nowait(alert)
            except asyncio.QueueFull:
                self._listeners.discard(queue)
                queue.get_nowait()
                queue.put_nowait(None)

    async def listen(self, after: int | None = None) -> AsyncIterator[LiveAlert]:
        """Yield alerts until the listener is let go; see `AlertFeed.listen`."""
        queue: asyncio.Queue[LiveAlert | None] = asyncio.Queue(QUEUE_AT_MOST)
        missed = [alert for alert in self._kept if after is not None and alert.offset > after]
        self._listeners.add(queue)
        try:
            for alert in missed:
                yield alert
            while (next_alert := await queue.get()) is not None:
                yield next_alert
        finally:
            self._listeners.discard(queue)


async def follow_alerts(settings: Settings, broadcast: Broadcast) -> None:
    """Read the `alerts` topic for ever, from the last alerts that are kept on, and tell each; survive the broker."""
    while True:
        try:
            await _follow(settings, broadcast)
        except (KafkaError, OSError) as error:
            log.warning("alerts cannot be followed; trying again", error=repr(error))
            await asyncio.sleep(RETRY_S)


async def _follow(settings: Settings, broadcast: Broadcast) -> None:
    place = TopicPartition(settings.named(Topic.ALERTS), FIRST_PARTITION)
    consumer = AIOKafkaConsumer(
        bootstrap_servers=settings.kafka_brokers, enable_auto_commit=False, **kafka_security(settings)
    )
    try:
        await consumer.start()
        consumer.assign([place])
        begin, end = (await consumer.beginning_offsets([place]))[place], (await consumer.end_offsets([place]))[place]
        last = broadcast._kept[-1].offset + 1 if broadcast._kept else end - KEPT
        consumer.seek(place, max(begin, last))
        async for record in consumer:
            try:
                transition = from_cloudevent(record.headers, record.value)
            except UnreadableInput as error:
                log.warning("not an alert", offset=record.offset, error=str(error))
                continue
            broadcast.tell(LiveAlert(record.offset, transition))
    finally:
        with contextlib.suppress(KafkaError, asyncio.CancelledError):
            await consumer.stop()
