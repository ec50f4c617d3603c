"""How far the market's counts spread."""

from __future__ import annotations

import numpy as np
import pytest

from alerts.detection.spread import EVERY_MS, Spread
from alerts.detection.tuning import Tuning

TUNING = Tuning()
START_MS = 500 * EVERY_MS


def _learned(size: float, windows: int) -> float:
    """Return what is made of windows of a negative binomial of a size, 60 stories each."""
    rng, spread, mean = np.random.default_rng(3), Spread(), 60.0
    for place in range(windows):
        seen = int(rng.negative_binomial(size, size / (size + mean)))
        spread.learn(seen, mean, START_MS + place * EVERY_MS, TUNING)
    return spread.size(START_MS + windows * EVERY_MS, TUNING)


@pytest.mark.parametrize("size", [5.0, 12.0, 25.0])
def test_the_size_of_a_negative_binomial_is_found(size: float) -> None:
    """After ten weeks it is within a third of the true one."""
    assert _learned(size, 280) == pytest.approx(size, rel=0.33)


def test_nothing_learned_is_the_size_of_the_tuning() -> None:
    """The first windows change it little."""
    assert Spread().size(START_MS, TUNING) == pytest.approx(TUNING.market_dispersion)
    assert _learned(40.0, 2) == pytest.approx(TUNING.market_dispersion, rel=0.2)


def test_what_spreads_less_than_chance_has_the_largest_size() -> None:
    """Counts that are always as expected leave no excess to divide by."""
    spread = Spread()
    for place in range(300):
        spread.learn(60.0, 60.0, START_MS + place * EVERY_MS, TUNING)
    assert spread.size(START_MS + 300 * EVERY_MS, TUNING) == TUNING.market_dispersion_bounds[1]


@pytest.mark.parametrize(("observed", "expected"), [(60, 30.0), (6, 3.0), (600, 300.0), (0, 30.0)])
def test_a_window_with_many_stories_says_more(observed: int, expected: float) -> None:
    """It weighs as the inverse of the variance of its excess, beside the windows that stand for the missing past."""
    spread, usual = Spread(), TUNING.market_dispersion
    spread.learn(observed, expected, START_MS, TUNING)
    weight = (1 / expected + 1 / usual) ** -2
    excess = ((observed - expected) ** 2 - expected) / expected**2
    past = TUNING.market_dispersion_windows * usual**2
    size = (weight + past) / (weight * excess + past / usual)
    assert spread.size(START_MS, TUNING) == pytest.approx(size)
