"""Stories: copies and rewrites of one text count once, within 72 hours, for each series."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from alerts.signatures import Sketch

STORY_SPAN_MS = 72 * 3_600_000
PERMUTATIONS_KEPT = 32
"""The standard error of a similarity is at most 0.09, and a story takes 57 bytes."""
SAME_STORY = 0.35
"""Estimated Jaccard similarity from which two texts are one story: an edited copy keeps 0.4 and more of its
three-word shingles, two stories about one name rarely share 0.15."""
_CHANCE = 1 / 256
"""How often two different minima agree in their lowest byte."""
_LAYOUT = np.dtype(
    [
        ("first_ms", "<i8"),
        ("story", "<u8"),
        ("title", "<u4"),
        ("articles", "<u2"),
        ("negative", "<u2"),
        ("counted", "u1"),
        ("sketch", "u1", (PERMUTATIONS_KEPT,)),
    ]
)
_MAX_ARTICLES = 65_535


@dataclass(frozen=True, slots=True)
class Taken:
    """Say which story an article went to, and how that changed the counts of its time."""

    story: int
    """64 bits of the id of its first article."""
    first_ms: int
    is_new: bool
    negative_change: int
    """+1 where the story has become negative, −1 where it no longer is, else 0."""


@dataclass(frozen=True, slots=True)
class Stories:
    """Be the latest stories of one series, at most `capacity`: 57 bytes each."""

    rows: npt.NDArray[np.void]
    """Shape (N,), in the order of their first sight."""
    capacity: int

    @classmethod
    def of(cls, data: bytes, capacity: int) -> Stories:
        """Read what `to_bytes` wrote; no bytes are no stories."""
        return cls(np.frombuffer(data, dtype=_LAYOUT), capacity)

    def to_bytes(self) -> bytes:
        """Write 57 bytes a story."""
        return self.rows.tobytes()

    def take(self, article: int, sketch: Sketch, title: int, at_ms: int, *, negative: bool) -> tuple[Stories, Taken]:
        """Count an article to its story, or begin one.

        A story is negative while at least half of its articles are. Where there is no room, the story furthest in
        time from this one goes. One comparison of 32 bytes for each story that is kept.
        """
        place = self._match(sketch, title, at_ms)
        if place is None:
            return self._begin(article, sketch, title, at_ms, negative=negative)
        rows = self.rows.copy()
        row = rows[place]
        was = bool(row["counted"])
        if row["articles"] < _MAX_ARTICLES:
            row["articles"] += 1
            row["negative"] += negative
        row["counted"] = now = 2 * int(row["negative"]) >= int(row["articles"])
        taken = Taken(int(row["story"]), int(row["first_ms"]), False, int(now) - int(was))
        return Stories(rows, self.capacity), taken

    def without_old(self, watermark_ms: int) -> Stories:
        """Drop the stories that no copy can join any more."""
        keep = self.rows["first_ms"] > watermark_ms - STORY_SPAN_MS
        return self if bool(keep.all()) else Stories(self.rows[keep], self.capacity)

    def articles_within(self, start_ms: int, end_ms: int) -> int:
        """Count the articles of the negative stories that began after `start_ms` and not after `end_ms`."""
        first = self.rows["first_ms"]
        chosen = (first > start_ms) & (first <= end_ms) & (self.rows["counted"] > 0)
        return int(self.rows["articles"][chosen].sum())

    def _match(self, sketch: Sketch, title: int, at_ms: int) -> int | None:
        if not len(self.rows):
            return None
        agreeing = (self.rows["sketch"] == sketch).mean(axis=1)  # (N,)
        likeness = (agreeing - _CHANCE) / (1 - _CHANCE)
        if title:
            likeness = np.where(self.rows["title"] == title, 1.0, likeness)
        near = np.abs(self.rows["first_ms"] - at_ms) <= STORY_SPAN_MS
        likeness = np.where(near, likeness, 0.0)
        best = int(likeness.argmax())
        return best if likeness[best] >= SAME_STORY else None

    def _begin(self, article: int, sketch: Sketch, title: int, at_ms: int, *, negative: bool) -> tuple[Stories, Taken]:
        new = np.zeros(1, dtype=_LAYOUT)
        new["first_ms"], new["story"], new["title"], new["articles"] = at_ms, article, title, 1
        new["negative"] = new["counted"] = int(negative)
        new["sketch"] = sketch
        kept = self.rows
        if len(kept) >= self.capacity:
            kept = np.delete(kept, int(np.abs(kept["first_ms"] - at_ms).argmax()))
        return Stories(np.concatenate([kept, new]), self.capacity), Taken(article, at_ms, True, int(negative))
