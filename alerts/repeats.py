"""Repeats: a name that opens again and again has to be rarer each time, so that it leaves the others their budget."""

from __future__ import annotations

import math

from alerts.calibration import Calibration
from alerts.rules import Rule
from alerts.state import Track
from alerts.tuning import DAY_MS, Tuning


def openings_of_late(track: Track, at_ms: int, tuning: Tuning) -> float:
    """Return how often a series has opened, each opening with half its weight after a half-life."""
    left: float = 2.0 ** (-max(0, at_ms - track.openings_ms) / tuning.repeats_half_life_ms)
    return track.openings * left


def repeat_factor(rule: Rule, track: Track, calibration: Calibration, at_ms: int, tuning: Tuning) -> float:
    """Return what the threshold of a series is multiplied with for what it opened of late.

    Names differ: as many openings as the budget gives several average ones are nothing to hold against one of them.
    """
    if rule.scope == "market":
        return 1.0
    mean_days = tuning.repeats_half_life_ms / DAY_MS / math.log(2)
    usual = max(1.0, tuning.repeats_of_names * calibration.target(rule) * mean_days)
    factor: float = tuning.repeat_factor ** max(0.0, openings_of_late(track, at_ms, tuning) - usual)
    return factor
