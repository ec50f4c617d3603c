"""The outbox table of the alert role: mailboxes and deliveries in one changelog, and what follows from them in memory.

A delivery is written before the mailbox that gave rise to it. Both lie in one partition of one table, so a crash can
leave a delivery without its mailbox, and never the other way round: what was taken out of a mailbox is in the outbox.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Awaitable, Iterable
from datetime import datetime
from typing import Any, Literal, Protocol

from agents.stored import stored_records
from alerts.notifications.mailbox import Mailbox
from alerts.notifications.notices import Notice
from alerts.notifications.outbox import Delivery, recorded
from streams.decoding import decode_record, encode_record
from streams.delivery import Confirmation
from streams.metrics import NOTIFICATIONS
from streams.records import EpisodeId
from streams.subscriptions import NotificationId, SilenceId, SubscriptionId
from streams.tables import StateTable, TableSection


class Consignee(Protocol):
    """Take what is to be sent, once its record is confirmed."""

    def put(self, delivery: Delivery) -> None:
        """Take a delivery; the same try twice is taken once."""
        ...

    def forget(self, notification_id: NotificationId) -> None:
        """Drop a delivery that has ended."""
        ...

    def reconsider(self, subscription_id: SubscriptionId) -> None:
        """Look anew at what waits for the quiet hours of a subscription that was set."""
        ...

    def clear(self) -> None:
        """Drop everything that is not under way."""
        ...


class Outbox:
    """Keep mailboxes and deliveries. Write only inside a stream's iteration."""

    def __init__(self, table: StateTable, sending: Consignee) -> None:
        self._mailboxes = TableSection(table, b"mailbox/")
        self._deliveries = TableSection(table, b"delivery/")
        self._sending = sending
        self.clear()

    def clear(self) -> None:
        """Forget what follows from the table."""
        self._due: list[tuple[datetime, SubscriptionId]] = []
        self._old: list[tuple[datetime, NotificationId]] = []
        self._withheld_from: dict[SilenceId, set[SubscriptionId]] = defaultdict(set)
        self._withheld: dict[SubscriptionId, frozenset[EpisodeId]] = {}
        self._told: dict[SubscriptionId, frozenset[EpisodeId]] = {}
        self._told_of: dict[EpisodeId, set[SubscriptionId]] = defaultdict(set)
        self.gone: dict[SubscriptionId, datetime] = {}
        """The beginning of the try in which the endpoint of a subscription said that it is gone."""

    def restore(self) -> list[Confirmation]:
        """Begin anew on the table that is there, and write again whatever is unfinished.

        The local store may be ahead of the changelog by what the last process had not confirmed.
        """
        self.clear()
        writes: list[Confirmation] = []
        for _, delivery in stored_records(self._deliveries, Delivery):
            if delivery.state == "waiting":
                writes.append(self.put_delivery(delivery))
            else:
                self._age(delivery)
        for _, mailbox in stored_records(self._mailboxes, Mailbox):
            self._follow(mailbox)
            if mailbox.batches or mailbox.silenced:
                writes.append(self.put_mailbox(mailbox))
        return writes

    def mailbox(self, subscription_id: SubscriptionId) -> Mailbox:
        """Return the mailbox of a subscription, empty where there is none."""
        value = self._mailboxes.get(subscription_id.encode())
        return Mailbox(subscription_id=subscription_id) if value is None else decode_record(Mailbox, value)

    def put_mailbox(self, mailbox: Mailbox) -> Confirmation:
        """Write a mailbox."""
        self._follow(mailbox)
        return self._mailboxes.put(mailbox.subscription_id.encode(), encode_record(mailbox))

    def remove_mailbox(self, subscription_id: SubscriptionId) -> list[Confirmation]:
        """Remove the mailbox of a subscription that is no more."""
        self.gone.pop(subscription_id, None)
        self._withheld.pop(subscription_id, None)
        self._follow_told(subscription_id, frozenset())
        key = subscription_id.encode()
        return [self._mailboxes.delete(key)] if self._mailboxes.get(key) is not None else []

    def delivery(self, notification_id: NotificationId) -> Delivery | None:
        """Return the record of a notification."""
        value = self._deliveries.get(notification_id.encode())
        return None if value is None else decode_record(Delivery, value)

    def covered(self, notification_id: NotificationId) -> frozenset[str] | None:
        """Return the transitions that a recorded notification tells of; nothing where none is recorded."""
        delivery = self.delivery(notification_id)
        return None if delivery is None else frozenset(delivery.notice.covers)

    def record(self, notices: Iterable[Notice]) -> list[Confirmation]:
        """Write notifications; each is handed over to be sent when the broker holds its record."""
        writes: list[Confirmation] = []
        for notice in notices:
            NOTIFICATIONS.labels(notice.kind).inc()
            writes.append(self.put_delivery(recorded(notice)))
        return writes

    def put_delivery(self, delivery: Delivery) -> Confirmation:
        """Write the record of a notification, and hand it over once it is confirmed."""
        notification_id = delivery.notice.notification_id
        written = self._deliveries.put(notification_id.encode(), encode_record(delivery))
        self._age(delivery)
        return self._hand_over(written, delivery)

    def next_due(self) -> datetime | None:
        """Return when the next mailbox has something to release."""
        return self._due[0][0] if self._due else None

    def due(self, now: datetime) -> list[SubscriptionId]:
        """Take out the subscriptions whose mailboxes have something to release."""
        found: dict[SubscriptionId, Literal[True]] = {}
        while self._due and self._due[0][0] <= now:
            found[heapq.heappop(self._due)[1]] = True
        return list(found)

    def withheld_from(self, silence_id: SilenceId) -> list[SubscriptionId]:
        """Return the subscriptions that a silence kept something from."""
        return sorted(self._withheld_from.get(silence_id, ()))

    def withheld(self) -> frozenset[EpisodeId]:
        """Return the episodes that the end of a silence is to tell somebody of."""
        return frozenset().union(*self._withheld.values())

    def told_of(self, episode_id: EpisodeId) -> list[SubscriptionId]:
        """Return the subscriptions that were told of an episode, or wait to be, and have not taken its end."""
        return sorted(self._told_of.get(episode_id, ()))

    def prune(self, now: datetime) -> list[Confirmation]:
        """Remove deliveries that ended long ago."""
        writes: list[Confirmation] = []
        while self._old and self._old[0][0] <= now:
            _, notification_id = heapq.heappop(self._old)
            delivery = self.delivery(notification_id)
            if delivery is not None and delivery.prune_at is not None and delivery.prune_at <= now:
                writes.append(self._deliveries.delete(notification_id.encode()))
        return writes

    async def _hand_over(self, written: Awaitable[Any], delivery: Delivery) -> None:
        await written
        if delivery.state == "waiting":
            self._sending.put(delivery)
        else:
            self._sending.forget(delivery.notice.notification_id)

    def _follow(self, mailbox: Mailbox) -> None:
        due = mailbox.next_due()
        if due is not None:
            heapq.heappush(self._due, (due, mailbox.subscription_id))
        for silence_id in mailbox.silenced:
            self._withheld_from[silence_id].add(mailbox.subscription_id)
        if mailbox.silenced:
            self._withheld[mailbox.subscription_id] = mailbox.withheld
        else:
            self._withheld.pop(mailbox.subscription_id, None)
        told = frozenset(episode for episode, known in mailbox.episodes.items() if known.told and not known.ended_at)
        self._follow_told(mailbox.subscription_id, told)
        if mailbox.gone_at is not None:
            self.gone[mailbox.subscription_id] = mailbox.gone_at

    def _follow_told(self, subscription_id: SubscriptionId, told: frozenset[EpisodeId]) -> None:
        before = self._told.pop(subscription_id, frozenset())
        for episode_id in before - told:
            self._told_of[episode_id].discard(subscription_id)
            if not self._told_of[episode_id]:
                del self._told_of[episode_id]
        for episode_id in told - before:
            self._told_of[episode_id].add(subscription_id)
        if told:
            self._told[subscription_id] = told

    def _age(self, delivery: Delivery) -> None:
        if delivery.prune_at is not None:
            heapq.heappush(self._old, (delivery.prune_at, delivery.notice.notification_id))
