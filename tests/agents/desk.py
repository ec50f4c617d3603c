"""A desk: the real handlers of notifying, without Kafka, over tables that outlive a crash."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from agents.notifying import Notifying
from agents.rules import RulesFile
from alerts.notifications.outbox import Delivery, outcome_of
from alerts.receivers.receiver import Attempt
from streams.alerting import AlertTransition
from streams.clock import ManualClock
from streams.decoding import encode_record
from streams.records import Record
from streams.settings import Settings
from streams.subscriptions import NotificationId, Subscription, SubscriptionId, encode_subscription
from streams.topics import Topic
from tests.agents.durability import LoggedTable, StandIn, message
from tests.alerts.people import MINUTE, NOW


class Consignment:
    """Hold what was handed over to be sent, as sending does, and send it when told."""

    def __init__(self) -> None:
        self.waiting: dict[NotificationId, Delivery] = {}
        self.handed: dict[NotificationId, int] = {}
        self.reconsidered: list[SubscriptionId] = []

    def put(self, delivery: Delivery) -> None:
        """Take a delivery once for each try."""
        key = delivery.notice.notification_id
        if delivery.attempt > self.handed.get(key, 0):
            self.handed[key] = delivery.attempt
            self.waiting[key] = delivery

    def forget(self, notification_id: NotificationId) -> None:
        """Drop what has ended."""
        self.waiting.pop(notification_id, None)

    def reconsider(self, subscription_id: SubscriptionId) -> None:
        """Note whose quiet hours or endpoint may be others."""
        self.reconsidered.append(subscription_id)

    def clear(self) -> None:
        """Drop everything."""
        self.waiting.clear()
        self.handed.clear()


class Desk:
    """Run the real handlers over tables that survive, with a broker that sends again what was not acknowledged."""

    def __init__(self) -> None:
        self.clock = ManualClock(NOW)
        self.tables: dict[str, LoggedTable] = {}
        self.sent: list[Delivery] = []
        self.queues: dict[Topic, list[Any]] = defaultdict(list)
        self.done: dict[Topic, int] = defaultdict(int)
        self.flight: list[tuple[Topic, asyncio.Future[Any]]] = []
        self.start()

    def start(self) -> None:
        """Begin a life on the tables that are there."""
        self.consignment = Consignment()
        application: Any = StandIn(self.clock, Settings(), self.tables)
        self.notifying = Notifying(application, self.consignment, RulesFile(Settings(), self.clock))
        self.at = dict(self.done)

    def publish(self, topic: Topic, record: Record | bytes | None, key: bytes = b"k") -> None:
        """Put a message on a topic."""
        value = encode_subscription(record) if isinstance(record, Subscription) else record
        self.queues[topic].append(message(topic, key, encode_record(value) if isinstance(value, Record) else value))

    async def step(self, topic: Topic) -> bool:
        """Handle the next message of a topic, if there is one."""
        place = self.at.get(topic, 0)
        if place >= len(self.queues[topic]):
            return False
        self.at[topic] = place + 1
        writes: Iterable[Any] = await self.notifying.handle(self.queues[topic][place])
        self.flight.append((topic, asyncio.gather(*writes)))
        return True

    async def flush(self, counts: dict[str, int] | None = None) -> None:
        """Let records reach the changelogs, all or so many of each table; acknowledge in order what is confirmed."""
        for name, table in self.tables.items():
            table.flush(None if counts is None else min(counts.get(name, 0), len(table.pending)))
        for _ in range(3):
            await asyncio.sleep(0)
        blocked: set[Topic] = set()
        for topic, work in list(self.flight):
            if work.done() and topic not in blocked:
                work.result()
                self.done[topic] += 1
                self.flight.remove((topic, work))
            else:
                blocked.add(topic)

    async def crash(self, *, disk_lost: bool) -> None:
        """Die, and start again."""
        for _, work in self.flight:
            work.cancel()
        await asyncio.gather(*(work for _, work in self.flight), return_exceptions=True)
        self.flight.clear()
        for table in self.tables.values():
            table.crash(disk_lost=disk_lost)
        self.start()

    async def half_take(self, transition: AlertTransition, *, survived: int) -> None:
        """Die with so many writes of an alert in the outbox's changelog; a tick comes before the alert comes again."""
        self.publish(Topic.ALERTS, transition)
        await self.step(Topic.ALERTS)
        await self.flush({"outbox": survived})
        await self.crash(disk_lost=True)
        self.clock.at += 2 * MINUTE
        self.publish(Topic.TICKS, b"tick")
        await self.step(Topic.TICKS)

    def send(self, outcome: Attempt | None) -> None:
        """Send the first delivery that is due; with an outcome, publish it, without one die before."""
        for key, delivery in self.consignment.waiting.items():
            if delivery.due_at <= self.clock.at:
                self.sent.append(delivery)
                del self.consignment.waiting[key]
                if outcome is not None:
                    self.publish(Topic.DELIVERIES, outcome_of(delivery, outcome, "topic", self.clock.at, 0.1))
                return

    async def settle(self, *, minutes: float = 0) -> None:
        """Handle everything, deliver what is due, and let time pass by minutes with their ticks."""
        for minute in range(int(minutes) + 1):
            if minute:
                self.clock.at += MINUTE
            self.publish(Topic.TICKS, b"tick")
            busy = True
            while busy:
                busy = False
                for topic in (Topic.SUBSCRIPTIONS, Topic.SILENCES, Topic.WATCHLISTS, Topic.ALERTS, Topic.TICKS):
                    while await self.step(topic):
                        busy = True
                await self.flush()
                while any(d.due_at <= self.clock.at for d in self.consignment.waiting.values()):
                    self.send(Attempt("delivered"))
                while await self.step(Topic.DELIVERIES):
                    busy = True
                await self.flush()

    def kept(self, kind: str) -> list[str]:
        """Name what the changelogs hold of a kind."""
        keys = (key.decode() for table in self.tables.values() for key in table.durable)
        return [key.removeprefix(kind) for key in keys if key.startswith(kind)]

    @property
    def told(self) -> list[tuple[str, str, list[str]]]:
        """Return for each sending its subscription, kind and names."""
        return [(d.notice.subscription_id, d.notice.kind, [a.name for a in d.notice.alerts]) for d in self.sent]
