"""The synthetic background: a feed of many sparse series that knows what the real stream does not show.

It is made otherwise than any detector here thinks: the rate of a name wanders by quarters of a day, the mood of the
market by days, syndication spreads copies over hours, and the labels are those of a model that errs.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np

from alerts.backtest import Known, in_order
from alerts.detection.mentions import MARKET
from alerts.detection.signatures import signature_of
from benchmarks.alerts.background import Background, Target, Truth
from benchmarks.alerts.scoring import Array
from streams.alerting import Mention
from streams.enrichment import Sentiment
from streams.records import ArticleId, EntityId, SeriesId

START = datetime(2025, 1, 6, tzinfo=UTC)
STORIES_A_DAY = 0.6
"""Of a name in the mean; half of the names have less than a third of it."""
SYNDICATED, COPIES = 0.2, 5.0
SECOND_NAME = 0.15
SOURCES = 40
WORDS, VOCABULARY = (12, 24), 3_000
MODEL_RIGHT = 0.85
EXCITEMENT = 2.5
"""Shape of the gamma by which a name's rate wanders, by quarters of a day …"""
SIZE = EXCITEMENT * 1.5
"""… two of which share a window of six hours, so that it spreads less: by ⅔ in the mean."""
_LETTERS = "BCDFGHJKLM"
_LABELS = 3
_NEGATIVE, _NEUTRAL, _POSITIVE = range(_LABELS)


@dataclass(frozen=True, slots=True, eq=False)
class _Rates:
    """Be what the stories of S names are drawn from, over H hours."""

    pace: Array
    """Of the whole feed, about 1 in the mean: (H,)."""
    mood: Array
    """What the market adds to the log-odds of bad news: (H,)."""
    usual: Array
    """Stories an hour of each name: (S,)."""
    inclination: Array
    """Log-odds of bad news of each name: (S,)."""

    def expected(self) -> Array:
        """Return the negative stories of each name and hour, as a model reads them: (S, H)."""
        bad = 1 / (1 + np.exp(-(self.inclination[:, None] + self.mood)))
        of_chance = (1 - MODEL_RIGHT) / _LABELS
        own = self.usual[:, None] * self.pace * (bad * MODEL_RIGHT + of_chance)
        found: Array = own + own.sum(axis=0) * SECOND_NAME / len(self.usual)
        return found


@dataclass(frozen=True, slots=True)
class _Story:
    hour: int
    series: tuple[int, ...]
    label: int


def synthetic(*, series: int = 1_000, days: int = 91, seed: int = 2026) -> Background:
    """Return the synthetic background: the first 56 days for learning and tuning, the last 35 are scored."""
    rng = np.random.default_rng(seed)
    targets = tuple(Target(SeriesId(f"entity:ticker:{cashtag_of(i)}"), cashtag_of(i)) for i in range(series))
    rates = _rates(rng, series, days)
    articles = in_order(_articles(rng, list(_stories(rng, rates)), targets))
    split = START + timedelta(days=round(days * 8 / 13))
    return Background(
        name="synthetic",
        articles=tuple(articles),
        targets=targets,
        learning_until=START + (split - START) / 2,
        split=split,
        end=START + timedelta(days=days),
        truth=Truth(
            START.timestamp(),
            {target.series: row for target, row in zip(targets, rates.expected(), strict=True)},
            SIZE,
        ),
    )


def cashtag_of(number: int) -> str:
    """Return a ticker that no company has, of five letters."""
    return "QX" + "".join(_LETTERS[number // 10**place % 10] for place in (2, 1, 0))


def _rates(rng: np.random.Generator, series: int, days: int) -> _Rates:
    hours = np.arange(days * 24)
    local = (hours - 5) % 168
    by_day = np.where(local // 24 < 5, 1.0, 0.25)
    by_hour = 0.15 + np.exp(-((local % 24 - 8.5) ** 2) / 6) + 0.8 * np.exp(-((local % 24 - 15.5) ** 2) / 8)
    rhythm = by_day * by_hour
    rhythm = rhythm / rhythm.mean()
    volume = np.repeat(rng.lognormal(0, 0.25, days), 24)
    mood = np.repeat(_wandering(rng, days, 0.7, 0.25), 24)
    usual = STORIES_A_DAY / 24 * rng.lognormal(-0.72, 1.2, series)
    inclination = np.log(1 / 3) + rng.normal(0, 0.5, series)
    return _Rates(rhythm * volume, mood, usual, inclination)


def _stories(rng: np.random.Generator, rates: _Rates) -> Iterator[_Story]:
    hours, series = np.arange(len(rates.pace)), len(rates.usual)
    for name in range(series):
        excitement = np.repeat(rng.gamma(EXCITEMENT, 1 / EXCITEMENT, len(hours) // 6), 6)
        counts = rng.poisson(rates.usual[name] * rates.pace * excitement)
        for hour in np.repeat(hours, counts):
            bad = 1 / (1 + np.exp(-(rates.inclination[name] + rates.mood[hour])))
            label = int(rng.choice(_LABELS, p=(bad, (1 - bad) * 0.6, (1 - bad) * 0.4)))
            second = (int(rng.integers(series)),) if rng.random() < SECOND_NAME else ()
            yield _Story(int(hour), tuple(dict.fromkeys((name, *second))), label)


def _articles(rng: np.random.Generator, stories: list[_Story], targets: tuple[Target, ...]) -> Iterator[Known]:
    for number, story in enumerate(stories):
        began = START + timedelta(hours=story.hour + rng.random())
        words = rng.integers(0, VOCABULARY, rng.integers(*WORDS))
        copies = 1 + int(rng.poisson(COPIES)) if rng.random() < SYNDICATED else 0
        for copy in range(copies + 1):
            at = began + timedelta(hours=float(rng.exponential(2.0))) if copy else began
            text = words if not copy else _edited(rng, words)
            label = story.label if rng.random() < MODEL_RIGHT else int(rng.integers(_LABELS))
            body = " ".join(f"w{word}" for word in text)
            yield _known(rng, f"s{number}-{copy}", at, body, label, [targets[i] for i in story.series])


def _known(rng: np.random.Generator, key: str, at: datetime, body: str, label: int, targets: list[Target]) -> Known:
    sure = 0.5 + 0.45 * rng.random()
    probabilities = [(1 - sure) / 2] * _LABELS
    probabilities[label] = sure
    common = {
        "article_id": ArticleId(key),
        "at": at,
        "received_at": at,
        "source": f"source {rng.integers(SOURCES)}",
        "url": f"https://feed.example/{key}",
        "sentiment": Sentiment.of(*probabilities),
        "evidence": body,
        "signature": signature_of("", body),
        "model": "synthetic",
    }
    market = Mention(series=MARKET, name="Market", **common)
    of_names = (
        Mention(series=t.series, entity_id=EntityId(f"ticker:{t.cashtag}"), name=t.cashtag, ticker=t.cashtag, **common)
        for t in targets
    )
    return Known(at, (market, *of_names))


def _edited(rng: np.random.Generator, words: np.ndarray[tuple[int], np.dtype[np.int64]]) -> list[int]:
    """Return a copy with its end cut, a word changed, or a few words put before it."""
    kept = [int(word) for word in words]
    kind = rng.integers(3)
    if kind == 0:
        return kept[: max(8, len(kept) - int(rng.integers(1, 4)))]
    if kind == 1:
        kept[int(rng.integers(len(kept)))] = int(rng.integers(VOCABULARY))
        return kept
    return [*(int(word) for word in rng.integers(0, VOCABULARY, 2)), *kept]


def _wandering(rng: np.random.Generator, length: int, memory: float, spread: float) -> Array:
    values = np.zeros(length)
    for place in range(1, length):
        values[place] = memory * values[place - 1] + rng.normal(0, spread)
    return values
