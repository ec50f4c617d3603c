"""Deliveries as the web process sees them: the latest outcome of each notification."""

from __future__ import annotations

from collections import OrderedDict
from itertools import islice

import structlog

from streams.decoding import decode_record
from streams.errors import UnreadableInput
from streams.subscriptions import DeliveryOutcome, NotificationId, SubscriptionId
from streams.topics import Topic
from web.following import Entry, Progress

log = structlog.get_logger(__name__)

KEPT, DEAD_KEPT = 1_000, 20_000
"""Outcomes of the newest notifications, and of those that were given up last: some 40 MB."""
REQUEST_FIELD = b'"request_id"'
"""Inside a text its quotes would be escaped, so a record that holds this is a request."""


class DeliveryLog:
    """Hold the latest outcome of each of the newest notifications, and those that were given up for longer."""

    def __init__(self) -> None:
        self.topic = Topic.DELIVERIES
        self._latest: OrderedDict[NotificationId, DeliveryOutcome] = OrderedDict()
        self._dead: OrderedDict[NotificationId, DeliveryOutcome] = OrderedDict()
        self._progress = Progress(self.topic)

    def begin(self, first: int, end: int) -> int:
        """Go on, or begin anew: one that was given up long ago may be asked for still; see `Follower.begin`."""
        if self._progress.resumes(first, end) and self._progress.next is not None:
            return self._progress.next
        self._latest.clear()
        self._dead.clear()
        return first

    def take(self, entry: Entry) -> None:
        """Take an outcome; requests lie on the same topic, and are passed over."""
        try:
            if REQUEST_FIELD not in (entry.value or b""):
                self._keep(decode_record(DeliveryOutcome, entry.value))
        except UnreadableInput:
            log.warning("not an outcome", topic=self.topic, offset=entry.offset)
        self._progress.reached(entry.offset + 1)

    def reached(self, offset: int) -> None:
        """Move on; see `Follower.reached`."""
        self._progress.reached(offset)

    async def get(self, notification_id: NotificationId) -> DeliveryOutcome | None:
        """Return the latest outcome of a notification, or None where it is not among those kept."""
        await self._progress.until()
        return self._latest.get(notification_id) or self._dead.get(notification_id)

    async def newest(
        self, *, dead_only: bool, limit: int, subscription_id: SubscriptionId | None = None
    ) -> list[DeliveryOutcome]:
        """Return the latest outcome of each notification, of one subscription where it is named, the newest first."""
        await self._progress.until()
        return self.known(dead_only=dead_only, limit=limit, subscription_id=subscription_id)

    def known(
        self, *, dead_only: bool, limit: int, subscription_id: SubscriptionId | None = None
    ) -> list[DeliveryOutcome]:
        """Return what has been read so far, without waiting."""
        kept = reversed((self._dead if dead_only else self._latest).values())
        found = (each for each in kept if subscription_id in (None, each.subscription_id))
        return list(islice(found, limit))

    def _keep(self, outcome: DeliveryOutcome) -> None:
        self._dead.pop(outcome.notification_id, None)
        _put(self._latest, outcome, KEPT)
        if outcome.dead:
            _put(self._dead, outcome, DEAD_KEPT)


def _put(kept: OrderedDict[NotificationId, DeliveryOutcome], outcome: DeliveryOutcome, most: int) -> None:
    kept[outcome.notification_id] = outcome
    kept.move_to_end(outcome.notification_id)
    if len(kept) > most:
        kept.popitem(last=False)
