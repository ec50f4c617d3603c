"""What subscribers are promised, whatever comes in whatever order: every notice is checked as its subscriber would."""

from __future__ import annotations

import asyncio
import random
from collections import defaultdict
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any, TypeVar

import pytest

from alerts.notifications.notices import Notice
from alerts.notifications.outbox import Delivery, outcome_of
from alerts.receivers.receiver import Attempt
from streams.alerting import AlertTransition
from streams.subscriptions import Subscription
from streams.topics import Topic
from tests.agents.desk import Desk
from tests.alerts.people import alert, silence, subscription

TOPICS = (Topic.SUBSCRIPTIONS, Topic.SILENCES, Topic.ALERTS, Topic.TICKS, Topic.DELIVERIES)
QUIET = {"start": "15:00", "end": "18:30", "time_zone": "UTC"}
WISHES: dict[str, tuple[Any, ...]] = {
    "digest": ("none", "none", "hourly", "daily"),
    "group_wait_s": (0.0, 60.0, 900.0),
    "group_by": (("rule",), ("severity",), ("entity",)),
    "quiet_hours": (None, QUIET),
    "max_per_hour": (60, 1, 2),
    "resolved": (True, True, False),
    "updates": (True, True, False),
    "matchers": ({}, {}, {"severities": ["medium"]}, {"entities": ["harbourline"]}),
}
ACTS = {"grow": 8, "crash": 3, "resolve": 3, "acknowledge": 1, "wait": 12, "be_silent": 5, "speak": 2, "subscribe": 2}
ACTS |= {"endpoint": 1, "switch_off": 1, "remove": 1}
ANSWERS = (Attempt("delivered"), Attempt("failed", 503), Attempt("failed", 429, retry_after_s=600))

ResultT = TypeVar("ResultT")


class Day:
    """Be a day at a desk on which people, news, endpoints and crashes act at random."""

    def __init__(self, chance: random.Random, loop: asyncio.AbstractEventLoop) -> None:
        self.chance, self.loop = chance, loop
        self.desk = Desk()
        self.steps: dict[str, list[AlertTransition]] = defaultdict(list)
        self.going_on: dict[str, str] = {}
        self.subscriptions: dict[str, Subscription] = {}
        self.answers: dict[str, Attempt] = defaultdict(lambda: ANSWERS[0])
        self.silent_until: dict[str, datetime] = {}
        self.crashes = 0
        self.notices: dict[str, Notice] = {}
        self.shown: dict[tuple[str, str, int], str] = {}
        """The id under which a subscription was shown a step of an episode."""
        self.to_be_told: set[tuple[str, str]] = set()
        """Subscriptions and episodes: nothing keeps these from being told while the episode goes on."""
        self.to_be_ended: set[tuple[str, str]] = set()
        """Of these the end came while the subscription was as it is now."""

    def subscribe(self) -> None:
        """Set a subscription, or set it anew."""
        wishes = {name: self.chance.choice(values) for name, values in WISHES.items()}
        self.put(subscription(self.chance.choice("ab"), updated_at=self.desk.clock.at, **wishes))

    def switch_off(self) -> None:
        """Switch a subscription off."""
        if self.subscriptions:
            own = self.subscriptions[self.chance.choice(sorted(self.subscriptions))]
            self.put(own.model_copy(update={"enabled": False, "updated_at": self.desk.clock.at}))

    def put(self, own: Subscription) -> None:
        """Keep a subscription, and expect nothing of what was before."""
        self.forget(own.subscription_id)
        self.subscriptions[own.subscription_id] = own
        self.publish(Topic.SUBSCRIPTIONS, own, own.subscription_id)

    def remove(self) -> None:
        """Remove a subscription: another one under its name knows nothing."""
        if self.subscriptions:
            key = self.chance.choice(sorted(self.subscriptions))
            del self.subscriptions[key]
            self.forget(key)
            self.shown = {place: known for place, known in self.shown.items() if place[0] != key}
            self.publish(Topic.SUBSCRIPTIONS, None, key)

    def forget(self, key: str) -> None:
        """Expect nothing any more."""
        self.to_be_told = {place for place in self.to_be_told if place[0] != key}
        self.to_be_ended = {place for place in self.to_be_ended if place[0] != key}

    def be_silent(self) -> None:
        """Begin a silence of one name or of all, or set it anew; many end at the same moment."""
        key, now = self.chance.choice(("recall", "merger")), self.desk.clock.at
        severities = {"severities": ["low", "medium", "high"]}
        matchers = self.chance.choice([severities, {"entities": ["harbourline"]}])
        half_hours = self.chance.choice((1, 1, 2, 8))
        ends_at = now.replace(minute=now.minute // 30 * 30, second=0) + half_hours * timedelta(minutes=30)
        self.silent_until[key] = ends_at
        self.publish(Topic.SILENCES, silence(key, matchers=matchers, starts_at=now, ends_at=ends_at), key)

    def speak(self) -> None:
        """End a silence early."""
        key = self.chance.choice(("recall", "merger"))
        self.silent_until.pop(key, None)
        self.publish(Topic.SILENCES, None, key)

    def endpoint(self) -> None:
        """Let an endpoint fail, or take notices again."""
        self.answers[self.chance.choice("ab")] = self.chance.choice(ANSWERS)

    def grow(self) -> None:
        """Open an episode, or let it go on."""
        self.step(self.next_step())

    def crash(self) -> None:
        """Die over a step, with a part of its writes and with the tries that nobody heard the outcome of."""
        self.expect(step := self.next_step())
        self.desk.publish(Topic.ALERTS, step)
        self.run(self.desk.step(Topic.ALERTS))
        self.run(self.desk.flush({"outbox": self.chance.randrange(7)}))
        self.send(die=True)
        self.run(self.desk.crash(disk_lost=self.chance.random() < 0.5))
        self.crashes += 1
        if self.chance.random() < 0.5:
            self.desk.publish(Topic.TICKS, b"tick")
            self.run(self.desk.step(Topic.TICKS))
        self.go_on()

    def resolve(self) -> None:
        """End an episode."""
        self.end("resolved")

    def acknowledge(self) -> None:
        """Acknowledge an episode."""
        self.end("acknowledged", acknowledged_by="ada")

    def end(self, kind: str, **fields: Any) -> None:
        """Take a step after which nobody needs to hear that the episode goes on."""
        name = self.chance.choice(("harbourline", "quillon"))
        if name in self.going_on:
            step = self.following(name, kind=kind, **fields)
            if kind == "resolved":
                del self.going_on[name]
            self.to_be_told = {place for place in self.to_be_told if place[1] != step.episode_id}
            self.step(step)

    def next_step(self) -> AlertTransition:
        """Open the episode of a name, or let it go on."""
        name, severity = self.chance.choice(("harbourline", "quillon")), self.chance.choice(("medium", "high"))
        if name in self.going_on:
            return self.following(name, kind="updated", severity=severity)
        self.going_on[name] = f"{name}-{len(self.steps)}"
        return alert(name, episode_id=self.going_on[name], severity=severity, at=self.desk.clock.at)

    def following(self, name: str, **fields: Any) -> AlertTransition:
        """Return the step after the last one of a name's episode."""
        last = self.steps[self.going_on[name]][-1]
        same = {"severity": last.severity, "acknowledged_by": last.acknowledged_by}
        at = {"episode_id": last.episode_id, "at": self.desk.clock.at}
        return alert(name, last.revision + 1, **(same | at | fields))

    def step(self, step: AlertTransition) -> None:
        """Publish a step."""
        self.expect(step)
        self.publish(Topic.ALERTS, step, "k")

    def expect(self, step: AlertTransition) -> None:
        """Note who has to hear of a step."""
        self.steps[step.episode_id].append(step)
        silenced = any(until > step.at for until in self.silent_until.values())
        for key, own in self.subscriptions.items():
            place, wanted = (key, step.episode_id), own.matchers
            matched = step.severity in (wanted.severities or (step.severity,))
            matched = matched and step.entity_id in (wanted.entities or (step.entity_id,))
            asked = step.kind == "opened" or (step.kind == "updated" and own.updates)
            if own.enabled and step.kind == "resolved":
                self.to_be_ended.add(place)
            elif own.enabled and matched and asked and not silenced and step.acknowledged_by is None:
                self.to_be_told.add(place)

    def wait(self) -> None:
        """Let time pass."""
        self.pass_time(timedelta(minutes=self.chance.choice((1, 7, 31, 31, 120))))

    def pass_time(self, span: timedelta) -> None:
        """Let time pass, with a tick at once, as after a start, and whenever something is due."""
        until = self.desk.clock.at + span
        while self.desk.clock.at < until:
            self.publish(Topic.TICKS, b"tick", "")
            due = [delivery.due_at for delivery in self.desk.consignment.waiting.values()]
            planned = self.desk.notifying.next_due()
            self.desk.clock.at = max(self.desk.clock.at, min([until, *due, *([planned] if planned else [])]))
        self.publish(Topic.TICKS, b"tick", "")

    def publish(self, topic: Topic, record: Any, key: str) -> None:
        """Put a message on a topic, and see to everything that follows."""
        self.desk.publish(topic, record, key=key.encode())
        self.go_on()

    def go_on(self) -> None:
        """Handle what came, send what is due, and settle it."""
        busy = True
        while busy:
            handled = [topic for topic in TOPICS if self.run(self.desk.step(topic))]
            self.run(self.desk.flush())
            busy = self.send() or bool(handled)
        self.desk.clock.at += timedelta(seconds=1)

    def send(self, *, die: bool = False) -> bool:
        """Send what is due; whoever dies publishes no outcome."""
        waiting = self.desk.consignment.waiting
        due = [delivery for delivery in waiting.values() if delivery.due_at <= self.desk.clock.at]
        for delivery in due:
            key = delivery.notice.subscription_id
            del waiting[delivery.notice.notification_id]
            route = self.desk.notifying.route(key)
            attempt = Attempt("refused", detail=route) if isinstance(route, str) else self.answers[key]
            if isinstance(route, Subscription):
                self.see(delivery, route)
            if not die:
                self.desk.publish(Topic.DELIVERIES, outcome_of(delivery, attempt, "topic", self.desk.clock.at, 0.1))
        return bool(due)

    def see(self, delivery: Delivery, own: Subscription) -> None:
        """Check a notice when its subscriber gets it."""
        notice, at = delivery.notice, delivery.notice.created_at
        assert self.notices.setdefault(notice.notification_id, notice) == notice, "one id, one notice"
        episodes = [shown.episode_id for shown in notice.alerts]
        assert len(set(episodes)) == len(episodes), "each episode once"
        for shown in notice.alerts:
            place = (notice.subscription_id, shown.episode_id, shown.revision)
            known = self.shown.setdefault(place, notice.notification_id)
            assert known == notice.notification_id, f"a step under one id: {place}"
            assert shown == [step for step in self.steps[shown.episode_id] if step.at <= at][-1], "in its last state"
        if own.updated_at <= at:
            quiet = own.quiet_hours is not None and own.quiet_hours.start <= at.time() < own.quiet_hours.end
            assert not quiet, "nothing is told in quiet hours"
            since = max(own.updated_at, at - timedelta(hours=1) + timedelta(microseconds=1))
            lately = [n for n in self.notices.values() if n.subscription_id == own.subscription_id]
            # A crash may lose the count of a notice, never the notice.
            assert sum(since <= n.created_at <= at for n in lately) <= own.max_per_hour + self.crashes

    def look_back(self) -> None:
        """Heal everything, let days pass, and see that nothing waits and nothing was forgotten."""
        self.answers.clear()
        self.pass_time(timedelta(hours=60))
        assert not self.desk.consignment.waiting
        for key, own in self.subscriptions.items():
            mailbox = self.desk.notifying._outbox.mailbox(own.subscription_id)
            assert not mailbox.batches, "nothing waits for ever"
            assert not mailbox.silenced, "nothing is silenced for ever"
            heard = {episode for other, episode, _ in self.shown if other == key}
            assert not own.enabled or {episode for other, episode in self.to_be_told if other == key} <= heard
            for episode in heard if own.enabled and own.resolved else ():
                if (key, episode) in self.to_be_ended:
                    assert (key, episode, self.steps[episode][-1].revision) in self.shown, f"an end for {key} {episode}"

    def run(self, work: Coroutine[Any, Any, ResultT]) -> ResultT:
        """Await on the day's own loop."""
        return self.loop.run_until_complete(work)


@contextmanager
def _day(seed: int) -> Iterator[Day]:
    loop = asyncio.new_event_loop()
    try:
        yield Day(random.Random(seed), loop)
    finally:
        loop.close()


@pytest.mark.parametrize("seed", range(40))
def test_promises_hold_on_any_day(seed: int) -> None:
    """Told once, in the last state, under one id, not in quiet hours, within the limit; each end; and nothing waits."""
    with _day(seed) as day:
        day.subscribe()
        for act in day.chance.choices([*ACTS], [*ACTS.values()], k=60):
            getattr(day, act)()
        day.look_back()
