"""Stories: copies and rewrites of one text count once, within 72 hours, for each series."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from alerts.detection.signatures import PERMUTATIONS, Sketch
from alerts.detection.vectors import DIMENSIONS, StoryVector

STORY_SPAN_MS = 72 * 3_600_000
SAME_STORY = 0.25
"""Estimated Jaccard similarity of two-word shingles from which two texts are one story. Of short copies, cut, sent on
or reworded, 1 in 100 lies below; of pairs of other tweets 1 in 750 lies above, of other news 1 in 1,250."""
SAME_MEANING = 0.96
"""Cosine of two story vectors from which two texts are one story. Two contracts of one name reach 0.95, so this joins
light rewording alone: `docs/detection.md` has the figures."""
AKIN, NEAR_MEANING = 0.13, 0.75
"""Both together also make one story: a short copy with two words changed and its end cut shares few pairs of words. Of
3,699 edited copies 12 began a story of their own at a cosine of 0.88, 3 of these would at 0.75; of 33,411 pairs of
other bad news about one name it joins 1 in 1,000."""
LATER_KEPT = 2
"""How many later wordings a story keeps beside its first: a copy of one of them may be unlike the first …"""
UNLIKE = 0.7
"""… each of an article of whose minima a smaller share agrees with those of any wording that is kept."""
_CHANCE = 1 / 256
"""How often two different minima agree in their lowest byte."""
NEUTRAL, NEGATIVE, POSITIVE = 0, 1, 2
SPOKEN = {NEGATIVE: "negative", POSITIVE: "positive"}
"""What the labels that a spike can count are called."""
_LAYOUT = np.dtype(
    [
        ("first_ms", "<i8"),
        ("story", "<u8"),
        ("title", "<u4"),
        ("articles", "<u2"),
        ("negative", "<u2"),
        ("positive", "<u2"),
        ("label", "u1"),
        ("severity", "u1"),
        ("relevance", "u1"),
        ("space", "<u2"),
        ("sketch", "u1", (PERMUTATIONS,)),
        ("vector", "i1", (DIMENSIONS,)),
    ]
)
_MAX_ARTICLES = 65_535


@dataclass(frozen=True, slots=True)
class Telling:
    """Be what one article brings to a story."""

    article: int
    """64 bits of its id."""
    sketch: Sketch
    title: int
    vector: tuple[int, StoryVector] | None
    at_ms: int
    label: int
    severity: int
    """How strongly it speaks, 0 to 255."""
    relevance: int
    """How much it is about the series, 0 to 255."""


@dataclass(frozen=True, slots=True)
class Count:
    """Be what a story counts in its slice of time: its label with two weights from 0 to 255."""

    label: int
    severity: int
    relevance: int


@dataclass(frozen=True, slots=True)
class Taken:
    """Say which story an article went to, and how that changed what it counts."""

    story: int
    """64 bits of the id of its first article."""
    first_ms: int
    before: Count | None
    """None where the story is new."""
    after: Count

    @property
    def is_new(self) -> bool:
        """Say whether the article began the story."""
        return self.before is None


class Stories:
    """Be the latest stories of one series in at most `capacity` rows of 159 bytes. It changes in place.

    A story is a row with the wording of its first article, and behind it a row of no articles for each later wording
    that is kept. Those take only the room that stories leave.
    """

    def __init__(self, capacity: int, data: bytes = b"") -> None:
        kept = np.frombuffer(data, dtype=_LAYOUT)
        self.capacity = capacity
        self._rows = np.zeros(min(capacity, max(4, len(kept))), dtype=_LAYOUT)
        self._rows[: len(kept)] = kept
        self._count = len(kept)

    @property
    def rows(self) -> npt.NDArray[np.void]:
        """Return the rows, shape (N,), in the order of their first sight."""
        return self._rows[: self._count]

    def to_bytes(self) -> bytes:
        """Write 159 bytes a row."""
        return self.rows.tobytes()

    def take(self, telling: Telling) -> Taken:
        """Count an article to its story, or begin one.

        A story is negative (or else positive) while at least half of its articles are. Where there is no room, a later
        wording goes, or else the story furthest in time from this one.
        """
        matched = self._match(telling)
        if matched is None:
            return self._begin(telling)
        place = self._first_of(matched)
        row = self._rows[place]
        before = Count(int(row["label"]), int(row["severity"]), int(row["relevance"]))
        if row["articles"] < _MAX_ARTICLES:
            row["articles"] += 1
            row["negative"] += telling.label == NEGATIVE
            row["positive"] += telling.label == POSITIVE
        articles = int(row["articles"])
        label = NEUTRAL
        if 2 * int(row["negative"]) >= articles:
            label = NEGATIVE
        elif 2 * int(row["positive"]) >= articles:
            label = POSITIVE
        after = before if label == before.label else Count(label, telling.severity, telling.relevance)
        row["label"], row["severity"], row["relevance"] = after.label, after.severity, after.relevance
        taken = Taken(int(row["story"]), int(row["first_ms"]), before, after)
        self._keep_wording(telling, taken)
        return taken

    def forget(self, watermark_ms: int) -> None:
        """Drop the stories that no copy can join any more."""
        rows = self.rows
        if len(rows) and int(rows["first_ms"].min()) <= watermark_ms - STORY_SPAN_MS:
            kept = rows[rows["first_ms"] > watermark_ms - STORY_SPAN_MS]
            self._rows[: len(kept)] = kept
            self._count = len(kept)

    def articles_within(self, label: int, start_ms: int, end_ms: int) -> int:
        """Count the articles of the stories of a label that began after `start_ms` and not after `end_ms`."""
        rows = self.rows
        chosen = (rows["first_ms"] > start_ms) & (rows["first_ms"] <= end_ms) & (rows["label"] == label)
        return int(rows["articles"][chosen].sum())

    def _match(self, telling: Telling) -> int | None:
        rows = self.rows
        if not len(rows):
            return None
        near = np.abs(rows["first_ms"] - telling.at_ms) <= STORY_SPAN_MS
        agreeing = np.count_nonzero(rows["sketch"] == telling.sketch, axis=1) / PERMUTATIONS  # (N,)
        likeness = (agreeing - _CHANCE) / (1 - _CHANCE)
        if telling.title:
            likeness = np.where(rows["title"] == telling.title, 1.0, likeness)
        likeness = np.where(near, likeness, 0.0)
        best = int(likeness.argmax())
        if likeness[best] >= SAME_STORY:
            return best
        return None if telling.vector is None else self._same_meaning(*telling.vector, near, likeness)

    def _same_meaning(
        self, space: int, vector: StoryVector, near: npt.NDArray[np.bool_], likeness: npt.NDArray[np.float64]
    ) -> int | None:
        rows = self.rows
        kept = rows["vector"].astype(np.float32)  # (N, 64)
        other = vector.astype(np.float32)
        norms = np.sqrt((kept * kept).sum(axis=1) * float(other @ other)) + 1e-9
        cosine = np.where(near & (rows["space"] == space), (kept @ other) / norms, 0.0)
        same = (cosine >= SAME_MEANING) | ((likeness >= AKIN) & (cosine >= NEAR_MEANING))
        return int(np.where(same, cosine, -1.0).argmax()) if same.any() else None

    def _first_of(self, place: int) -> int:
        """Return the row that counts the articles of a row's story."""
        rows = self.rows
        return place if rows["articles"][place] else int((rows["story"] == rows["story"][place]).argmax())

    def _keep_wording(self, telling: Telling, taken: Taken) -> None:
        """Keep how an article of a story is worded, in the place of the oldest later wording where there are enough."""
        rows = self.rows
        own = rows["story"] == np.uint64(taken.story)
        if np.count_nonzero(rows["sketch"][own] == telling.sketch, axis=1).max() >= UNLIKE * PERMUTATIONS:
            return
        later = np.flatnonzero(own & (rows["articles"] == 0))
        if len(later) >= LATER_KEPT:
            self._drop(int(later[0]))
        if self._count < self.capacity:
            self._append(telling, taken.first_ms, taken.story)

    def _begin(self, telling: Telling) -> Taken:
        if self._count >= self.capacity:
            rows = self.rows
            later = np.flatnonzero(rows["articles"] == 0)
            self._drop(int(later[0]) if len(later) else int(np.abs(rows["first_ms"] - telling.at_ms).argmax()))
        row = self._append(telling, telling.at_ms, telling.article)
        row["articles"], row["negative"], row["positive"] = 1, telling.label == NEGATIVE, telling.label == POSITIVE
        row["label"], row["severity"], row["relevance"] = telling.label, telling.severity, telling.relevance
        return Taken(telling.article, telling.at_ms, None, Count(telling.label, telling.severity, telling.relevance))

    def _drop(self, place: int) -> None:
        self._rows[place : self._count - 1] = self._rows[place + 1 : self._count].copy()
        self._count -= 1

    def _append(self, telling: Telling, first_ms: int, story: int) -> np.void:
        """Add a row that counts no article yet."""
        if self._count == len(self._rows):
            grown = np.zeros(min(self.capacity, 2 * len(self._rows)), dtype=_LAYOUT)
            grown[: self._count] = self._rows
            self._rows = grown
        space, vector = telling.vector or (0, 0)
        self._rows[self._count] = (first_ms, story, telling.title, 0, 0, 0, 0, 0, 0, space, telling.sketch, vector)
        self._count += 1
        row: np.void = self._rows[self._count - 1]
        return row
