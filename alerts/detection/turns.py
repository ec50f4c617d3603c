"""Turns: the sentiment of a series has shifted for the worse, by a one-sided CUSUM over its stories (Page 1954)."""

from __future__ import annotations

import math

from alerts.detection.baseline import Decayed
from alerts.detection.episodes import Reading
from alerts.detection.state import SeriesState, Track
from alerts.detection.tuning import DAY_MS, Tuning
from alerts.rules import Rule

ALLOWANCE = 0.5
"""A story counts only as far as it lies more than half a standard deviation below the mean."""
OVERSHOOT = 1.166
"""Of a random walk over a boundary (Siegmund 1985)."""
LARGEST_STEP = 3.0
FORGET_MS = 3 * DAY_MS
PRIOR_STORIES = 10.0
LEAST_VARIANCE = 0.05
PRIOR_VARIANCE = 0.3
WHILE_OPEN = 0.1
"""What a story of an episode teaches the mean, until it has gone on for too long to be unusual."""


def take_story(
    series: SeriesState, market: SeriesState, track: Track, score: float, at_ms: int, tuning: Tuning
) -> None:
    """Take the sentiment of a new story, −1 to 1, into the CUSUM."""
    mean, variance = usual_tone(series, market, at_ms, tuning)
    step = min(LARGEST_STEP, max(-LARGEST_STEP, (mean - score) / math.sqrt(variance)))
    kept = track.score * 2.0 ** (-max(0, at_ms - track.run_ms) / FORGET_MS)
    track.score = max(0.0, kept + step - ALLOWANCE)
    track.run_ms = max(track.run_ms, at_ms)
    if track.score > 0:
        track.run += 1
        track.run_sum += score
    else:
        track.run, track.run_sum = 0, 0.0


def learn(series: SeriesState, score: float, at_ms: int, weight: float, tuning: Tuning) -> None:
    """Teach the usual tone a story; of a turn that is going on it learns little."""
    for name, amount in (("n", 1.0), ("sum", score), ("squares", score * score)):
        series.tone.setdefault(name, Decayed()).add(at_ms, amount * weight, tuning.half_life_ms)


def usual_tone(series: SeriesState, market: SeriesState, at_ms: int, tuning: Tuning) -> tuple[float, float]:
    """Return mean and variance of a series' sentiment, shrunk to the market's."""
    prior_mean, prior_variance = 0.0, PRIOR_VARIANCE
    n, total, squares = (_tone(market, name, at_ms, tuning) for name in ("n", "sum", "squares"))
    if n > PRIOR_STORIES:
        prior_mean = total / n
        prior_variance = max(LEAST_VARIANCE, squares / n - prior_mean**2)
    n, total, squares = (_tone(series, name, at_ms, tuning) for name in ("n", "sum", "squares"))
    mean = (total + PRIOR_STORIES * prior_mean) / (n + PRIOR_STORIES)
    square = (squares + PRIOR_STORIES * (prior_variance + prior_mean**2)) / (n + PRIOR_STORIES)
    return mean, max(LEAST_VARIANCE, square - mean**2)


def read_turn(
    series: SeriesState, market: SeriesState, rule: Rule, track: Track, at_ms: int, tuning: Tuning
) -> Reading:
    """Return the mean sentiment since the CUSUM was last 0, beside the usual one."""
    mean, _ = usual_tone(series, market, at_ms, tuning)
    return Reading(
        at_ms=at_ms,
        observed=track.run_sum / track.run if track.run else mean,
        expected=mean,
        size=0.0,
        p_value=min(1.0, math.exp(-2 * ALLOWANCE * (track.score + OVERSHOOT))) if track.run else 1.0,
        stories=track.run,
        articles=track.run,
        window_ms=rule.window_ms,
    )


def _tone(series: SeriesState, name: str, at_ms: int, tuning: Tuning) -> float:
    return series.tone.get(name, Decayed()).at(at_ms, tuning.half_life_ms)
