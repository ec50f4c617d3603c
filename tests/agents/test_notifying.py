"""From alerts to the outbox, over crashes at any moment."""

from __future__ import annotations

import asyncio
import os
from collections import defaultdict
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agents.notifying import Notifying
from agents.rules import RulesFile
from alerts.notifications.mailbox import take
from alerts.notifications.outbox import KEPT_DEAD, KEPT_DELIVERED, outcome_of
from alerts.receivers.receiver import Attempt
from streams.decoding import encode_record
from streams.errors import UnreadableInput
from streams.metrics import UNSERVED
from streams.settings import Settings
from streams.subscriptions import (
    DeliveryRequest,
    Subscription,
    SubscriptionId,
    Watchlist,
)
from streams.topics import Topic
from tests.agents.desk import Desk
from tests.agents.durability import StandIn, message
from tests.alerts.people import MINUTE, NOW, alert, silence, subscription


async def test_an_alert_is_told_to_whom_it_concerns() -> None:
    """A matching subscription hears of it at once, another does not."""
    desk = Desk()
    desk.publish(Topic.SUBSCRIPTIONS, subscription("a", matchers={"entities": ["harbourline"]}))
    desk.publish(Topic.SUBSCRIPTIONS, subscription("b", matchers={"entities": ["quillon"]}))
    desk.publish(Topic.SUBSCRIPTIONS, subscription("c", reader_id="ada"))
    desk.publish(Topic.WATCHLISTS, Watchlist(reader_id="ada", entities=("harbourline",), at=NOW))
    desk.publish(Topic.ALERTS, alert())
    await desk.settle()
    assert desk.told == [("a", "alert", ["Harbourline"]), ("c", "alert", ["Harbourline"])]


@pytest.mark.parametrize("wanted", [{"matchers": {"severities": ["low"]}}, {"reader_id": "ada"}])
async def test_who_was_told_of_an_alert_hears_how_it_goes_on(wanted: dict[str, Any]) -> None:
    """It may be graver by now, or no longer what a reader reads; after a crash as well, and nothing after the end."""
    desk = Desk()
    desk.publish(Topic.SUBSCRIPTIONS, subscription(resolved=True, **wanted))
    desk.publish(Topic.WATCHLISTS, Watchlist(reader_id="ada", entities=("harbourline",), at=NOW))
    desk.publish(Topic.ALERTS, alert(severity="low"))
    await desk.settle()
    desk.publish(Topic.WATCHLISTS, Watchlist(reader_id="ada", entities=(), at=NOW))
    desk.publish(Topic.ALERTS, alert(revision=1, severity="high"))
    await desk.settle()
    await desk.crash(disk_lost=True)
    desk.publish(Topic.ALERTS, alert(revision=2, severity="high", kind="resolved"))
    desk.publish(Topic.ALERTS, alert(revision=3, severity="high"))
    desk.publish(Topic.ALERTS, alert("quillon", revision=1, severity="high", kind="resolved"))
    await desk.settle()
    assert [(a.name, a.kind) for d in desk.sent for a in d.notice.alerts] == [
        ("Harbourline", "opened"),
        ("Harbourline", "updated"),
        ("Harbourline", "resolved"),
    ]


@pytest.mark.parametrize(
    "before",
    [
        {"digest": "daily"},
        {"quiet_hours": {"start": "13:00", "end": "23:00", "time_zone": "UTC"}},
        {"group_wait_s": 3600.0},
        {"max_per_hour": 1},
    ],
)
async def test_what_waits_goes_by_the_settings_of_now(before: dict[str, Any]) -> None:
    """Who takes a digest, quiet hours, a group or a limit away hears at once; set again as it was, it waits on."""
    desk = Desk()
    desk.publish(Topic.SUBSCRIPTIONS, subscription("a", **before))
    for name in ("harbourline", "quillon"):
        desk.publish(Topic.ALERTS, alert(name))
    await desk.settle()
    waited = len(desk.told)
    desk.publish(Topic.SUBSCRIPTIONS, subscription("a", **before, updated_at=NOW))
    await desk.settle()
    assert len(desk.told) == waited
    desk.publish(Topic.SUBSCRIPTIONS, subscription("a"))
    await desk.settle()
    assert {name for _, _, names in desk.told for name in names} == {"Harbourline", "Quillon"}
    assert desk.consignment.reconsidered == ["a", "a", "a"]


async def test_an_alert_is_matched_by_the_watch_lists_that_opened_it(tmp_path: Path) -> None:
    """A file that has just changed holds for the next alert, with no tick between."""
    desk = Desk()
    text = "watchlists: {desk: [%s]}\nrules: [{name: spike, kind: negative-spike, budget_per_1000_series_days: 2}]\n"
    path = tmp_path / "rules.yaml"
    path.write_text(text % "verdane")
    rules = Settings(rules_file=path)
    application: Any = StandIn(desk.clock, rules, desk.tables)
    desk.notifying = Notifying(application, desk.consignment, RulesFile(rules, desk.clock))
    desk.publish(Topic.SUBSCRIPTIONS, subscription("a", matchers={"watchlists": ["desk"]}))
    await desk.settle()
    path.write_text(text % "verdane, harbourline")
    os.utime(path, ns=(1, 1))
    desk.clock.at += timedelta(seconds=2)
    desk.publish(Topic.ALERTS, alert())
    await desk.step(Topic.ALERTS)
    await desk.settle()
    assert desk.told == [("a", "alert", ["Harbourline"])]


async def test_nothing_is_sent_before_its_record_is_confirmed() -> None:
    """While the changelog has not taken the record, sending knows nothing of the notification."""
    desk = Desk()
    desk.publish(Topic.SUBSCRIPTIONS, subscription())
    desk.publish(Topic.ALERTS, alert())
    await desk.step(Topic.SUBSCRIPTIONS)
    await desk.step(Topic.ALERTS)
    await asyncio.sleep(0)
    assert not desk.consignment.waiting
    await desk.flush()
    assert len(desk.consignment.waiting) == 1


@pytest.mark.parametrize("restarted", [False, True])
@pytest.mark.parametrize(("attempt", "kept"), [("delivered", KEPT_DELIVERED), ("refused", KEPT_DEAD)])
async def test_what_was_sent_leaves_the_outbox_in_time(attempt: Any, kept: timedelta, restarted: bool) -> None:
    """As soon as no repeat can come of what was delivered, and nobody asks for what died; in a later life too."""
    desk = Desk()
    desk.publish(Topic.SUBSCRIPTIONS, subscription())
    desk.publish(Topic.ALERTS, alert())
    for topic in (Topic.SUBSCRIPTIONS, Topic.ALERTS):
        await desk.step(topic)
    await desk.flush()
    desk.send(Attempt(attempt))
    await desk.step(Topic.DELIVERIES)
    await desk.flush()
    if restarted:
        await desk.crash(disk_lost=True)
    desk.clock.at += kept - MINUTE
    await desk.settle()
    assert len(desk.kept("delivery/")) == 1
    await desk.settle(minutes=1)
    assert desk.kept("delivery/") == []


async def test_an_old_alert_is_recorded_and_not_sent() -> None:
    """Past the age limit nobody is called, and its end is not told either."""
    desk = Desk()
    desk.publish(Topic.SUBSCRIPTIONS, subscription(resolved=True))
    desk.publish(Topic.ALERTS, alert(at=NOW - timedelta(hours=7)))
    desk.publish(Topic.ALERTS, alert(revision=1, kind="resolved"))
    await desk.settle()
    assert desk.told == []
    assert desk.kept("episode/") == ["episode-harbourline"]


async def test_one_subscription_that_cannot_be_served_stops_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    """The others hear of the alert, and a later one too; the fault is counted."""
    desk = Desk()
    for name in ("a", "b", "c"):
        desk.publish(Topic.SUBSCRIPTIONS, subscription(name))
    unserved = UNSERVED._value.get()

    def faulty(mailbox: Any, own: Subscription, *rest: Any, **given: Any) -> Any:
        if own.subscription_id == "b":
            raise TypeError("a fault of ours")
        return take(mailbox, own, *rest, **given)

    monkeypatch.setattr("agents.notifying.take", faulty)
    desk.publish(Topic.ALERTS, alert())
    await desk.settle()
    monkeypatch.undo()
    desk.publish(Topic.ALERTS, alert("quillon"))
    await desk.settle()
    assert [(own, names) for own, _, names in desk.told] == [
        ("a", ["Harbourline"]), ("c", ["Harbourline"]), ("a", ["Quillon"]), ("b", ["Quillon"]), ("c", ["Quillon"]),
    ]  # fmt: skip
    assert UNSERVED._value.get() == unserved + 1


@pytest.mark.parametrize(
    ("table", "key"),
    [
        ("subscriptions", b"subscription/z"),
        ("outbox", b"delivery/!"),
        ("outbox", b"mailbox/!"),
        ("outbox", b"episode/!"),
    ],
)
async def test_a_stored_record_that_cannot_be_read_stops_no_start(table: str, key: bytes) -> None:
    """A process that takes over steps over it, and goes by the others: what was recorded, and what waits."""
    desk = Desk()
    desk.publish(Topic.SUBSCRIPTIONS, subscription("a"))
    desk.publish(Topic.SUBSCRIPTIONS, subscription("b", digest="hourly"))
    desk.publish(Topic.ALERTS, alert())
    for topic in (Topic.SUBSCRIPTIONS, Topic.SUBSCRIPTIONS, Topic.ALERTS):
        await desk.step(topic)
    desk.tables[table].put(key, b'{"format": 2}')
    await desk.flush()
    await desk.crash(disk_lost=False)
    await desk.settle(minutes=60)
    assert desk.told == [("a", "alert", ["Harbourline"]), ("b", "digest", ["Harbourline"])]


async def test_the_end_of_a_silence_is_told_with_what_goes_on() -> None:
    """Those who would have been told hear of it, with the episode that is still open; others hear nothing."""
    desk = Desk()
    desk.publish(Topic.SUBSCRIPTIONS, subscription("a", resolved=True))
    desk.publish(Topic.SUBSCRIPTIONS, subscription("b", matchers={"entities": ["verdane"]}))
    desk.publish(Topic.SILENCES, silence())
    await desk.settle()
    desk.publish(Topic.ALERTS, alert())
    desk.publish(Topic.ALERTS, alert("quillon"))
    desk.publish(Topic.ALERTS, alert("quillon", revision=1, kind="resolved"))
    await desk.settle(minutes=59)
    assert desk.told == []
    await desk.settle(minutes=2)
    assert desk.told == [("a", "silence", ["Harbourline"])]
    assert desk.sent[0].notice.withheld == 2
    desk.publish(Topic.ALERTS, alert(revision=1, kind="resolved", at=desk.clock.at))
    await desk.settle()
    assert desk.told[1:] == [("a", "alert", ["Harbourline"])]
    assert desk.kept("silence/") == []


async def test_what_waited_together_is_told_under_one_id_over_a_crash() -> None:
    """A step that fell into a group already due is told once, though the mailbox was lost behind the notice."""
    desk = Desk()
    desk.publish(Topic.SUBSCRIPTIONS, subscription(group_by=["rule"], group_wait_s=30.0))
    desk.publish(Topic.ALERTS, alert())
    await desk.step(Topic.SUBSCRIPTIONS)
    await desk.step(Topic.ALERTS)
    await desk.flush()
    desk.clock.at += MINUTE
    desk.publish(Topic.ALERTS, alert(revision=1, kind="updated"))
    await desk.step(Topic.ALERTS)
    await desk.flush({name: len(table.pending) - (name == "outbox") for name, table in desk.tables.items()})
    desk.send(Attempt("delivered"))
    await desk.crash(disk_lost=True)
    desk.publish(Topic.TICKS, b"tick")
    await desk.step(Topic.TICKS)  # before the step comes again
    await desk.settle(minutes=2)
    told = {(step, d.notice.notification_id) for d in desk.sent for step in d.notice.covers}
    assert len(told) == len({step for step, _ in told}) == 1


async def test_a_step_that_a_crash_has_half_taken_is_told_under_one_id() -> None:
    """A notice may show a later step than its mailbox had taken: the step, sent again, is not told once more."""
    desk = Desk()
    desk.publish(Topic.SUBSCRIPTIONS, subscription(group_wait_s=60))
    desk.publish(Topic.ALERTS, alert())
    await desk.step(Topic.SUBSCRIPTIONS)
    await desk.step(Topic.ALERTS)
    await desk.flush()
    await desk.half_take(alert(revision=1, kind="updated"), survived=1)
    await desk.flush()
    await desk.settle(minutes=3)
    told = [(d.notice.notification_id, a.transition_id) for d in desk.sent for a in d.notice.alerts]
    assert len(told) == 1
    assert desk.sent[0].notice.alerts[0].revision == 1


async def test_a_mailbox_never_names_a_step_that_is_lost() -> None:
    """Whatever part of the writes of an alert survives, its notice shows that alert and no earlier one."""
    for survived in range(4):
        desk = Desk()
        desk.publish(Topic.SUBSCRIPTIONS, subscription(group_wait_s=60))
        desk.publish(Topic.ALERTS, alert())
        await desk.settle(minutes=2)
        await desk.half_take(alert(revision=1, kind="updated"), survived=survived)
        await desk.settle(minutes=3)
        assert [a.revision for d in desk.sent for a in d.notice.alerts] == [0, 1], survived


async def test_an_end_is_told_after_a_week_of_silence() -> None:
    """What a silence withholds is kept until it is over, also over a crash; what nothing withholds is not."""
    desk = Desk()
    desk.publish(Topic.SUBSCRIPTIONS, subscription(resolved=True, matchers={"entities": ["harbourline"]}))
    for name in ("harbourline", "quillon"):
        desk.publish(Topic.ALERTS, alert(name))
    await desk.settle(minutes=1)
    desk.publish(Topic.SILENCES, silence(ends_at=NOW + timedelta(days=7)))
    await desk.settle()
    for name in ("harbourline", "quillon"):
        desk.publish(Topic.ALERTS, alert(name, revision=1, kind="resolved", at=desk.clock.at))
    await desk.settle()
    desk.clock.at += timedelta(days=5)
    await desk.crash(disk_lost=True)
    await desk.settle(minutes=11)
    assert desk.kept("episode/") == ["episode-harbourline"]
    desk.clock.at += timedelta(days=2)
    await desk.settle()
    assert desk.told[1:] == [("desk", "silence", ["Harbourline"])]


async def test_a_silence_that_is_removed_ends_at_once() -> None:
    """A tombstone is an end."""
    desk = Desk()
    desk.publish(Topic.SUBSCRIPTIONS, subscription())
    desk.publish(Topic.SILENCES, silence(), key=b"quiet")
    await desk.settle()
    desk.publish(Topic.ALERTS, alert())
    await desk.settle()
    desk.publish(Topic.SILENCES, None, key=b"quiet")
    await desk.settle()
    assert [kind for _, kind, _ in desk.told] == ["silence"]


async def test_an_endpoint_that_is_gone_is_left_alone_until_it_is_set_anew() -> None:
    """After `gone` nothing is recorded for the subscription; a new version of it hears of alerts again."""
    desk = Desk()
    desk.publish(Topic.SUBSCRIPTIONS, subscription())
    desk.publish(Topic.ALERTS, alert())
    for topic in (Topic.SUBSCRIPTIONS, Topic.ALERTS):
        await desk.step(topic)
    await desk.flush()
    desk.send(Attempt("gone", 410))
    await desk.settle()
    desk.publish(Topic.ALERTS, alert("quillon"))
    await desk.settle()
    assert len(desk.sent) == 1
    assert isinstance(desk.notifying.route(subscription().subscription_id), str)
    desk.publish(Topic.SUBSCRIPTIONS, subscription(updated_at=NOW + MINUTE))
    await desk.settle()
    desk.publish(Topic.ALERTS, alert("verdane"))
    await desk.settle()
    assert desk.told[1:] == [("desk", "alert", ["Verdane"])]


@pytest.mark.parametrize("known", [True, False])
async def test_an_old_address_that_is_gone_leaves_the_new_one_alone(*, known: bool) -> None:
    """An address set anew during a try stays in use, whichever is read first; what waits for a known one waits on."""
    desk = Desk()
    desk.publish(Topic.SUBSCRIPTIONS, subscription())
    desk.publish(Topic.ALERTS, alert())
    for topic in (Topic.SUBSCRIPTIONS, Topic.ALERTS):
        await desk.step(topic)
    await desk.flush()
    (delivery,) = desk.consignment.waiting.values()
    desk.consignment.waiting.clear()
    desk.clock.at += timedelta(seconds=3)
    desk.publish(Topic.SUBSCRIPTIONS, subscription(updated_at=desk.clock.at, digest="hourly"))
    desk.publish(Topic.ALERTS, alert("quillon"))
    desk.clock.at += timedelta(seconds=3)
    desk.publish(Topic.DELIVERIES, outcome_of(delivery, Attempt("gone", 410), "webhook", desk.clock.at, 6.0))
    first = (Topic.SUBSCRIPTIONS, Topic.ALERTS, Topic.DELIVERIES)
    for topic in first if known else reversed(first):
        await desk.step(topic)
    await desk.flush()
    assert not isinstance(desk.notifying.route(subscription().subscription_id), str)
    if known:
        await desk.settle(minutes=60)
        assert desk.told == [("desk", "digest", ["Quillon"])]


async def test_a_dead_delivery_is_sent_again_on_request() -> None:
    """A replay sends the same notification under the same id; a test sends one that says so."""
    desk = Desk()
    desk.publish(Topic.SUBSCRIPTIONS, subscription())
    desk.publish(Topic.ALERTS, alert())
    for topic in (Topic.SUBSCRIPTIONS, Topic.ALERTS):
        await desk.step(topic)
    await desk.flush()
    desk.send(Attempt("refused", 400))
    await desk.settle()
    assert len(desk.sent) == 1
    key = desk.sent[0].notice.notification_id
    asked = {"request_id": "r", "subscription_id": "desk", "at": NOW}
    desk.publish(Topic.DELIVERIES, DeliveryRequest(request="replay", notification_id=key, **asked))
    desk.publish(Topic.DELIVERIES, DeliveryRequest(request="test", **asked))
    await desk.settle()
    assert [d.notice.notification_id for d in desk.sent[:2]] == [key, key]
    assert [d.notice.kind for d in desk.sent] == ["alert", "alert", "test"]


async def test_a_test_that_is_read_before_its_subscription_is_sent() -> None:
    """Both were asked for in this order, and lie on two topics: the test waits a moment, and is then sent once."""
    desk = Desk()
    request = DeliveryRequest(request="test", request_id="r", subscription_id=SubscriptionId("desk"), at=NOW)
    desk.publish(Topic.DELIVERIES, request)
    await desk.step(Topic.DELIVERIES)
    await desk.flush()
    assert desk.sent == []
    desk.publish(Topic.SUBSCRIPTIONS, subscription())
    await desk.settle(minutes=1)
    assert desk.told == [("desk", "test", ["Harbourline Shipping (test)"])]


async def test_a_message_on_another_partition_is_put_aside() -> None:
    """What lies elsewhere would be kept in another partition of the tables: it is refused."""
    desk = Desk()
    with pytest.raises(UnreadableInput, match="partition 3"):
        await desk.notifying.handle(message(Topic.ALERTS, b"k", encode_record(alert()), partition=3))


async def test_a_removed_subscription_leaves_nothing() -> None:
    """After a tombstone nothing is told, and its mailbox is removed."""
    desk = Desk()
    desk.publish(Topic.SUBSCRIPTIONS, subscription(digest="hourly"), key=b"desk")
    desk.publish(Topic.ALERTS, alert())
    await desk.settle()
    desk.publish(Topic.SUBSCRIPTIONS, None, key=b"desk")
    await desk.settle(minutes=61)
    assert desk.told == []
    assert [key for key in desk.tables["outbox"].durable if not key.startswith(b"episode/")] == []
    assert desk.kept("subscription/") == []


_tables = ("subscriptions", "outbox")
_acts = st.one_of(
    st.sampled_from([Topic.ALERTS, Topic.TICKS, Topic.DELIVERIES]).map(lambda topic: ("step", topic)),
    st.fixed_dictionaries({name: st.integers(0, 6) for name in _tables}).map(lambda counts: ("flush", counts)),
    st.sampled_from([Attempt("delivered"), Attempt("failed", 503), None]).map(lambda outcome: ("send", outcome)),
    st.integers(1, 90).map(lambda seconds: ("wait", seconds)),
    st.booleans().map(lambda disk_lost: ("crash", disk_lost)),
)
_steps = [
    alert("harbourline"),
    alert("quillon"),
    alert("harbourline", 1),
    alert("verdane", severity="high"),
    alert("quillon", 1, kind="resolved"),
    alert("verdane", 1),
    alert("harbourline", 2, kind="resolved"),
]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(acts=st.lists(_acts, max_size=60))
def test_whatever_crashes_nothing_is_lost_and_repeats_have_the_same_id(acts: list[tuple[str, Any]]) -> None:
    """Crashes between table writes, between write and sending, between sending and outcome, with and without the disk.

    At the end every alert was told to each subscription, and no alert was told under two ids.
    """
    asyncio.run(_survive(acts))


async def _survive(acts: list[tuple[str, Any]]) -> None:
    desk = Desk()
    wanted = [
        subscription("each", resolved=True),
        subscription("grouped", group_by=("rule",), group_wait_s=30),
        subscription("limited", max_per_hour=2),
    ]
    for each in wanted:
        desk.publish(Topic.SUBSCRIPTIONS, each)
        await desk.step(Topic.SUBSCRIPTIONS)
    await desk.flush()
    for step in _steps:
        desk.publish(Topic.ALERTS, step)
    for act, argument in acts:
        match act:
            case "step":
                await desk.step(argument)
            case "flush":
                await desk.flush(argument)
            case "send":
                desk.send(argument)
            case "wait":
                desk.clock.at += timedelta(seconds=argument)
                desk.publish(Topic.TICKS, b"tick")
            case "crash":
                await desk.crash(disk_lost=argument)
    await desk.settle(minutes=150)
    ids: dict[tuple[str, str], set[str]] = defaultdict(set)
    for delivery in desk.sent:
        for transition_id in delivery.notice.covers:
            ids[delivery.notice.subscription_id, transition_id].add(delivery.notice.notification_id)
    assert {key: found for key, found in ids.items() if len(found) > 1} == {}
    for step in _steps:
        assert ("each", step.transition_id) in ids
    for delivery in desk.sent:
        same = [d.notice for d in desk.sent if d.notice.notification_id == delivery.notice.notification_id]
        assert all(notice == same[0] for notice in same)
    # A later step of an episode stands in for an earlier one where both waited.
    for key in ("grouped", "limited"):
        heard = {a.episode_id for d in desk.sent if d.notice.subscription_id == key for a in d.notice.alerts}
        open_to_hear = {step.episode_id for step in _steps}
        resolved_in_wait = {"episode-quillon", "episode-harbourline"} if key == "grouped" else set()
        assert open_to_hear - resolved_in_wait <= heard <= open_to_hear
