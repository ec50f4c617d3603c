"""Arrivals of a source: how many articles it should have brought since its last one, and how rare none is."""

from __future__ import annotations

import math

from alerts.detection.baseline import HOURS_OF_WEEK, hour_of_week
from alerts.detection.episodes import Reading
from alerts.detection.state import SeriesState
from alerts.detection.tuning import DAY_MS, HOUR_MS, Tuning

WEEK_MS = 7 * DAY_MS
LEAST_ARTICLES = 20
LEAST_AGE_MS = 2 * DAY_MS
DISPERSION = 2.0
"""Size of the negative binomial: arrivals come in bursts."""
LONGEST_MS = 14 * DAY_MS


def is_known(source: SeriesState, at_ms: int, tuning: Tuning) -> bool:
    """Say whether enough was heard of a source to miss it."""
    heard = source.total.total(at_ms, tuning.half_life_ms)
    return heard >= LEAST_ARTICLES and source.last_ms - source.first_ms >= LEAST_AGE_MS


def read_gap(source: SeriesState, market: SeriesState, until_ms: int, zone: str, tuning: Tuning) -> Reading:
    """Return how many articles were to be expected between a source's last one and a moment."""
    start_ms = max(source.last_ms, until_ms - LONGEST_MS)
    mean, at_ms = 0.0, start_ms
    while at_ms < until_ms:
        end_ms = min(until_ms, (at_ms // HOUR_MS + 1) * HOUR_MS)
        mean += _rate(source, market, hour_of_week(at_ms, zone), start_ms, tuning) * (end_ms - at_ms) / HOUR_MS
        at_ms = end_ms
    return Reading(
        at_ms=until_ms,
        observed=0.0,
        expected=mean,
        size=DISPERSION,
        p_value=math.pow(1.0 + mean / DISPERSION, -DISPERSION),
        stories=0,
        articles=0,
        window_ms=max(1000, until_ms - source.last_ms),
    )


def _rate(source: SeriesState, market: SeriesState, hour: int, at_ms: int, tuning: Tuning) -> float:
    """Return articles an hour in an hour of week, shrunk by one week to the rhythm of the whole feed."""
    age_ms = max(WEEK_MS, at_ms - source.first_ms)
    # Weeks heard of, decayed as the counts are.
    half_life = tuning.half_life_ms
    weeks = half_life / math.log(2) * (1 - math.exp2(-age_ms / half_life)) / WEEK_MS
    scale = source.total.scale(at_ms, half_life)
    of_feed = market.total
    usual = of_feed.hours.get(hour, 0.0) / of_feed.stored if of_feed.stored > 0 else 1 / HOURS_OF_WEEK
    own, total = source.total.hours.get(hour, 0.0) * scale, source.total.stored * scale
    return (own + total / weeks * usual) / (weeks + 1)
