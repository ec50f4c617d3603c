"""The oracle: the detector's own statistic, told what no detector can know.

It has the true label and story of everything injected, and rates fitted on the whole run without injection, its future
included. Bursts are scaled by it.

Fitted on what it is then judged by, it also knows which chance clusters will come. A synthetic feed has true rates: the
same statistic with those says what a detector could find that had nothing left to learn.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from alerts.detection.baseline import tail_probability
from alerts.detection.tuning import Tuning
from benchmarks.alerts.background import Truth
from benchmarks.alerts.counting import HOUR_S, Counts, Feed, Grid, grid_of, in_window
from benchmarks.alerts.scoring import Array, Scored

WINDOW_H = 6
WEEK_H = 168
HOUR_STRENGTH = 5.0
"""Stories that an hour of week must have before it counts half."""
SHARE_STRENGTH = 0.5
LEAST_EXPECTED = Tuning().least_expected
SIZES = (0.2, 50.0)


@dataclass(frozen=True, slots=True)
class Oracle:
    """Be the fitted rates: expected negative stories of each series in the window that ends with an hour, (S, H)."""

    grid: Grid
    expected: Array
    size: Array
    """Of each series' negative binomial, (S,)."""

    @classmethod
    def fitted(cls, clean: Feed, start_s: float, end_s: float) -> Oracle:
        """Fit shares, hours of week and dispersion on a whole run without injection."""
        grid = grid_of(clean, start_s, end_s)
        hours = np.arange(grid.total.shape[1]) % WEEK_H
        volume = grid.total.sum(axis=0)  # (H,)
        feed = np.bincount(hours, weights=volume, minlength=WEEK_H) / max(1.0, volume.sum())
        expected, sizes = np.zeros_like(grid.negative), np.zeros(len(grid.row))
        for row in range(len(grid.row)):
            bad = grid.negative[row]
            own = np.bincount(hours, weights=bad, minlength=WEEK_H)
            by_hour = (own + HOUR_STRENGTH) / (own.sum() * feed + HOUR_STRENGTH)
            hourly = (bad.sum() + SHARE_STRENGTH) / max(1.0, volume.sum()) * volume * by_hour[hours]
            expected[row] = _windowed(hourly, WINDOW_H)
            sizes[row] = _size(_windowed(bad, WINDOW_H)[::WINDOW_H], expected[row][::WINDOW_H])
        return cls(grid, expected, sizes)

    def scored(self, feed: Feed) -> Scored:
        """Return minus the logarithm of the chance of each negative story's window."""
        return {series: (counts.bad_s(), self._scores(series, counts)) for series, counts in feed.items()}

    def _scores(self, series: str, counts: Counts) -> Array:
        row, bad_s = self.grid.row[series], counts.bad_s()
        seen = in_window(bad_s, bad_s, WINDOW_H * HOUR_S)
        hours: npt.NDArray[np.int64] = np.clip(self.grid.hour_of(bad_s), 0, self.expected.shape[1] - 1)
        found = np.zeros(len(bad_s))
        for place in range(len(bad_s)):
            mean = max(LEAST_EXPECTED, float(self.expected[row, hours[place]]))
            chance = tail_probability(int(seen[place]), mean, float(self.size[row]))
            found[place] = -np.log(max(chance, 1e-300))
        return found


@dataclass(frozen=True, slots=True)
class TrueRates:
    """Judge by the rates that a synthetic feed was made with."""

    truth: Truth

    def scored(self, feed: Feed) -> Scored:
        """Return minus the logarithm of the chance of each negative story's window."""
        return {series: (counts.bad_s(), self._scores(series, counts)) for series, counts in feed.items()}

    def _scores(self, series: str, counts: Counts) -> Array:
        hourly, bad_s = self.truth.expected[series], counts.bad_s()
        edges_s = self.truth.start_s + HOUR_S * np.arange(len(hourly) + 1)
        until = np.concatenate([[0.0], np.cumsum(hourly)])
        mean = np.interp(bad_s, edges_s, until) - np.interp(bad_s - WINDOW_H * HOUR_S, edges_s, until)
        seen = in_window(bad_s, bad_s, WINDOW_H * HOUR_S)
        pairs = zip(seen, mean, strict=True)
        chances = [tail_probability(int(count), max(1e-9, float(each)), self.truth.size) for count, each in pairs]
        found: Array = -np.log(np.maximum(chances, 1e-300))
        return found


def _windowed(hourly: Array, hours: int) -> Array:
    total = np.concatenate([[0.0], np.cumsum(hourly)])
    ends = np.arange(1, len(hourly) + 1)
    found: Array = total[ends] - total[np.maximum(0, ends - hours)]
    return found


def _size(seen: Array, mean: Array) -> float:
    excess = float(((seen - mean) ** 2 - mean).sum())
    return float(np.clip((mean**2).sum() / excess, *SIZES)) if excess > 0 else SIZES[1]
