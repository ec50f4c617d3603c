"""Baselines: hours of week, decay, and tails."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.baseline import WeekCounts, expected_of_entity, hour_of_week, tail_probability
from streams.clock import epoch_ms

DAY_MS = 86_400_000


def test_the_hour_of_week_follows_the_wall_over_a_change_of_clocks() -> None:
    """New York puts its clocks forward on 8 March 2026: nine in the morning stays nine in the morning."""
    friday, monday = datetime(2026, 3, 6, 14, 0, tzinfo=UTC), datetime(2026, 3, 9, 13, 0, tzinfo=UTC)
    assert hour_of_week(epoch_ms(friday), "America/New_York") == 4 * 24 + 9
    assert hour_of_week(epoch_ms(monday), "America/New_York") == 9
    assert hour_of_week(epoch_ms(monday + timedelta(hours=1)), "America/New_York") == 10


@given(st.lists(st.tuples(st.integers(0, 167), st.integers(1, 90)), min_size=1, max_size=20))
def test_the_order_of_additions_does_not_matter(additions: list[tuple[int, int]]) -> None:
    """Decayed counts are the same whichever came first."""

    def total(rows: list[tuple[int, int]]) -> np.ndarray:
        counts = WeekCounts.empty()
        for hour, day in rows:
            counts = counts.adding(hour, day * DAY_MS, 1.0, 28 * DAY_MS)
        return counts.at(100 * DAY_MS, 28 * DAY_MS)

    np.testing.assert_allclose(total(additions), total(additions[::-1]), rtol=1e-9)


def test_a_count_halves_in_its_half_life() -> None:
    """What was counted 28 days ago weighs half."""
    counts = WeekCounts.empty().adding(5, DAY_MS, 8.0, 28 * DAY_MS)
    assert counts.at(29 * DAY_MS, 28 * DAY_MS)[5] == pytest.approx(4.0)


@pytest.mark.parametrize(
    ("count", "mean", "size", "expected"),
    [(0, 1.0, 2.0, 1.0), (1, 1.0, 1.0, 0.5), (3, 1.0, 1.0, 0.125), (2, 0.5, 1.0, 1 / 9)],
)
def test_tails_of_the_geometric_case(count: int, mean: float, size: float, expected: float) -> None:
    """With size 1 the tail is (mean / (1 + mean)) to the power of the count."""
    assert tail_probability(count, mean, size) == pytest.approx(expected, rel=1e-9)


def test_tails_far_out_keep_their_precision() -> None:
    """A count that is out of all proportion has a tiny chance, not zero by rounding."""
    assert 0 < tail_probability(60, 0.3, 1.0) == pytest.approx((0.3 / 1.3) ** 60, rel=1e-6)
    assert tail_probability(40, 40.0, 1e6) == pytest.approx(0.52, abs=0.02)


def _expected(own: float, feed: float, *, ratio: float = 1.0, hour: int = 0, own_hour: int | None = None) -> float:
    hours = np.full(168, own / 168)
    if own_hour is not None:
        hours = np.zeros(168)
        hours[own_hour] = own
    return expected_of_entity(
        own=hours,
        market=np.full(168, feed / 168),
        exposure=np.array([100.0]),
        exposure_hours=np.array([hour]),
        market_ratio=ratio,
        prior_stories=2.0,
        prior_exposure=400.0,
        hour_strength=5.0,
        dispersion=2.0,
    ).mean


def test_a_sparse_name_is_shrunk_to_the_prior_and_a_long_silent_one_below_it() -> None:
    """With no feed behind it the prior share holds; with ten thousand quiet stories little is expected."""
    assert _expected(0, 0) == pytest.approx(0.5)
    assert _expected(0, 10_000) == pytest.approx(100 * 2 / 10_400)
    assert _expected(98, 9_600) == pytest.approx(1.0)


def test_the_market_and_the_hour_raise_what_is_expected() -> None:
    """A market twice as negative doubles it; the hour at which a name always speaks has more than others."""
    assert _expected(98, 9_600, ratio=2.0) == pytest.approx(2.0)
    assert _expected(98, 9_600, hour=7, own_hour=7) > 10 * _expected(98, 9_600, hour=8, own_hour=7)
