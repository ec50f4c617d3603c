"""Alerts and notifications as they come: one reader of each topic, many listeners with queues of their own."""

from __future__ import annotations

import asyncio
import re
from collections import deque
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

import structlog

from streams.alerting import AlertTransition
from streams.errors import UnreadableInput
from streams.events import from_cloudevent
from streams.settings import Settings
from streams.subscriptions import SubscriptionId
from streams.topics import Topic
from web.following import Entry, follow

log = structlog.get_logger(__name__)

BEHIND_S = 1.0
"""Another web process may have read the topic further than this one: so long it may take to catch up."""
KEPT = 1_000
"""Items kept for those who come back; a listener that is as many behind is let go, and can come back."""


@dataclass(frozen=True, slots=True)
class LiveAlert:
    """Be an alert with its offset: what a listener names when it comes back."""

    offset: int
    transition: AlertTransition


@dataclass(frozen=True, slots=True)
class LiveNotification:
    """Be a notification with its offset, as it lies on the topic: a CloudEvent in JSON."""

    offset: int
    subscription_id: SubscriptionId
    data: str


class _Placed(Protocol):
    @property
    def offset(self) -> int: ...


_OFFSET = re.compile(r"[0-9]{1,19}")
ItemT = TypeVar("ItemT", bound=_Placed)


class Feed(Protocol[ItemT]):
    """Give items as they come."""

    def listen(self, after: int | None = None) -> AsyncIterator[ItemT]:
        """Yield what comes from now on; before it what came after the offset `after`, if that is given.

        It ends for a listener that is too far behind.
        """
        ...

    def reaches(self, after: int) -> bool:
        """Say whether this is an offset of the topic, and everything after it still at hand."""
        ...

    def kept(self) -> list[ItemT]:
        """Return what is at hand, the oldest first."""
        ...


class Broadcast(Generic[ItemT]):
    """Hand each item to every listener; a slow listener is let go, and slows nobody."""

    def __init__(self) -> None:
        self._kept: deque[ItemT] = deque(maxlen=KEPT)
        self._start = 0
        self._end: int | None = None
        """After the last offset of the topic, once it is known."""
        self._listeners: dict[asyncio.Queue[ItemT | None], int | None] = {}

    @property
    def next_offset(self) -> int | None:
        """Return the offset after the last item, or None where none has come."""
        return self._kept[-1].offset + 1 if self._kept else None

    def begin(self, offset: int, end: int) -> None:
        """Begin anew at this offset of a topic that ends there: what was kept belongs to another life of it.

        Whoever waits for what comes after an offset that this life does not have is let go, and can come back.
        """
        self._kept.clear()
        self._start, self._end = offset, end
        for queue, after in list(self._listeners.items()):
            if after is not None and not self.reaches(after):
                self._let_go(queue)

    def tell(self, item: ItemT, *, old: bool = False) -> None:
        """Hand an item to every listener; one that is old only to those who came back and ask for it."""
        if len(self._kept) == KEPT:
            self._start = self._kept[0].offset + 1
        self._kept.append(item)
        self._end = max(self._end or 0, item.offset + 1)
        for queue, after in list(self._listeners.items()):
            if (old and after is None) or (after is not None and item.offset <= after):
                continue
            try:
                queue.put_nowait(item)
            except asyncio.QueueFull:
                self._let_go(queue)

    def kept(self) -> list[ItemT]:
        """Return what is at hand, the oldest first."""
        return list(self._kept)

    def reaches(self, after: int) -> bool:
        """Say whether this is an offset of the topic, and everything after it still at hand."""
        return after + 1 >= self._start and (self._end is None or after < self._end)

    async def listen(self, after: int | None = None) -> AsyncIterator[ItemT]:
        """Yield items until the listener is let go; see `Feed.listen`."""
        if after is not None and self._end is not None and after >= self._end:
            after = None
        queue: asyncio.Queue[ItemT | None] = asyncio.Queue(KEPT)
        missed = [item for item in self._kept if after is not None and item.offset > after]
        self._listeners[queue] = after
        try:
            for item in missed:
                yield item
            while (next_item := await queue.get()) is not None:
                yield next_item
        finally:
            self._listeners.pop(queue, None)

    def _let_go(self, queue: asyncio.Queue[ItemT | None]) -> None:
        del self._listeners[queue]
        if queue.full():
            queue.get_nowait()
        queue.put_nowait(None)


async def resume(feed: Feed[ItemT], last_event_id: str | None) -> AsyncIterator[ItemT | None]:
    """Yield what came after an event and what comes; first None where something between is no longer at hand.

    An id that the topic does not have, because it began anew or because it was made up, is followed by what comes.
    """
    after = int(last_event_id) if last_event_id is not None and _OFFSET.fullmatch(last_event_id) else None
    if after is not None and not feed.reaches(after):
        await asyncio.sleep(BEHIND_S)
    if last_event_id is not None and (after is None or not feed.reaches(after)):
        yield None
    async for item in feed.listen(after):
        yield item


AlertFeed = Feed[LiveAlert]
NotificationFeed = Feed[LiveNotification]


async def follow_alerts(settings: Settings, broadcast: Broadcast[LiveAlert]) -> None:
    """Read the `alerts` topic for ever, and tell each alert."""

    def read(entry: Entry) -> LiveAlert:
        return LiveAlert(entry.offset, from_cloudevent(entry.headers, entry.value or b""))

    await follow(settings, Topic.ALERTS, _Teller(broadcast, read))


async def follow_notifications(settings: Settings, broadcast: Broadcast[LiveNotification]) -> None:
    """Read the `notifications` topic for ever, and tell each notification."""

    def read(entry: Entry) -> LiveNotification:
        subscription_id = SubscriptionId((entry.key or b"").decode("utf-8", "replace"))
        return LiveNotification(entry.offset, subscription_id, (entry.value or b"").decode("utf-8", "replace"))

    await follow(settings, Topic.NOTIFICATIONS, _Teller(broadcast, read))


class _Teller(Generic[ItemT]):
    """Follow a topic for a broadcast."""

    def __init__(self, broadcast: Broadcast[ItemT], read: Callable[[Entry], ItemT]) -> None:
        self._broadcast = broadcast
        self._read = read
        self._seen_by_nobody = 0

    def begin(self, first: int, end: int) -> int:
        """Go on after the last item, or begin near the end; see `Follower.begin`."""
        at = self._broadcast.next_offset
        if at is not None and first <= at <= end:
            self._seen_by_nobody = at
            return at
        self._seen_by_nobody = end
        at = max(first, end - KEPT)
        self._broadcast.begin(at, end)
        return at

    def take(self, entry: Entry) -> None:
        """Tell an item; what cannot be read is passed over."""
        try:
            item = self._read(entry)
        except UnreadableInput as error:
            log.warning("not an item of this topic", offset=entry.offset, error=str(error))
            return
        self._broadcast.tell(item, old=entry.offset < self._seen_by_nobody)

    def reached(self, offset: int) -> None:
        """Do nothing: what is told is told."""
