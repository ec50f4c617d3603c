"""A background: everything that a feed said in a time, split into the part for tuning and the part that is scored."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from alerts.backtest import Known
from alerts.detection.mentions import MARKET
from benchmarks.alerts.scoring import Array, Span
from streams.records import SeriesId


@dataclass(frozen=True, slots=True)
class Target:
    """Be a series that bursts can be about, and the cashtag that names it in a text."""

    series: SeriesId
    cashtag: str


@dataclass(frozen=True, slots=True, eq=False)
class Truth:
    """Be what the maker of a synthetic feed knows of its rates, and no detector does."""

    start_s: float
    expected: Mapping[str, Array]
    """Of each series the negative stories of each hour, as a model reads them: (H,)."""
    size: float
    """Of the negative binomial of the stories in six hours."""


@dataclass(frozen=True, slots=True)
class Background:
    """Be a feed without injection."""

    name: str
    articles: tuple[Known, ...]
    """Sorted by when they were known."""
    targets: tuple[Target, ...]
    learning_until: datetime
    """Before it nothing is scored: detectors learn what is usual."""
    split: datetime
    """Tuned before it, scored after it."""
    end: datetime
    gaps: tuple[tuple[datetime, datetime], ...] = ()
    truth: Truth | None = None
    """None where nobody knows."""

    @property
    def tuning(self) -> Span:
        """Return the part that detectors are tuned on."""
        return self._span(self.learning_until, self.split)

    @property
    def scored(self) -> Span:
        """Return the part that is scored once."""
        return self._span(self.split, self.end)

    @property
    def mentions(self) -> int:
        """Count the mentions."""
        return sum(len(known.mentions) for known in self.articles)

    def admitted(self, known: Known) -> Known:
        """Return an article with the mentions of the market and of the targets alone."""
        return with_series(known, {target.series for target in self.targets})

    def _span(self, start: datetime, end: datetime) -> Span:
        gaps = tuple((before.timestamp(), after.timestamp()) for before, after in self.gaps)
        return Span(start.timestamp(), end.timestamp(), gaps)


def with_series(known: Known, series: Iterable[str]) -> Known:
    """Return an article with the mentions of the market and of these series alone."""
    wanted = {MARKET, *series}
    return Known(known.at, tuple(mention for mention in known.mentions if mention.series in wanted))
