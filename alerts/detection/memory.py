"""The articles that a series took last, each with how new it was: a ring of bounded size."""

from __future__ import annotations

import hashlib

import numpy as np

_LAYOUT = np.dtype([("article", "<u8"), ("story", "<u8"), ("before_24h", "<u2"), ("before_7d", "<u2")])
_MOST = 65_535


class Memory:
    """Hold the latest articles, 20 bytes each; the oldest makes room."""

    def __init__(self, capacity: int, data: bytes = b"") -> None:
        self.capacity = capacity
        kept = np.frombuffer(data, dtype=_LAYOUT)
        self._rows = np.zeros(max(8, len(kept)), dtype=_LAYOUT)
        self._rows[: len(kept)] = kept
        self._count = len(kept)
        self._articles = set(kept["article"].tolist())

    def __contains__(self, article: int) -> bool:
        return article in self._articles

    def __len__(self) -> int:
        return len(self._articles)

    def add(self, article: int, story: int = 0, before_24h: int = 0, before_7d: int = 0) -> None:
        """Remember an article; `story` is 0 where it was not counted."""
        if self._count == len(self._rows):
            grown = np.zeros(2 * len(self._rows), dtype=_LAYOUT)
            grown[: self._count] = self._rows
            self._rows = grown
        if self._count >= 2 * self.capacity:
            self._trim()
        self._rows[self._count] = (article, story, min(_MOST, before_24h), min(_MOST, before_7d))
        self._count += 1
        self._articles.add(article)
        if self._count > self.capacity:
            self._articles.discard(int(self._rows[self._count - self.capacity - 1]["article"]))

    def find(self, article: int) -> tuple[int, int, int] | None:
        """Return story and counts of an article as they were when it came, or None."""
        if article not in self._articles:
            return None
        rows = self._rows[: self._count]
        row = rows[int(np.flatnonzero(rows["article"] == np.uint64(article))[-1])]
        return int(row["story"]), int(row["before_24h"]), int(row["before_7d"])

    def to_bytes(self) -> bytes:
        """Write the articles that count, the oldest first."""
        return self._rows[max(0, self._count - self.capacity) : self._count].tobytes()

    def _trim(self) -> None:
        kept = self._rows[self._count - self.capacity : self._count].copy()
        self._rows[: len(kept)] = kept
        self._count = len(kept)


def hash_of(text: str) -> int:
    """Return 63 bits that are never 0."""
    digest = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return (int.from_bytes(digest, "little") >> 1) | 1
