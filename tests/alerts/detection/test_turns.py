"""Turns: what the sum takes in, what is usual, and how rare it is."""

from __future__ import annotations

import math

import pytest

from alerts.detection.state import MARKET_KEY, SeriesState, Track
from alerts.detection.tuning import DAY_MS, Tuning
from alerts.detection.turns import (
    ALLOWANCE,
    FORGET_MS,
    LARGEST_STEP,
    LEAST_VARIANCE,
    OVERSHOOT,
    PRIOR_STORIES,
    PRIOR_VARIANCE,
    learn,
    read_turn,
    take_story,
    usual_tone,
)
from alerts.rules import Rule

TUNING = Tuning()
NOW_MS = 1_000 * DAY_MS
RULE = Rule(name="turned", kind="turn", budget_per_1000_series_days=1, min_stories=4)


def _series(key: str = "entity:vantor", *scores: float) -> SeriesState:
    series = SeriesState.new(key)
    for score in scores:
        learn(series, score, NOW_MS, 1.0, TUNING)
    return series


def test_what_is_usual_is_the_market_s_until_a_series_has_spoken() -> None:
    """A new feed has the mean 0; a market of over ten stories its own; a name's own counts more with each story."""
    market = _series(MARKET_KEY, *[0.4, 0.2] * 10)
    assert usual_tone(_series(), _series(MARKET_KEY), NOW_MS, TUNING) == (0.0, PRIOR_VARIANCE)
    assert usual_tone(_series(), _series(MARKET_KEY, *[0.4] * 10), NOW_MS, TUNING) == (0.0, PRIOR_VARIANCE)
    assert usual_tone(_series(), market, NOW_MS, TUNING) == pytest.approx((0.3, LEAST_VARIANCE))
    mean, variance = usual_tone(_series("entity:vantor", *[-0.5] * 30), market, NOW_MS, TUNING)
    assert mean == pytest.approx((30 * -0.5 + PRIOR_STORIES * 0.3) / (30 + PRIOR_STORIES))
    square = (30 * 0.25 + PRIOR_STORIES * (LEAST_VARIANCE + 0.09)) / (30 + PRIOR_STORIES)
    assert variance == pytest.approx(square - mean**2)


def _run(*scores: float, apart_ms: int = 0) -> Track:
    track = Track()
    for place, score in enumerate(scores):
        take_story(_series(), _series(MARKET_KEY), track, score, NOW_MS + place * apart_ms, TUNING)
    return track


def test_only_what_lies_far_below_the_mean_adds_up() -> None:
    """Half a deviation is allowed for; one good story takes back what a bad one brought; a step has a limit."""
    step = 0.5 / math.sqrt(PRIOR_VARIANCE)
    assert (_run(0.0).score, _run(0.0).run) == (0.0, 0)
    assert (_run(-0.5, -0.5).score, _run(-0.5, -0.5).run) == (pytest.approx(2 * (step - ALLOWANCE)), 2)
    assert _run(-0.5, -0.25).run_sum == -0.75
    assert (_run(-0.5, 0.9).score, _run(-0.5, 0.9).run, _run(-0.5, 0.9).run_sum) == (0.0, 0, 0.0)
    assert _run(-100.0).score == LARGEST_STEP - ALLOWANCE
    assert _run(-100.0, -100.0, 100.0).score == pytest.approx(LARGEST_STEP - 3 * ALLOWANCE)


def test_what_was_long_ago_is_forgotten() -> None:
    """Half of it in three days; a story that comes late forgets nothing."""
    gain = _run(-0.5).score
    assert _run(-0.5, -0.5, apart_ms=FORGET_MS).score == pytest.approx(1.5 * gain)
    assert _run(-0.5, -0.5, apart_ms=-FORGET_MS).score == pytest.approx(2 * gain)


def test_a_reading_tells_the_mean_of_the_run_and_how_rare_it_is() -> None:
    """Beside the usual one; without a run there is nothing rare."""
    bad = _run(-1.0, -0.5)
    reading = read_turn(_series(), _series(MARKET_KEY), RULE, bad, NOW_MS, TUNING)
    assert (reading.observed, reading.expected, reading.stories) == (-0.75, 0.0, 2)
    assert reading.p_value == pytest.approx(math.exp(-(bad.score + OVERSHOOT)))
    calm = read_turn(_series(), _series(MARKET_KEY), RULE, Track(), NOW_MS, TUNING)
    assert (calm.observed, calm.p_value, calm.stories) == (0.0, 1.0, 0)
