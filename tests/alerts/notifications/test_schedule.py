"""When to tell, and when to try again."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.notifications.schedule import (
    MAX_TRIES,
    RETRY_DELAYS_S,
    is_last_try,
    moment_at,
    next_digest,
    next_try,
    quiet_until,
)
from streams.subscriptions import QuietHours
from tests.alerts.people import NOW

NEW_YORK = "America/New_York"


def _quiet(start: str, end: str, zone: str = NEW_YORK) -> QuietHours:
    return QuietHours(start=time.fromisoformat(start), end=time.fromisoformat(end), time_zone=zone)


def _utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("quiet", "now", "until"),
    [
        # In winter New York is five hours behind, in summer four.
        (_quiet("22:00", "07:00"), "2026-01-10T02:59", None),
        (_quiet("22:00", "07:00"), "2026-01-10T03:00", "2026-01-10T12:00"),
        (_quiet("22:00", "07:00"), "2026-01-10T11:59", "2026-01-10T12:00"),
        (_quiet("22:00", "07:00"), "2026-01-10T12:00", None),
        (_quiet("22:00", "07:00"), "2026-07-10T02:00", "2026-07-10T11:00"),
        (_quiet("12:00", "13:00"), "2026-01-10T17:30", "2026-01-10T18:00"),
        (_quiet("12:00", "13:00"), "2026-01-10T16:59", None),
        (_quiet("08:00", "08:00"), "2026-01-10T13:00", None),
        # The night of 8 March loses the hour from two to three, that of 1 November has one o'clock twice.
        (_quiet("22:00", "07:00"), "2026-03-08T04:00", "2026-03-08T11:00"),
        (_quiet("22:00", "02:30"), "2026-03-08T06:59", "2026-03-08T07:30"),
        (_quiet("22:00", "02:30"), "2026-03-08T07:29", "2026-03-08T07:30"),
        (_quiet("22:00", "02:30"), "2026-03-08T07:30", None),
        (_quiet("02:15", "02:45"), "2026-03-08T07:14", None),
        (_quiet("02:15", "02:45"), "2026-03-08T07:15", "2026-03-08T07:45"),
        (_quiet("22:00", "07:00"), "2026-11-01T03:00", "2026-11-01T12:00"),
        (_quiet("22:00", "01:30"), "2026-11-01T04:00", "2026-11-01T05:30"),
        (_quiet("22:00", "01:30"), "2026-11-01T06:10", "2026-11-01T06:30"),
        (_quiet("01:15", "03:00"), "2026-11-01T05:20", "2026-11-01T08:00"),
        (_quiet("01:15", "03:00"), "2026-11-01T06:05", None),
        (_quiet("01:15", "03:00"), "2026-11-01T06:15", "2026-11-01T08:00"),
    ],
)
def test_quiet_hours_end_by_the_clock_on_the_wall(quiet: QuietHours, now: str, until: str | None) -> None:
    """Quiet hours follow the zone's clock, over midnight and over changes of clocks."""
    assert quiet_until(quiet, _utc(now)) == (None if until is None else _utc(until))


@given(
    start=st.times().map(lambda t: t.replace(microsecond=0)),
    end=st.times().map(lambda t: t.replace(microsecond=0)),
    zone=st.sampled_from([NEW_YORK, "Europe/Zurich", "Australia/Lord_Howe", "Asia/Kathmandu", "UTC"]),
    minutes=st.integers(0, 366 * 24 * 60),
)
def test_quiet_hours_always_end(start: time, end: time, zone: str, minutes: int) -> None:
    """The end lies ahead, within 25 hours, and is quiet no more unless the clock was put back over it."""
    now = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    quiet = QuietHours(start=start, end=end, time_zone=zone)
    until = quiet_until(quiet, now)
    if until is not None:
        assert now < until <= now + timedelta(hours=25)


@pytest.mark.parametrize(
    ("every", "now", "due"),
    [
        ("hourly", "2026-03-02T14:00", "2026-03-02T15:00"),
        ("hourly", "2026-03-02T14:59:59.5", "2026-03-02T15:00"),
        ("daily", "2026-03-02T12:59", "2026-03-02T13:00"),
        ("daily", "2026-03-02T13:00", "2026-03-03T13:00"),
        ("daily", "2026-03-07T14:00", "2026-03-08T12:00"),
        ("daily", "2026-10-31T13:00", "2026-11-01T13:00"),
    ],
)
def test_digests_come_at_the_hour_that_was_asked_for(every: str, now: str, due: str) -> None:
    """A daily digest at eight in New York comes at eight before and after the clocks change."""
    assert next_digest(every, time(8, 0), NEW_YORK, _utc(now)) == _utc(due)  # type: ignore[arg-type]


def test_an_hourly_digest_in_a_zone_of_half_hours() -> None:
    """The full hour is that of the zone."""
    assert next_digest("hourly", time(), "Asia/Kolkata", _utc("2026-03-02T14:00")) == _utc("2026-03-02T14:30")


def test_a_time_that_comes_twice_has_two_moments() -> None:
    """The second pass lies an hour after the first."""
    day, zone = date(2026, 11, 1), ZoneInfo(NEW_YORK)
    first, second = moment_at(day, time(1, 30), zone), moment_at(day, time(1, 30), zone, second_pass=True)
    assert second - first == timedelta(hours=1)


@given(key=st.text(max_size=20), tries=st.integers(1, MAX_TRIES - 1))
def test_tries_follow_the_schedule_with_a_jitter_that_the_id_gives(key: str, tries: int) -> None:
    """Each delay is that of the schedule or up to a fifth longer, and the same whoever computes it."""
    due = next_try(key, tries, NOW)
    assert due == next_try(key, tries, NOW)
    assert 1.0 <= (due - NOW).total_seconds() / RETRY_DELAYS_S[tries] <= 1.2


def test_patience_that_is_asked_for_is_given() -> None:
    """Retry-After puts a try off, never forward, and by a day at most."""
    assert next_try("n", 1, NOW, 120) == NOW + timedelta(seconds=120)
    assert next_try("n", 3, NOW, 1) == next_try("n", 3, NOW)
    assert next_try("n", 1, NOW, 1e9) == NOW + timedelta(days=1)


def test_the_schedule_ends() -> None:
    """The tenth try is the last, and so is any after a hundred hours."""
    assert not is_last_try(MAX_TRIES - 1, NOW, NOW)
    assert is_last_try(MAX_TRIES, NOW, NOW)
    assert is_last_try(2, NOW, NOW + timedelta(hours=100))
