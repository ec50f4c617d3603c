"""Tuning of the simple detectors on the first part: constants by recall, thresholds by the budget."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from benchmarks.alerts.counting import Counts, Feed
from benchmarks.alerts.scoring import Onset, Span, delays, mean_delay, openings_of, recall, threshold_for
from benchmarks.alerts.simple_detectors import QUIET_S, SimpleDetector


@dataclass(frozen=True, slots=True)
class FirstPart:
    """Be the first part of a background, without injection and with it."""

    span: Span
    start_s: float
    """Where the background begins: before the span, for detectors to learn from."""
    series: int
    clean: Mapping[bool, Feed]
    """Of stories (True) and of articles (False)."""
    injected: Mapping[bool, Feed]
    onsets: Sequence[Onset]


@dataclass(frozen=True, slots=True)
class Tuned:
    """Be a detector with its threshold."""

    detector: SimpleDetector
    threshold: float


def best_of(candidates: Sequence[SimpleDetector], part: FirstPart, budgets: Sequence[float]) -> dict[float, Tuned]:
    """Return for each budget the candidate with the best recall, of equals the quicker, at its threshold there."""
    best: dict[float, tuple[tuple[float, float], Tuned]] = {}
    for detector in candidates:
        usual = detector.scored(part.clean[detector.stories], part.start_s, part.span.end_s)
        tried = detector.scored(part.injected[detector.stories], part.start_s, part.span.end_s)
        for budget in budgets:
            threshold = threshold_for(usual, part.span, part.series, budget, QUIET_S)
            delay_h = delays(part.onsets, openings_of(tried, threshold, QUIET_S))
            merit = (recall(delay_h), -mean_delay(delay_h))
            if budget not in best or merit > best[budget][0]:
                best[budget] = (merit, Tuned(detector, threshold))
    return {budget: tuned for budget, (_, tuned) in best.items()}


def until(feed: Feed, until_s: float) -> dict[str, Counts]:
    """Return what a feed said before a moment."""
    return {
        series: Counts(counts.at_s[counts.at_s < until_s], counts.negative[counts.at_s < until_s])
        for series, counts in feed.items()
    }
