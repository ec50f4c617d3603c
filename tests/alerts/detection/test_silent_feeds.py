"""Silences of sources: how they end, and how they open again."""

from __future__ import annotations

from datetime import timedelta

import pytest

from alerts.rules import Rule, Rules
from tests.alerts.timelines import START, Desk, background

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)
SPOKEN = Rule(name="bad", kind="negative-spike", budget_per_1000_series_days=2)
QUIET = Rule(name="quiet", kind="silence", scope="source", budget_per_day=0.05)
OFF = QUIET.model_copy(update={"enabled": False})


@pytest.mark.parametrize(("rules", "restarts"), [((SPOKEN,), True), ((SPOKEN, OFF), False)], ids=["gone", "off"])
def test_a_silence_ends_when_the_feed_is_heard_though_its_rule_is_not_there(
    rules: tuple[Rule, ...], restarts: bool
) -> None:
    """With the rule removed or disabled, after a reload or a restart, the end is the same; a repeat gives it again."""
    begin, end = START + 8 * DAY, START + 10 * DAY
    changed_at = end - 12 * HOUR
    feed = [m for m in background(START, 24 * 11, per_hour=6) if m.source != "herald" or not begin <= m.at < end]
    whole, desk = Desk(Rules(rules=(SPOKEN, QUIET))), Desk(Rules(rules=(SPOKEN, QUIET)))
    made = desk.take(m for m in feed if m.at < changed_at)
    assert [(t.kind, t.series) for t in made] == [("opened", "source:herald")]
    desk.rules = Rules(rules=rules)
    if restarts:
        desk.restart()
    else:
        desk.watch.reload(desk.rules)
    rest = [m for m in feed if m.at >= changed_at]
    made += desk.take(rest)
    assert [t.kind for t in made] == ["opened", "resolved"]
    assert made == whole.take(feed)
    assert desk.take(rest) == made[1:]


def test_a_feed_that_flaps_cools_down() -> None:
    """One that speaks for forty minutes in eight hours opens once where `cooldown_s` is a week, and each time at 0."""
    cut = START + 6 * DAY
    feed = [
        m
        for m in background(START, 24 * 9)
        if m.source != "ledger" or m.at <= cut or (m.at - cut) % (8 * HOUR) < timedelta(minutes=40)
    ]

    def openings(cooldown_s: float) -> int:
        made = Desk(Rules(rules=(QUIET.model_copy(update={"budget_per_day": 0.1, "cooldown_s": cooldown_s}),))).take(
            feed
        )
        return sum(t.kind == "opened" and t.series == "source:ledger" for t in made)

    assert openings(0) > 4
    assert openings(7 * 86_400) == 1


@pytest.mark.parametrize("restarts", [False, True])
def test_a_rule_that_was_off_for_days_does_not_take_them_for_silence(restarts: bool) -> None:
    """What the feed said meanwhile was heard: only the source that says nothing since then is told of."""
    off_at, on_at = START + 6 * DAY, START + 9 * DAY
    feed = [m for m in background(START, 24 * 11, per_hour=6) if m.source != "ledger" or m.at < on_at]
    desk = Desk(Rules(rules=(SPOKEN, QUIET)))
    made = desk.take(m for m in feed if m.at < off_at)
    for rules, since, until in ((OFF, off_at, on_at), (QUIET, on_at, START + 11 * DAY)):
        desk.rules = Rules(rules=(SPOKEN, rules))
        if restarts:
            desk.restart()
        else:
            desk.watch.reload(desk.rules)
        made += desk.take(m for m in feed if since <= m.at < until)
    assert [(t.kind, t.series) for t in made] == [("opened", "source:ledger")]
    assert made[0].opened_at > on_at


@pytest.mark.parametrize("unread", [0, 1, 9], ids=lambda count: f"{count} ticks from before")
@pytest.mark.parametrize("pause_s", [1, 30])
def test_what_came_while_nobody_read_is_no_silence(pause_s: int, unread: int) -> None:
    """Ticks between the mentions of a backlog open nothing, however they fall; a feed that ended is told of."""
    away, back = START + 8 * DAY, START + 8 * DAY + 9 * HOUR
    feed = background(START, 24 * 8 + 8, per_hour=4)
    desk = Desk(Rules(rules=(QUIET,)))
    desk.take(m for m in feed if m.at < away)
    desk.restart()
    made, now = [t for k in range(unread) for t in desk.watch.tick(away + k * 30 * SECOND)], back
    made += desk.watch.tick(back)
    for mention in (m for m in feed if m.at >= away):
        made += desk.take([mention])
        now += pause_s * SECOND
        made += desk.watch.tick(now)
    assert made == []
    assert "source:*" in [t.series for k in range(3) for t in desk.watch.tick(now + 9 * HOUR + k * MINUTE)]


def test_a_feed_that_ends_is_told_of_soon_after_a_restart() -> None:
    """Two minutes of ticks are enough to know that nothing came meanwhile; what comes in time is no backlog."""
    feed = background(START, 24 * 8, per_hour=4)
    desk = Desk(Rules(rules=(QUIET,)))
    desk.take(feed)
    desk.restart()
    later = feed[-1].at + 30 * HOUR
    assert desk.watch.tick(later) == []
    assert desk.watch.tick(later + MINUTE) == []
    assert "source:*" in [t.series for t in desk.watch.tick(later + 2 * MINUTE)]
