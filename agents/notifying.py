"""Tell subscribers of alerts: match, withhold, group, and record in the outbox before anything is sent.

One agent takes all topics of the alert role that lead to a notification, in one order, on partition 0; so its handlers
never interleave. Time is the wall clock's: what waits for a moment is released by a message on `ticks`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator
from datetime import datetime
from typing import Any

import structlog
from faust.types import StreamT

from agents.application import Application
from agents.last_steps import LastSteps
from agents.outbox import Consignee, Outbox
from agents.rules import RulesFile
from agents.sending import open_sending
from agents.settling import Settling
from agents.stored import stored_records
from agents.ticking import publish_ticks
from alerts.notifications.mailbox import Mailbox, rescheduled, silence_ended, take
from alerts.notifications.matching import Lists, SubscriptionIndex, facets_of, follows
from alerts.notifications.release import release
from alerts.notifications.silences import Silences
from streams.alerting import AlertTransition
from streams.decoding import decode_record
from streams.delivery import Confirmation, Event
from streams.errors import DeadLetterReason, UnreadableInput
from streams.metrics import UNSERVED, WITHHELD
from streams.records import ReaderId
from streams.subscriptions import (
    Silence,
    Subscription,
    SubscriptionId,
    Watchlist,
)
from streams.tables import TableSection
from streams.topics import FIRST_PARTITION, Topic

log = structlog.get_logger(__name__)

TOPICS = (
    Topic.SUBSCRIPTIONS,
    Topic.SILENCES,
    Topic.WATCHLISTS,
    Topic.ALERTS,
    Topic.DELIVERIES,
    Topic.TICKS,
)
BREATH_EVERY = 50
"""Mailboxes between two turns of the loop, so that heartbeats and sending go on while an alert concerns thousands."""


class Notifying:
    """Hold the tables of the alert role that lead to notifications, and what follows from them in memory."""

    def __init__(self, application: Application, sending: Consignee, file: RulesFile) -> None:
        self._application = application
        self._clock = application.clock
        table = application.table("subscriptions")
        self._subscriptions = TableSection(table, b"subscription/")
        self._silences = TableSection(table, b"silence/")
        self._watchlists = TableSection(table, b"watchlist/")
        self._sending = sending
        outbox = application.table("outbox")
        # In one table with the mailboxes, and written before: a mailbox never names a step that a crash has lost.
        self._steps = LastSteps(TableSection(outbox, b"episode/"))
        self._outbox = Outbox(outbox, self._sending)
        self._index = SubscriptionIndex()
        self._settling = Settling(self._outbox, self._subscription, self._clock)
        self._active = Silences()
        self._file = file
        self._generation: int | None = None
        self._handlers: dict[str, Callable[[Event], Awaitable[list[Confirmation]]]] = {
            application.settings.named(topic): handler
            for topic, handler in (
                (Topic.SUBSCRIPTIONS, self._on_subscription),
                (Topic.SILENCES, self._on_silence),
                (Topic.WATCHLISTS, self._on_watchlist),
                (Topic.ALERTS, self._on_alert),
                (Topic.DELIVERIES, self._settling.handle),
                (Topic.TICKS, self._on_tick),
            )
        }

    async def handle(self, event: Event) -> Iterable[Confirmation]:
        """Take one message of any of the topics."""
        if event.message.partition != FIRST_PARTITION:
            raise UnreadableInput(
                DeadLetterReason.WRONG_TYPE,
                f"it lies on partition {event.message.partition}; the alert role reads only {FIRST_PARTITION}",
            )
        restored = self._taken_over()
        return [*restored, *await self._handlers[event.message.topic](event)]

    def next_due(self) -> datetime | None:
        """Return the next moment at which something has to be done."""
        moments = (self._outbox.next_due(), self._active.next_end())
        return min((moment for moment in moments if moment is not None), default=None)

    def let_go(self) -> None:
        """Stop sending: the partition is being moved, perhaps to another process."""
        self._generation = None
        self._sending.clear()

    async def _on_alert(self, event: Event) -> list[Confirmation]:
        transition = decode_record(AlertTransition, event.value)
        now = self._clock.now()
        writes = self._steps.keep(transition)
        facets = facets_of(transition, self._lists())
        silence = self._active.covering(facets, now)
        late = (now - transition.at).total_seconds() > self._application.settings.max_alert_age_s

        def plan(mailbox: Mailbox, subscription: Subscription) -> Mailbox:
            taken, reason = take(
                mailbox, subscription, transition, now, silence=silence, late=late, covered=self._outbox.covered
            )
            if reason is not None:
                WITHHELD.labels(reason).inc()
            return taken

        concerned = {subscription.subscription_id: subscription for subscription in self._index.concerned(facets)}
        for subscription in self._known(self._outbox.told_of(transition.episode_id)):
            if follows(subscription, transition):
                concerned.setdefault(subscription.subscription_id, subscription)
        served = await self._serve((concerned[key] for key in sorted(concerned)), plan, now)
        return [*writes, *served]

    async def _on_subscription(self, event: Event) -> list[Confirmation]:
        if event.value is None:
            raw = _key(event)
            key = SubscriptionId(raw.decode("utf-8", "replace"))
            self._index.remove(key)
            removed = [self._subscriptions.delete(raw)] if self._subscriptions.get(raw) is not None else []
            return [*removed, *self._outbox.remove_mailbox(key)]
        subscription = decode_record(Subscription, event.value)
        self._index.put(subscription)
        self._sending.reconsider(subscription.subscription_id)
        now = self._clock.now()

        def plan(mailbox: Mailbox, own: Subscription) -> Mailbox | None:
            return rescheduled(mailbox, own, now) if mailbox.batches else None

        served = await self._serve([subscription], plan, now)
        return [self._subscriptions.put(subscription.subscription_id.encode(), event.value), *served]

    async def _on_silence(self, event: Event) -> list[Confirmation]:
        if event.value is None:
            known = self._silences.get(_key(event))
            return [] if known is None else await self._end(decode_record(Silence, known))
        silence = decode_record(Silence, event.value)
        self._active.put(silence)
        return [self._silences.put(silence.silence_id.encode(), event.value)]

    async def _on_watchlist(self, event: Event) -> list[Confirmation]:
        if event.value is None:
            raw = _key(event)
            self._index.set_read(ReaderId(raw.decode("utf-8", "replace")), ())
            return [self._watchlists.delete(raw)] if self._watchlists.get(raw) is not None else []
        watchlist = decode_record(Watchlist, event.value)
        self._index.set_read(watchlist.reader_id, watchlist.entities)
        return [self._watchlists.put(watchlist.reader_id.encode(), event.value)]

    async def _on_tick(self, _event: Event) -> list[Confirmation]:
        now = self._clock.now()
        writes: list[Confirmation] = []
        for silence in self._active.ended(now):
            writes += await self._end(silence)
        writes += await self._serve(self._known(self._outbox.due(now)), lambda mailbox, _: mailbox, now)
        return [*writes, *self._steps.prune(now, self._outbox.withheld), *self._outbox.prune(now)]

    async def _end(self, silence: Silence) -> list[Confirmation]:
        now = self._clock.now()
        self._active.remove(silence.silence_id)
        lists = self._lists()

        def covering(alert: AlertTransition) -> Silence | None:
            return self._active.covering(facets_of(alert, lists), now)

        def plan(mailbox: Mailbox, subscription: Subscription) -> Mailbox | None:
            if silence.silence_id not in mailbox.silenced:
                return None
            return silence_ended(mailbox, subscription, silence, now, content=self._steps.get, covering=covering)

        writes = await self._serve(self._known(self._outbox.withheld_from(silence.silence_id)), plan, now)
        # Last, so that after a crash the rest of the mailboxes can still be told what the silence was.
        own = silence.silence_id.encode()
        return [*writes, self._silences.delete(own)] if self._silences.get(own) is not None else writes

    async def _serve(
        self,
        subscriptions: Iterable[Subscription],
        plan: Callable[[Mailbox, Subscription], Mailbox | None],
        now: datetime,
    ) -> list[Confirmation]:
        """Record what is due of each mailbox as it is planned (None: not at all); one that fails stops no other."""
        writes: list[Confirmation] = []
        for place, subscription in enumerate(subscriptions, 1):
            if place % BREATH_EVERY == 0:
                await asyncio.sleep(0)
            key = subscription.subscription_id
            try:
                mailbox = plan(self._outbox.mailbox(key), subscription)
                if mailbox is None:
                    continue
                released, notices = release(
                    mailbox, subscription, now, content=self._steps.get, covered=self._outbox.covered
                )
            except Exception:
                log.exception("a subscription cannot be served; the others are", subscription=key)
                UNSERVED.inc()
                continue
            # What waited together is found in the outbox by the steps that it held: those are written first.
            if any(notice.kind != "alert" for notice in notices):
                writes.append(self._outbox.put_mailbox(mailbox.model_copy(update={"episodes": released.episodes})))
            writes += [*self._outbox.record(notices), self._outbox.put_mailbox(released)]
        return writes

    def _lists(self) -> Lists:
        """Return the watch-lists of the rules in force, by which watching may have opened the alert at hand."""
        return {name: frozenset(members) for name, members in self._file.current().watchlists.items()}

    def _known(self, keys: Iterable[SubscriptionId]) -> Iterator[Subscription]:
        return (found for key in keys if (found := self._index.get(key)) is not None)

    def _taken_over(self) -> list[Confirmation]:
        generation = self._application.app.consumer_generation_id
        if generation == self._generation:
            return []
        self._index, self._active = SubscriptionIndex(), Silences()
        for _, subscription in stored_records(self._subscriptions, Subscription):
            self._index.put(subscription)
        for _, silence in stored_records(self._silences, Silence):
            self._active.put(silence)
        for _, watchlist in stored_records(self._watchlists, Watchlist):
            self._index.set_read(watchlist.reader_id, watchlist.entities)
        writes = self._outbox.restore()
        self._generation = generation
        return writes

    def _subscription(self, key: SubscriptionId) -> Subscription | None:
        return self._index.get(key)

    def route(self, key: SubscriptionId) -> Subscription | str:
        """Return the subscription that a notification goes to, or why it can go nowhere any more."""
        subscription = self._index.get(key)
        if subscription is None:
            return "the subscription was removed"
        if not subscription.enabled:
            return "the subscription is switched off"
        gone_at = self._outbox.gone.get(key)
        if gone_at is not None and subscription.updated_at <= gone_at:
            return "the endpoint said that it is gone; set the subscription anew to try it again"
        return subscription


def _key(event: Event) -> bytes:
    if not isinstance(event.key, bytes):
        raise UnreadableInput(DeadLetterReason.WRONG_TYPE, "the message has neither key nor value")
    return event.key


def register_notifying(application: Application, file: RulesFile) -> None:
    """Add the agent, its tables, sending and the ticks to their app."""
    app = application.app
    sending = open_sending(application)
    notifying = Notifying(application, sending, file)

    @app.agent(application.outlet.topics(*TOPICS), name="notifying")
    async def notify(messages: StreamT[Any]) -> None:
        await application.delivery.run("notifying", messages, notifying.handle)

    async def send() -> None:
        try:
            await sending.run(notifying.route)
        except Exception as error:
            await app.crash(error)

    async def tick() -> None:
        await publish_ticks(application, notifying.next_due)

    app.task(send)
    app.task(tick)

    @app.on_partitions_revoked.connect(weak=False)
    async def let_go(_app: Any, *_: object, **__: object) -> None:
        notifying.let_go()
