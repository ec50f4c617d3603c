"""How detection is scored: pure arithmetic on openings, bursts and places; times are seconds since 1970."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

HIT_WITHIN_S = 8 * 3600.0
WEEK_S = 7 * 86_400.0
Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Opening:
    """Be one episode of a detector: when it opened, and until when it counted as open."""

    series: str
    at_s: float
    until_s: float


@dataclass(frozen=True, slots=True)
class Span:
    """Be a time that is scored, less its gaps, during which nothing is counted."""

    start_s: float
    end_s: float
    gaps: tuple[tuple[float, float], ...] = ()

    def holds(self, at_s: float) -> bool:
        """Say whether a moment is scored."""
        return self.start_s <= at_s < self.end_s and not any(start < at_s < end for start, end in self.gaps)

    def days(self) -> float:
        """Return the days that are scored."""
        return self.between(self.start_s, self.end_s) / 86_400

    def between(self, start_s: float, end_s: float) -> float:
        """Return the scored seconds inside an interval."""
        start_s, end_s = max(start_s, self.start_s), min(end_s, self.end_s)
        lost = sum(max(0.0, min(end_s, end) - max(start_s, start)) for start, end in self.gaps)
        return max(0.0, end_s - start_s - lost)


@dataclass(frozen=True, slots=True)
class Onset:
    """Be what scoring has to know of one injected burst."""

    series: str
    at_s: float


def delays(onsets: Sequence[Onset], openings: Sequence[Opening]) -> Array:
    """Return the delay of each burst in hours, shape (N,): infinite where no episode opened in [onset, onset + 8 h].

    An episode that was open before is a miss: it told nobody of the burst.
    """
    times = _times(openings)
    found = np.full(len(onsets), math.inf)
    for place, onset in enumerate(onsets):
        of_series = times.get(onset.series, [])
        first = bisect_left(of_series, onset.at_s)
        if first < len(of_series) and of_series[first] <= onset.at_s + HIT_WITHIN_S:
            found[place] = (of_series[first] - onset.at_s) / 3600
    return found


def recall(delay_h: Array) -> float:
    """Return the share of bursts that were hit."""
    return float(np.isfinite(delay_h).mean()) if len(delay_h) else math.nan


def mean_delay(delay_h: Array) -> float:
    """Return the mean delay in hours; a miss counts as 8."""
    return float(np.minimum(delay_h, HIT_WITHIN_S / 3600).mean()) if len(delay_h) else math.nan


def per_1000_series_days(openings: Sequence[Opening], span: Span, series: int) -> float:
    """Return the openings of a run without injection inside the scored time, per 1,000 series-days."""
    days = series * span.days()
    return 1000 * sum(span.holds(opening.at_s) for opening in openings) / days if days else math.nan


def weekly(openings: Sequence[Opening], span: Span, series: int, budget: float) -> list[float]:
    """Return for each week of which at least half is scored the openings over those that the budget allows."""
    found: list[float] = []
    start_s = span.start_s
    while start_s < span.end_s:
        scored_s = span.between(start_s, start_s + WEEK_S)
        if scored_s >= WEEK_S / 2:
            count = sum(start_s <= o.at_s < start_s + WEEK_S and span.holds(o.at_s) for o in openings)
            found.append(count / (budget * series * scored_s / 86_400 / 1000))
        start_s += WEEK_S
    return found


def share_in_alarm(openings: Sequence[Opening], span: Span, series: int) -> float:
    """Return the share of the scored series-hours during which an episode was open."""
    open_s = sum(span.between(opening.at_s, opening.until_s) for opening in openings)
    return open_s / (series * span.days() * 86_400)


def paired_difference(
    left: Array, right: Array, *, resamples: int = 4_000, seed: int = 1
) -> tuple[float, float, float]:
    """Return the mean of left less right over the same bursts, with a 95% interval by the paired bootstrap."""
    difference = left.astype(float) - right.astype(float)
    if not len(difference):
        return math.nan, math.nan, math.nan
    rng = np.random.default_rng(seed)
    means = difference[rng.integers(0, len(difference), (resamples, len(difference)))].mean(axis=1)
    low, high = np.quantile(means, (0.025, 0.975))
    return float(difference.mean()), float(low), float(high)


def wilson(successes: int, trials: int, z: float = 1.96) -> tuple[float, float]:
    """Return the 95% interval of a share (Wilson 1927)."""
    if not trials:
        return 0.0, 1.0
    share = successes / trials
    middle = share + z * z / (2 * trials)
    spread = z * math.sqrt(share * (1 - share) / trials + z * z / (4 * trials * trials))
    return max(0.0, (middle - spread) / (1 + z * z / trials)), min(1.0, (middle + spread) / (1 + z * z / trials))


def upper_bound(successes: int, trials: int, confidence: float = 0.95) -> float:
    """Return the one-sided upper bound of a share (Clopper and Pearson 1934)."""
    if successes >= trials:
        return 1.0
    low, high = successes / trials, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        at_most = sum(_binomial(k, trials, middle) for k in range(successes + 1))
        low, high = (middle, high) if at_most > 1 - confidence else (low, middle)
    return high


def opened_within(openings: Sequence[Opening], start_s: float, end_s: float, series: str | None = None) -> int:
    """Count the openings in an interval, of one series or of all."""
    return sum(start_s <= o.at_s <= end_s and (series is None or o.series == series) for o in openings)


def grouped(times_s: Array, scores: Array, threshold: float, quiet_s: float) -> list[tuple[float, float]]:
    """Return the episodes of a score: from the first that reaches the threshold until it was below for `quiet_s`."""
    above = times_s[scores >= threshold]
    if not len(above):
        return []
    breaks = np.flatnonzero(np.diff(above) > quiet_s)
    firsts = above[np.concatenate([[0], breaks + 1])]
    lasts = above[np.concatenate([breaks, [len(above) - 1]])]
    return [(float(first), float(last) + quiet_s) for first, last in zip(firsts, lasts, strict=True)]


Scored = Mapping[str, tuple[Array, Array]]
"""Of each series the moments at which it was judged, in order, and how surprising it was: two arrays (N,)."""


def openings_of(scored: Scored, threshold: float, quiet_s: float) -> list[Opening]:
    """Return the episodes of every series at a threshold."""
    return [
        Opening(series, first, last)
        for series, (times_s, scores) in scored.items()
        for first, last in grouped(times_s, scores, threshold, quiet_s)
    ]


def threshold_for(scored: Scored, span: Span, series: int, budget: float, quiet_s: float) -> float:
    """Return the lowest threshold at which the openings inside the span keep to a budget per 1,000 series-days."""
    candidates = np.unique(np.concatenate([scores for _, scores in scored.values()] or [np.zeros(0)]))
    low, high = 0, len(candidates)  # above the highest nothing opens
    while low < high:
        middle = (low + high) // 2
        rate = per_1000_series_days(openings_of(scored, float(candidates[middle]), quiet_s), span, series)
        low, high = (low, middle) if rate <= budget else (middle + 1, high)
    return float(candidates[low]) if low < len(candidates) else math.inf


def _times(openings: Sequence[Opening]) -> dict[str, list[float]]:
    times: dict[str, list[float]] = {}
    for opening in sorted(openings, key=lambda o: o.at_s):
        times.setdefault(opening.series, []).append(opening.at_s)
    return times


def _binomial(k: int, n: int, p: float) -> float:
    log_choose = math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)
    return (
        math.exp(log_choose + (k * math.log(p) if k else 0.0) + (n - k) * math.log1p(-p))
        if 0 < p < 1
        else float(k == n * p)
    )
