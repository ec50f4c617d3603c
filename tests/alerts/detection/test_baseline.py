"""Baselines: hours of week, decay, and tails."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.detection.baseline import (
    Decayed,
    Expectation,
    WeekCounts,
    expected_of_market,
    expected_of_name,
    hour_of_week,
    tail_probability,
)
from streams.clock import epoch_ms

DAY_MS = 86_400_000
HALF_LIFE = 28.0 * DAY_MS


def test_the_hour_of_week_follows_the_wall_over_a_change_of_clocks() -> None:
    """New York puts its clocks forward on 8 March 2026: nine in the morning stays nine in the morning."""
    friday, monday = datetime(2026, 3, 6, 14, 0, tzinfo=UTC), datetime(2026, 3, 9, 13, 0, tzinfo=UTC)
    assert hour_of_week(epoch_ms(friday), "America/New_York") == 4 * 24 + 9
    assert hour_of_week(epoch_ms(monday), "America/New_York") == 9
    assert hour_of_week(epoch_ms(monday + timedelta(hours=1)), "America/New_York") == 10


@given(st.lists(st.tuples(st.integers(0, 167), st.integers(1, 900)), min_size=1, max_size=20))
def test_the_order_of_additions_does_not_matter(additions: list[tuple[int, int]]) -> None:
    """Decayed counts are the same whichever came first, also over many half-lives."""
    totals = []
    for rows in (additions, additions[::-1]):
        counts, single = WeekCounts(), Decayed()
        for hour, day in rows:
            counts.add(hour, day * DAY_MS, 1.0, HALF_LIFE)
            single.add(day * DAY_MS, 1.0, HALF_LIFE)
        scale = counts.scale(900 * DAY_MS, HALF_LIFE)
        totals.append([counts.hours.get(hour, 0.0) * scale for hour in range(168)])
        assert single.at(900 * DAY_MS, HALF_LIFE) == pytest.approx(counts.total(900 * DAY_MS, HALF_LIFE))
    assert totals[0] == pytest.approx(totals[1], rel=1e-9)


def test_a_count_halves_in_its_half_life() -> None:
    """What was counted 28 days ago weighs half."""
    counts = WeekCounts()
    counts.add(5, DAY_MS, 8.0, HALF_LIFE)
    assert counts.total(29 * DAY_MS, HALF_LIFE) == pytest.approx(4.0)


@pytest.mark.parametrize(
    ("count", "mean", "size", "expected"),
    [(0, 1.0, 2.0, 1.0), (1, 1.0, 1.0, 0.5), (3, 1.0, 1.0, 0.125), (2, 0.5, 1.0, 1 / 9)],
)
def test_tails_of_the_geometric_case(count: int, mean: float, size: float, expected: float) -> None:
    """With size 1 the tail is (mean / (1 + mean)) to the power of the count, also between whole counts."""
    assert tail_probability(count, mean, size) == pytest.approx(expected, rel=1e-9)
    if size == 1.0:
        assert Expectation(mean, size).tail(count + 0.5) == pytest.approx((mean / (1 + mean)) ** (count + 0.5))


def test_tails_far_out_keep_their_precision() -> None:
    """A count that is out of all proportion has a tiny chance, not zero by rounding."""
    assert 0 < tail_probability(60, 0.3, 1.0) == pytest.approx((0.3 / 1.3) ** 60, rel=1e-6)
    assert tail_probability(40, 40.0, 1e6) == pytest.approx(0.52, abs=0.02)


def _expectation(own: float, feed: float, *, hour: int = 0, own_hour: int | None = None) -> Expectation:
    hours = dict.fromkeys(range(168), own / 168) if own_hour is None else {own_hour: own}
    return expected_of_name(
        own=hours,
        own_total=own,
        feed=dict.fromkeys(range(168), feed / 168),
        feed_total=feed,
        exposure={hour: 100.0},
        prior_stories=2.0,
        prior_share=0.005,
        hour_strength=5.0,
        dispersion=2.0,
    )


def test_a_sparse_name_is_shrunk_to_the_average_and_a_long_silent_one_below_it() -> None:
    """With no feed behind it the average share holds; with ten thousand quiet stories little is expected."""
    assert _expectation(0, 0).mean == pytest.approx(0.5)
    assert _expectation(0, 10_000).mean == pytest.approx(100 * 2 / 10_400)
    assert _expectation(98, 9_600).mean == pytest.approx(1.0)


def test_the_hour_raises_what_is_expected() -> None:
    """The hour at which a name always speaks has more than others."""
    assert _expectation(98, 9_600, hour=7, own_hour=7).mean > 10 * _expectation(98, 9_600, hour=8, own_hour=7).mean


@pytest.mark.parametrize(
    ("label", "feed", "exposure", "mean", "size"),
    [
        ({}, {}, {0: 100.0}, 20.0, 1 / (1 / 2 + 1 / 10)),
        ({0: 90.0}, {0: 900.0, 1: 50.0}, {0: 100.0}, 100 * (90 + 0.5) / 905, 1 / (1 / 2 + 1 / 100)),
        ({0: 90.0}, {0: 900.0, 1: 50.0}, {1: 100.0}, 100 * 0.5 / 55, 1 / (1 / 2 + 1 / 100)),
        ({0: 90.0}, {0: 900.0, 1: 50.0}, {0: 100.0, 1: 100.0}, 10 + 100 * 0.5 / 55, 1 / (1 / 2 + 1 / 100)),
        ({}, {}, {}, 0.001, 1 / (1 / 2 + 1 / 10)),
    ],
)
def test_the_market_has_its_share_in_each_hour(
    label: dict[int, float], feed: dict[int, float], exposure: dict[int, float], mean: float, size: float
) -> None:
    """A new feed has the share that is usual anywhere, a known one its own, hour by hour, and spreads less."""
    expected = expected_of_market(
        label=label,
        label_total=sum(label.values()),
        feed=feed,
        feed_total=sum(feed.values()),
        exposure=exposure,
        prior_share=0.2,
        prior_exposure=50.0,
        hour_strength=5.0,
        dispersion=2.0,
    )
    assert (expected.mean, expected.size) == pytest.approx((mean, size))


def test_how_far_a_count_spreads_follows_from_what_is_known() -> None:
    """A name of which nothing is known spreads as two stories would let it, one of many stories by the dispersion."""
    assert _expectation(0, 0).size == pytest.approx(1.0)
    assert _expectation(10_000, 20_000).size == pytest.approx(2.0, rel=1e-3)
