"""Four detectors that people build first: a static count, the negative share, an EWMA z-score, and a rolling MAD.

Each is judged at every negative item of a series, as ours is, and its choices are made on the first part: the length of
the window, what it counts (articles, or stories without their copies), and its own constants.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.alerts.counting import HOUR_S, Counts, Feed, Grid, grid_of, in_window
from benchmarks.alerts.scoring import Array, Scored

QUIET_S = 7 * HOUR_S
"""An episode of a simple detector ends when its score was below the threshold for so long."""

Score = Callable[[Counts, Grid, str], Array]
"""From the counts of a series, the grid and the series' name to a score for each of its negative items."""


@dataclass(frozen=True, slots=True)
class SimpleDetector:
    """Be a detector with its choices made, but for the threshold."""

    name: str
    choice: str
    stories: bool
    """Whether copies count once."""
    score: Score

    def scored(self, feed: Feed, start_s: float, end_s: float) -> Scored:
        """Return the score of each negative item of each series."""
        grid = grid_of(feed, start_s, end_s)
        return {series: (counts.bad_s(), self.score(counts, grid, series)) for series, counts in feed.items()}


def static_count(window_h: int) -> Score:
    """Return the negative items in the window."""

    def score(counts: Counts, grid: Grid, series: str) -> Array:  # noqa: ARG001
        bad_s = counts.bad_s()
        return in_window(bad_s, bad_s, window_h * HOUR_S)

    return score


def negative_share(window_h: int, volume: int) -> Score:
    """Return the negative share of a window of at least `volume` items; of equal shares the larger window counts."""

    def score(counts: Counts, grid: Grid, series: str) -> Array:  # noqa: ARG001
        bad_s = counts.bad_s()
        bad = in_window(bad_s, bad_s, window_h * HOUR_S)
        every = in_window(counts.at_s, bad_s, window_h * HOUR_S)
        return np.where(every >= volume, bad / every + 1e-4 * every, 0.0)

    return score


def ewma_z(window_h: int, half_life_h: float, floor: float) -> Score:
    """Return by how many deviations the window exceeds an exponentially weighted mean of the hours before it."""
    means: dict[int, tuple[Grid, Array, Array]] = {}

    def score(counts: Counts, grid: Grid, series: str) -> Array:
        if id(grid) not in means:
            means.clear()
            means[id(grid)] = (grid, *_weighted(grid.negative, 1 - 0.5 ** (1 / half_life_h)))
        _, mean, variance = means[id(grid)]
        bad_s, row = counts.bad_s(), grid.row[series]
        before = np.maximum(grid.hour_of(bad_s) - window_h, 0)
        usual, spread = window_h * mean[row, before], window_h * variance[row, before]
        found: Array = (in_window(bad_s, bad_s, window_h * HOUR_S) - usual) / np.sqrt(spread + floor)
        return found

    return score


def rolling_mad(window_h: int, days: int, floor: float) -> Score:
    """Return by how many median absolute deviations the window exceeds the median window of the days before it."""

    def score(counts: Counts, grid: Grid, series: str) -> Array:
        bad_s = counts.bad_s()
        total = np.concatenate([[0.0], np.cumsum(grid.negative[grid.row[series]])])
        found = np.zeros(len(bad_s))
        for place, (hour, count) in enumerate(
            zip(grid.hour_of(bad_s), in_window(bad_s, bad_s, window_h * HOUR_S), strict=True)
        ):
            ends = np.arange(max(window_h, hour - days * 24), hour - window_h + 1)
            past = total[ends] - total[ends - window_h] if len(ends) else np.zeros(1)
            middle = float(np.median(past))
            deviation = 1.4826 * float(np.median(np.abs(past - middle)))
            found[place] = (count - middle) / (deviation + floor)
        return found

    return score


def choices() -> dict[str, list[SimpleDetector]]:
    """Return for each detector everything that tuning may choose from."""
    makers: Mapping[str, Sequence[tuple[str, Score]]] = {
        "static count": [(f"{w} h", static_count(w)) for w in (1, 3, 6, 12)],
        "negative share": [(f"{w} h, {v}+", negative_share(w, v)) for w in (6, 12) for v in (3, 5, 10, 15)],
        "EWMA z": [
            (f"{w} h, half-life {h // 24} d, floor {f}", ewma_z(w, h, f))
            for w in (3, 6)
            for h in (24, 168, 672)
            for f in (0.1, 1.0)
        ],
        "rolling MAD": [
            (f"{w} h, {d} d, floor {f}", rolling_mad(w, d, f)) for w in (3, 6) for d in (14, 28) for f in (0.5, 1.0)
        ],
    }
    return {
        name: [
            SimpleDetector(name, f"{choice}, {'stories' if stories else 'articles'}", stories, score)
            for choice, score in made
            for stories in (False, True)
        ]
        for name, made in makers.items()
    }


def _weighted(hourly: Array, weight: float) -> tuple[Array, Array]:
    """Return the weighted mean and variance of the hours before each hour, both (S, H)."""
    means, variances = np.zeros_like(hourly), np.zeros_like(hourly)
    mean, variance = np.zeros(len(hourly)), np.zeros(len(hourly))
    for hour in range(hourly.shape[1]):
        means[:, hour], variances[:, hour] = mean, variance
        difference = hourly[:, hour] - mean
        variance = (1 - weight) * (variance + weight * difference**2)
        mean = mean + weight * difference
    return means, variances
