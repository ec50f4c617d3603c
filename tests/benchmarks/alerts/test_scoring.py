"""The arithmetic of scoring, on openings made by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from benchmarks.alerts.scoring import (
    Onset,
    Opening,
    Span,
    delays,
    grouped,
    mean_delay,
    opened_within,
    paired_difference,
    per_1000_series_days,
    recall,
    share_in_alarm,
    threshold_for,
    upper_bound,
    weekly,
    wilson,
)

HOUR, DAY = 3600.0, 86_400.0


def test_a_hit_opens_in_time_and_on_the_series() -> None:
    """Only an opening of the series in [onset, onset + 8 h] counts; one that was open before is a miss."""
    onsets = [Onset("a", 10 * HOUR), Onset("b", 10 * HOUR), Onset("c", 10 * HOUR), Onset("d", 10 * HOUR)]
    openings = [
        Opening("a", 12 * HOUR, 20 * HOUR),
        Opening("b", 9 * HOUR, 20 * HOUR),
        Opening("c", 18 * HOUR, 20 * HOUR),
        Opening("d", 18 * HOUR + 1, 20 * HOUR),
        Opening("z", 10 * HOUR, 20 * HOUR),
    ]
    assert delays(onsets, openings).tolist() == [2.0, math.inf, 8.0, math.inf]


def test_a_miss_counts_as_eight_hours() -> None:
    """Recall counts hits; the mean delay takes a miss as eight hours."""
    found = np.array([1.0, math.inf, 3.0])
    assert recall(found) == pytest.approx(2 / 3)
    assert mean_delay(found) == pytest.approx(4.0)


def test_gaps_are_no_time() -> None:
    """A gap takes its days out of the rate, and an opening inside it is not counted."""
    span = Span(0.0, 10 * DAY, ((2 * DAY, 4 * DAY),))
    openings = [Opening("a", 1 * DAY, 1.5 * DAY), Opening("a", 3 * DAY, 5 * DAY), Opening("a", 11 * DAY, 12 * DAY)]
    assert span.days() == 8
    assert per_1000_series_days(openings, span, 5) == pytest.approx(1000 / 40)
    assert share_in_alarm(openings, span, 5) == pytest.approx((0.5 + 1.0) / 40)


def test_weeks_with_little_scored_time_are_left_out() -> None:
    """Realised over asked by week, where at least half of the week is scored."""
    span = Span(0.0, 15 * DAY, ((7.5 * DAY, 13 * DAY),))
    openings = [Opening("a", 1 * DAY, 2 * DAY), Opening("a", 14 * DAY, 15 * DAY)]
    assert weekly(openings, span, 100, 2.0) == pytest.approx([1 / 1.4])


def test_episodes_of_a_score_join_until_it_is_quiet() -> None:
    """Scores above the threshold within the quiet time are one episode."""
    times = np.array([0.0, 1, 2, 9, 30, 31]) * HOUR
    scores = np.array([5.0, 1, 5, 5, 9, 1])
    assert grouped(times, scores, 5.0, 7 * HOUR) == [(0.0, 16 * HOUR), (30 * HOUR, 37 * HOUR)]
    assert grouped(times, scores, 10.0, 7 * HOUR) == []


def test_the_threshold_keeps_the_budget() -> None:
    """The lowest threshold at which no more opens than is allowed."""
    times = np.arange(10) * DAY
    scored = {"a": (times, np.arange(10, dtype=float))}
    span = Span(0.0, 10 * DAY)
    assert threshold_for(scored, span, 1, 300.0, HOUR) == 7.0
    assert threshold_for(scored, span, 1, 10.0, HOUR) == math.inf


def test_paired_bootstrap() -> None:
    """A steady difference excludes zero, none at all does not, and the same seed gives the same interval."""
    left, right = np.ones(60), np.array([1.0, 0.0] * 30)
    mean, low, high = paired_difference(left, right)
    assert mean == 0.5
    assert 0 < low < mean < high
    assert paired_difference(right, right) == (0.0, 0.0, 0.0)
    assert paired_difference(left, right) == (mean, low, high)


def test_bounds_of_shares() -> None:
    """Against published values: 0 of 50 has the upper bound 5.8%, 1 of 100 has 4.66%; Wilson of 10 in 100."""
    assert upper_bound(0, 50) == pytest.approx(1 - 0.05 ** (1 / 50), abs=1e-6)
    assert upper_bound(1, 100) == pytest.approx(0.0466, abs=1e-4)
    assert upper_bound(5, 5) == 1.0
    assert wilson(10, 100) == pytest.approx((0.0552, 0.1744), abs=1e-3)


def test_openings_in_an_interval() -> None:
    """Both ends count, of one series or of all."""
    openings = [Opening("a", 1.0, 9.0), Opening("b", 2.0, 9.0), Opening("a", 3.0, 9.0)]
    assert opened_within(openings, 1.0, 2.0) == 2
    assert opened_within(openings, 1.0, 3.0, "a") == 2
