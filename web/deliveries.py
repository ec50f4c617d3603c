"""Deliveries as the web process sees them: the latest outcome of each notification."""

from __future__ import annotations

from collections import OrderedDict

import orjson
import structlog

from streams.decoding import decode_record
from streams.errors import UnreadableInput
from streams.subscriptions import DeliveryOutcome, NotificationId
from streams.topics import Topic
from web.following import Entry, Progress

log = structlog.get_logger(__name__)

KEPT = 1_000
OUTCOMES_READ = 50_000
"""Of the end of the topic, at the start: what is older is not shown."""


class DeliveryLog:
    """Hold the latest outcome of each of the newest notifications, and those that were given up for longer."""

    def __init__(self) -> None:
        self.topic = Topic.DELIVERIES
        self._latest: OrderedDict[NotificationId, DeliveryOutcome] = OrderedDict()
        self._dead: OrderedDict[NotificationId, DeliveryOutcome] = OrderedDict()
        self._progress = Progress(self.topic)

    def begin(self, first: int, end: int) -> int:
        """Go on, or begin near the end; see `Follower.begin`."""
        if self._progress.resumes(first, end) and self._progress.next is not None:
            return self._progress.next
        self._latest.clear()
        self._dead.clear()
        return max(first, end - OUTCOMES_READ)

    def take(self, entry: Entry) -> None:
        """Take an outcome; requests lie on the same topic, and are passed over."""
        try:
            fields = orjson.loads(entry.value or b"{}")
            if isinstance(fields, dict) and "request" not in fields:
                self._keep(decode_record(DeliveryOutcome, entry.value))
        except (UnreadableInput, orjson.JSONDecodeError):
            log.warning("not an outcome", topic=self.topic, offset=entry.offset)
        self._progress.reached(entry.offset + 1)

    def reached(self, offset: int) -> None:
        """Move on; see `Follower.reached`."""
        self._progress.reached(offset)

    async def get(self, notification_id: NotificationId) -> DeliveryOutcome | None:
        """Return the latest outcome of a notification, or None where it is not among those kept."""
        await self._progress.until()
        return self._latest.get(notification_id) or self._dead.get(notification_id)

    async def newest(self, *, dead_only: bool, limit: int) -> list[DeliveryOutcome]:
        """Return the latest outcome of each notification, the newest first."""
        await self._progress.until()
        return self.known(dead_only=dead_only, limit=limit)

    def known(self, *, dead_only: bool, limit: int) -> list[DeliveryOutcome]:
        """Return what has been read so far, without waiting."""
        kept = self._dead if dead_only else self._latest
        return list(reversed(kept.values()))[:limit]

    def _keep(self, outcome: DeliveryOutcome) -> None:
        notification_id = outcome.notification_id
        self._dead.pop(notification_id, None)
        for kept in (self._latest, self._dead) if outcome.dead else (self._latest,):
            kept[notification_id] = outcome
            kept.move_to_end(notification_id)
            if len(kept) > KEPT:
                kept.popitem(last=False)
