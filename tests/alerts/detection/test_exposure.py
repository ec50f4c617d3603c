"""What the whole feed brought, as a mention that came late has to take it."""

from __future__ import annotations

import itertools
from datetime import timedelta

import pytest

from alerts.detection.exposure import exposure_for_late, feed_in_window
from alerts.detection.stories import NEGATIVE
from alerts.detection.tuning import HOUR_MS, SLICE_MS, Tuning
from streams.clock import epoch_ms
from tests.alerts.timelines import START, Desk, background

TUNING = Tuning()
WIDTH = 24
DAYS = 14
QUIET_FROM = START + timedelta(days=DAYS)


def _exposure(lag_ms: int) -> float:
    """Return the exposure six hours after a feed of 12 stories an hour has broken off."""
    desk = Desk()
    desk.take(background(START, DAYS * 24))
    market, last = desk.state("market"), epoch_ms(QUIET_FROM + timedelta(hours=6)) // SLICE_MS
    feed = feed_in_window(market, NEGATIVE, last, WIDTH, "UTC")
    return sum(exposure_for_late(market, feed, lag_ms, last, WIDTH, "UTC", TUNING).values())


def test_a_mention_in_time_takes_the_feed_as_it_is() -> None:
    """A feed that brings nothing is a quiet feed, for all that is known."""
    assert _exposure(0) < 5


def test_a_mention_an_hour_late_expects_the_usual_stories() -> None:
    """Six hours of the feed are missing, and have some 70 stories."""
    assert _exposure(HOUR_MS) == pytest.approx(72, rel=0.35)
    assert _exposure(9 * HOUR_MS) == _exposure(HOUR_MS)


def test_the_later_a_mention_the_more_is_expected() -> None:
    """Nothing switches over at some lateness."""
    found = [_exposure(minutes * 60_000) for minutes in (0, 15, 30, 45, 60)]
    assert found == sorted(found)
    assert max(b - a for a, b in itertools.pairwise(found)) < 0.3 * found[-1]
