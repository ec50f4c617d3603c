"""Repeats: a series that opens again has to be rarer, soon after an end and each time that it does."""

from __future__ import annotations

import math

from alerts.detection.calibration import Calibration
from alerts.detection.state import Track
from alerts.detection.tuning import DAY_MS, Tuning
from alerts.rules import Rule


def cooldown_factor(rule: Rule, track: Track, at_ms: int, tuning: Tuning) -> float:
    """Return what the threshold of a series is multiplied with for how lately its last episode ended."""
    cooling = track.resolved_ms and at_ms - track.resolved_ms < rule.cooldown_s * 1000 * 2**track.flaps
    return tuning.reopen_factor if cooling else 1.0


def repeat_factor(rule: Rule, track: Track, calibration: Calibration, at_ms: int, tuning: Tuning) -> float:
    """Return what the threshold of a series is multiplied with for what it opened of late.

    Names differ: as many openings as the budget gives several average ones are nothing to hold against one of them.
    """
    if rule.scope == "market":
        return 1.0
    mean_days = tuning.repeats_half_life_ms / DAY_MS / math.log(2)
    usual = max(1.0, tuning.repeats_of_names * calibration.target(rule) * mean_days)
    openings = track.openings.at(at_ms, tuning.repeats_half_life_ms)
    factor: float = tuning.repeat_factor ** max(0.0, openings - usual)
    return factor
