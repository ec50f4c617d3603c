"""Counts of stories in short slices of event time: the window that detection looks at, in bounded space."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

SLICES_A_WINDOW = 24
MAX_SLICES = 64

Window = npt.NDArray[np.int64]
"""Slices of a window that have a story, shape (B, 3): number, stories, negative stories."""


@dataclass(frozen=True, slots=True)
class Slices:
    """Be the slices of a series that have a story: (number, stories, negative stories), the earliest first.

    The number of a slice is its start divided by the slice's length. At most 64 are kept; what is furthest ahead
    goes first, since only a mis-stamped article lies there.
    """

    entries: tuple[tuple[int, int, int], ...] = ()

    def adding(self, number: int, stories: int, negative: int) -> Slices:
        """Add to one slice; counts never fall below zero."""
        counts = {entry[0]: entry[1:] for entry in self.entries}
        had = counts.get(number, (0, 0))
        counts[number] = (max(0, had[0] + stories), max(0, had[1] + negative))
        return Slices(tuple((n, *counts[n]) for n in sorted(counts)[:MAX_SLICES]))

    def window(self, last: int) -> Window:
        """Return the slices of the window that ends with `last`."""
        chosen = [entry for entry in self.entries if last - SLICES_A_WINDOW < entry[0] <= last]
        return np.array(chosen, dtype=np.int64).reshape(-1, 3)

    def negative(self, last: int) -> int:
        """Count the negative stories of the window that ends with `last`."""
        return int(self.window(last)[:, 2].sum())

    def split(self, before: int) -> tuple[Slices, tuple[tuple[int, int, int], ...]]:
        """Return the slices from `before` on, and the earlier ones apart."""
        return (
            Slices(tuple(entry for entry in self.entries if entry[0] >= before)),
            tuple(entry for entry in self.entries if entry[0] < before),
        )
