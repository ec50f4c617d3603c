"""Vectors compared in memory: exact, and quick up to a few hundred thousand articles (2 kB each at 384 dimensions)."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from streams.sinks.acceptance import unit


class Vectors:
    """Keep one unit vector of shape (D,) and one time a number, and find the nearest."""

    def __init__(self, dimensions: int) -> None:
        self._rows: dict[int, int] = {}
        self._numbers = np.zeros(0, dtype=np.int64)
        self._times_ms = np.zeros(0, dtype=np.int64)
        self._matrix = np.zeros((0, dimensions), dtype=np.float32)  # (capacity, D)

    def put(self, vectors: Iterable[tuple[int, int, npt.NDArray[np.float32]]]) -> None:
        """Add or replace vectors: each a number, a time in milliseconds and shape (D,)."""
        for number, time_ms, vector in vectors:
            row = self._rows.setdefault(number, len(self._rows))
            if row == len(self._matrix):
                self._grow()
            direction = unit(vector)
            self._numbers[row], self._times_ms[row] = number, time_ms
            # Without a direction it is near nothing: a cosine that is not a number is never found.
            self._matrix[row] = np.nan if direction is None else direction

    def nearest(
        self, vector: npt.NDArray[np.float32], limit: int, since_ms: int | None = None
    ) -> list[tuple[int, float]]:
        """Return numbers and cosines, nearest first."""
        direction, count = unit(vector), len(self._rows)
        if direction is None or not count or limit < 1:
            return []
        cosines = self._matrix[:count] @ direction  # (N,)
        usable = np.isfinite(cosines)
        if since_ms is not None:
            usable &= self._times_ms[:count] >= since_ms
        rows = np.flatnonzero(usable)
        if len(rows) > limit:
            rows = rows[np.argpartition(-cosines[rows], limit - 1)[:limit]]
        rows = rows[np.argsort(-cosines[rows], kind="stable")]
        return [(int(self._numbers[row]), float(cosines[row])) for row in rows]

    def _grow(self) -> None:
        extra = max(1024, len(self._matrix))
        self._numbers = np.concatenate([self._numbers, np.zeros(extra, dtype=np.int64)])
        self._times_ms = np.concatenate([self._times_ms, np.zeros(extra, dtype=np.int64)])
        self._matrix = np.concatenate([self._matrix, np.zeros((extra, self._matrix.shape[1]), dtype=np.float32)])
