"""Counting: a mention goes to its story, its story to a slice of time, and what leaves the window to the baseline."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass, replace

import numpy as np

from alerts.detection.baseline import Decayed, WeekCounts, hour_of_week
from alerts.detection.evidence import best_since, piece_of
from alerts.detection.signatures import PERMUTATIONS, sketch_of, title_hash
from alerts.detection.slices import STORIES, column_of
from alerts.detection.state import SeriesState
from alerts.detection.stories import NEGATIVE, NEUTRAL, POSITIVE, Taken, Telling
from alerts.detection.tuning import HOUR_MS, SLICE_MS, Tuning
from alerts.detection.vectors import unpack
from streams.alerting import Mention, RuleKind

WEEK_HOURS = 168
_LABELS = {"negative": NEGATIVE, "neutral": NEUTRAL, "positive": POSITIVE}


@dataclass(frozen=True, slots=True)
class Counted:
    """Say what counting a mention changed."""

    taken: Taken
    label: int
    """Of the mention, not of its story."""

    def speaks_for(self, label: int) -> bool:
        """Say whether a story of this label was begun, made or heard of again."""
        made = self.taken.after.label == label and (self.taken.before is None or self.taken.before.label != label)
        return made or (self.label == label and not self.taken.is_new)


def telling_of(mention: Mention, article: int, at_ms: int) -> Telling:
    """Return what a mention brings to a story: the same for every series that it is counted in.

    In the series of the market and of topics, texts about different names are different stories, however alike.
    """
    label = _LABELS[mention.sentiment.label]
    strength = mention.sentiment.probabilities.get(mention.sentiment.label, abs(mention.sentiment.score))
    telling = Telling(
        article=article,
        sketch=sketch_of(mention.signature),
        title=title_hash(mention.title),
        vector=unpack(mention.story_vector),
        at_ms=at_ms,
        label=label,
        severity=round(255 * strength) if label != NEUTRAL else 0,
        relevance=round(255 * mention.relevance),
    )
    return _set_apart(telling, mention.about) if mention.about else telling


def _set_apart(telling: Telling, about: str) -> Telling:
    """Return a telling that is like another one only where that is about the same names.

    "A Q2 EPS misses by $0.10" and "B Q2 EPS misses by $0.20" share most of their words and their meaning. Bits that
    follow from the names are flipped in all that is compared: under equal names nothing changes, under others two
    texts agree by chance alone, and the state keeps no names.
    """
    bits = hashlib.shake_256(about.encode()).digest(PERMUTATIONS + 6)
    sketch = telling.sketch ^ np.frombuffer(bits, dtype=np.uint8, count=PERMUTATIONS)
    title = telling.title ^ int.from_bytes(bits[-6:-2]) if telling.title else 0
    vector = telling.vector and (telling.vector[0] ^ int.from_bytes(bits[-2:]), telling.vector[1])
    return replace(telling, sketch=sketch, title=title, vector=vector)


def fold(series: SeriesState, now_ms: int, widest: int, zone: str, tuning: Tuning) -> None:
    """Move the slices that have left the widest window into the baseline, and forget what is too old to matter.

    Args:
        series: changed in place.
        now_ms: the watermark.
        widest: slices of the widest window of any rule.
        zone: the time zone of the hour of week.
        tuning: half-lives.
    """
    for number, entry in series.slices.fold(now_ms // SLICE_MS - widest + 1):
        at_ms = number * SLICE_MS
        hour = hour_of_week(at_ms, zone)
        for name, label, counts in (("negative", NEGATIVE, series.negative), ("positive", POSITIVE, series.positive)):
            if entry[column_of(label)]:
                amount = entry[column_of(label)] * _weight(series, label, number, tuning)
                _learn(series, name, counts, hour, at_ms, amount, tuning)
        if entry[STORIES]:
            _learn(series, "total", series.total, hour, at_ms, entry[STORIES], tuning)
    series.stories.forget(now_ms)
    horizon_ms = now_ms - widest * SLICE_MS
    for name, pieces in series.pieces.items():
        if pieces and min(piece.at_ms for piece in pieces) <= horizon_ms:
            series.pieces[name] = tuple(piece for piece in pieces if piece.at_ms > horizon_ms)
    past = now_ms // HOUR_MS - WEEK_HOURS - 1
    if series.heard and min(series.heard) < past:
        series.heard = {hour: stories for hour, stories in series.heard.items() if hour >= past}


def count(
    series: SeriesState, mention: Mention, telling: Telling, now_ms: int | None, windows_ms: Collection[int]
) -> Counted:
    """Count a mention to its story, and remember how new it was and what it says.

    Args:
        series: changed in place.
        mention: what is counted.
        telling: what it brings to a story.
        now_ms: the watermark, if there is one yet.
        windows_ms: how far back any rule looks for evidence.
    """
    taken = series.stories.take(telling)
    series.slices.change(taken.first_ms // SLICE_MS, taken.before, taken.after)
    hour = telling.at_ms // HOUR_MS
    before = _heard_before(series.heard, hour)
    if taken.is_new:
        series.heard[hour] = series.heard.get(hour, 0) + 1
    else:
        own = taken.first_ms // HOUR_MS
        before = (before[0] - (hour - 24 < own <= hour), before[1] - (hour - WEEK_HOURS < own <= hour))
    series.taken.add(telling.article, taken.story, max(0, before[0]), max(0, before[1]))
    if telling.label != NEUTRAL:
        name = mention.sentiment.label
        kind: RuleKind = "positive-spike" if name == "positive" else "negative-spike"
        pieces = (*series.pieces.get(name, ()), piece_of(mention, taken.story, telling.at_ms))
        # A rule looks back from the mention or from the watermark: a wrong date ahead must not push out the present.
        moments = {telling.at_ms} if now_ms is None else {now_ms, max(now_ms, telling.at_ms)}
        starts_ms = {moment_ms - window_ms for moment_ms in moments for window_ms in windows_ms}
        series.pieces[name] = best_since(pieces, kind, starts_ms)
    return Counted(taken, telling.label)


def _heard_before(heard: dict[int, int], hour: int) -> tuple[int, int]:
    """Return the stories of the 24 hours, and of the week, that end with an hour."""
    day = week = 0
    for known, stories in heard.items():
        if hour - WEEK_HOURS < known <= hour:
            week += stories
            if known > hour - 24:
                day += stories
    return day, week


def _weight(series: SeriesState, label: int, number: int, tuning: Tuning) -> float:
    marks = (track.mark for track in series.tracks.values() if track.mark is not None and track.mark.label == label)
    longest = tuning.unusual_ms // SLICE_MS
    return min([1.0, *(m.weight for m in marks if m.first <= number <= min(m.last, max(m.first, m.opened) + longest))])


def _learn(
    series: SeriesState, name: str, counts: WeekCounts, hour: int, at_ms: int, amount: float, tuning: Tuning
) -> None:
    counts.add(hour, at_ms, amount, tuning.half_life_ms)
    series.short.setdefault(name, Decayed()).add(at_ms, amount, tuning.short_half_life_ms)
