"""What the simple detectors and the oracle count: the articles or the stories of each series, on a grid of hours."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from alerts.backtest import Known
from alerts.detection.mentions import MARKET
from alerts.detection.signatures import unpack
from alerts.detection.stories import SAME_STORY
from benchmarks.alerts.scoring import Array
from streams.alerting import Mention

HOUR_S = 3600.0
STORY_S = 72 * HOUR_S
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Counts:
    """Be what was said of one series, in order of time: arrays (N,)."""

    at_s: Array
    negative: Flags

    def bad_s(self) -> Array:
        """Return the times of what was negative."""
        return self.at_s[self.negative]


Feed = Mapping[str, Counts]
"""Of each series what was said of it."""


@dataclass(frozen=True, slots=True)
class Grid:
    """Be hourly counts: `negative` and `total` are (S, H), `row` names the series of each row."""

    start_s: float
    row: Mapping[str, int]
    negative: Array
    total: Array

    def hour_of(self, at_s: Array) -> npt.NDArray[np.int64]:
        """Return the column of each moment."""
        return ((at_s - self.start_s) // HOUR_S).astype(np.int64)


def mentions_by_series(articles: Iterable[Known]) -> dict[str, list[Mention]]:
    """Return the mentions of each series but the market in order of event time."""
    found: dict[str, list[Mention]] = {}
    for known in articles:
        for mention in known.mentions:
            if mention.series != MARKET:
                found.setdefault(mention.series, []).append(mention)
    return {series: sorted(mentions, key=lambda m: m.at) for series, mentions in found.items()}


def count_articles(mentions: Iterable[Mention]) -> Counts:
    """Count every article."""
    listed = list(mentions)
    return _counts([m.at.timestamp() for m in listed], [m.sentiment.label == "negative" for m in listed])


def count_stories(mentions: Iterable[Mention]) -> Counts:
    """Count copies of one text within 72 hours once: at the time and with the label of the first."""
    times: list[float] = []
    bad: list[bool] = []
    sketches = np.zeros((64, 64), dtype=np.uint32)
    oldest = 0
    for mention in mentions:
        at_s, sketch = mention.at.timestamp(), unpack(mention.signature)
        while oldest < len(times) and times[oldest] < at_s - STORY_S:
            oldest += 1
        count = len(times)
        if oldest < count and float((sketches[oldest:count] == sketch).mean(axis=1).max()) >= SAME_STORY:
            continue
        if count == len(sketches):
            sketches = np.concatenate([sketches, np.zeros_like(sketches)])
        sketches[count] = sketch
        times.append(at_s)
        bad.append(mention.sentiment.label == "negative")
    return _counts(times, bad)


def merged(counts: Counts, at_s: Iterable[float], *, negative: bool) -> Counts:
    """Return counts with more moments put among them."""
    more = np.array(list(at_s), dtype=np.float64)
    times = np.concatenate([counts.at_s, more])
    flags = np.concatenate([counts.negative, np.full(len(more), negative)])
    order = np.argsort(times, kind="stable")
    return Counts(times[order], flags[order])


def grid_of(feed: Feed, start_s: float, end_s: float) -> Grid:
    """Return the hourly counts of a feed."""
    hours = int((end_s - start_s) // HOUR_S) + 1
    row = {series: place for place, series in enumerate(sorted(feed))}
    negative, total = np.zeros((len(row), hours)), np.zeros((len(row), hours))
    for series, counts in feed.items():
        for target, times in ((total, counts.at_s), (negative, counts.bad_s())):
            columns = np.clip(((times - start_s) // HOUR_S).astype(np.int64), 0, hours - 1)
            np.add.at(target[row[series]], columns, 1.0)
    return Grid(start_s, row, negative, total)


def in_window(times_s: Array, at_s: Array, window_s: float) -> Array:
    """Count for each moment the times in the window that ends with it."""
    after = np.searchsorted(times_s, at_s, side="right")
    before = np.searchsorted(times_s, at_s - window_s, side="right")
    return (after - before).astype(np.float64)


def _counts(times: list[float], bad: list[bool]) -> Counts:
    return Counts(np.array(times, dtype=np.float64), np.array(bad, dtype=np.bool_))
