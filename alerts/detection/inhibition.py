"""Inhibition: on a day when everything turns bad, the market is told of, and its members are not."""

from __future__ import annotations

import math
from collections.abc import Iterator

from alerts.detection.baseline import HOURS_OF_WEEK, hour_of_week
from alerts.detection.calibration import Calibration, bin_of
from alerts.detection.state import SeriesState, Track
from alerts.detection.tuning import HOUR_MS, Tuning
from alerts.rules import Rule, Rules

CROWD = "crowd"
EASED = 100.0
"""While a crowd of names opens, the market's own threshold is so many times larger."""


def market_episode(rule: Rule, rules: Rules, market: SeriesState, at_ms: int, tuning: Tuning) -> str | None:
    """Return the market's rule of the same kind that has an episode which holds names back, or None."""
    for name, track in _tracks_of_kind(rule, rules, market):
        episode = track.episode
        # A rule that has become another kind holds back none of it by what it opened as the one before.
        if episode is not None and episode.kind == rule.kind and at_ms - episode.opened_ms < tuning.inhibited_ms:
            return name
    return None


def held_back_by(
    rule: Rule, rules: Rules, market: SeriesState, calibration: Calibration, at_ms: int, tuning: Tuning
) -> str | None:
    """Return what holds every name back: the market's rule with a fresh episode, a crowd of openings, or None."""
    name = market_episode(rule, rules, market, at_ms, tuning)
    return CROWD if name is None and crowd_going_on([calibration], at_ms) else name


def uneasy_market(rule: Rule, rules: Rules, market: SeriesState, at_ms: int, tuning: Tuning) -> str | None:
    """Return the market's rule of the same kind by whose reading the market was out of the ordinary in the last hour.

    What turns everything bad reaches the names first, each for itself; the market needs some stories more to be sure.
    What has gone on for as long as an episode holds names back is no onset any more.
    """
    rare = bin_of(tuning.uneasy_p_value)
    for name, track in _tracks_of_kind(rule, rules, market):
        lately = at_ms - track.low_ms <= HOUR_MS and at_ms - track.low_since_ms < tuning.inhibited_ms
        if track.low_bin >= rare and lately:
            return name
    return None


def _tracks_of_kind(rule: Rule, rules: Rules, market: SeriesState) -> Iterator[tuple[str, Track]]:
    for other in rules.rules:
        if other.scope == "market" and other.kind == rule.kind and other.enabled:
            track = market.tracks.get(other.name)
            if track is not None:
                yield other.name, track


def is_crowd(rule: Rule, calibration: Calibration, market: SeriesState, at_ms: int, zone: str, tuning: Tuning) -> bool:
    """Say whether so many openings within an hour, the one at hand included, are no coincidence.

    Args:
        rule: what opens.
        calibration: of the rule; its `onsets` hold the openings of the last hour.
        market: says how busy this hour of the week is.
        at_ms: event time.
        zone: the time zone of the hour of week.
        tuning: what a crowd is.
    """
    recent = sum(1 for onset in calibration.onsets if at_ms - HOUR_MS < onset <= at_ms)
    if recent < tuning.crowd:
        return False
    a_day = max(calibration.target(rule), calibration.rate_below(calibration.threshold, at_ms, tuning))
    mean = a_day * max(1.0, calibration.series) * 7 * _share_of_week(market, at_ms, zone)
    return recent > mean and _poisson_tail(recent, mean) < tuning.crowd_p_value


def _share_of_week(market: SeriesState, at_ms: int, zone: str) -> float:
    """Return how much of a week's stories an hour has, at least as much as a mean one: a crowd at night is a crowd."""
    if not market.total.stored:
        return 1 / HOURS_OF_WEEK
    return max(1 / HOURS_OF_WEEK, market.total.hours.get(hour_of_week(at_ms, zone), 0.0) / market.total.stored)


def crowd_going_on(calibrations: list[Calibration], at_ms: int) -> bool:
    """Say whether a crowd of names opened within the last hour."""
    return any(c.crowd_ms and abs(at_ms - c.crowd_ms) <= HOUR_MS for c in calibrations)


def _poisson_tail(count: int, mean: float) -> float:
    """Return how probable a count above the mean is, or a larger one: each term is smaller than the one before."""
    term = math.exp(-mean + count * math.log(max(mean, 1e-12)) - math.lgamma(count + 1))
    total, k = 0.0, count
    while term > 1e-18 and k < count + 200:
        total += term
        k += 1
        term *= mean / k
    return total
