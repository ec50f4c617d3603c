"""Counts of stories in quarters of an hour: the windows that detection looks at, in bounded space."""

from __future__ import annotations

from alerts.detection.stories import NEGATIVE, POSITIVE, Count
from alerts.rules import Weighting

MAX_SLICES = 160
STORIES = 0
WIDTH = 7
"""Stories; then for negative and for positive ones their number, and their severities and relevances in 255ths."""
_OFFSET: dict[Weighting, int] = {"count": 0, "severity": 1, "relevance": 2}

Slice = list[int]


def column_of(label: int, weighting: Weighting = "count") -> int:
    """Return the place in a slice of what a label counts."""
    return (1 if label == NEGATIVE else 4) + _OFFSET[weighting]


class Slices:
    """Be the slices of a series that have a story, by number: the start over the slice's length.

    At most 160 are kept; what is furthest ahead goes first, since only a mis-stamped article lies there.
    """

    def __init__(self, entries: dict[int, Slice] | None = None) -> None:
        self.entries = entries if entries is not None else {}

    def change(self, number: int, before: Count | None, after: Count) -> None:
        """Count a new story, or one whose label changed; a slice that was folded away is left alone."""
        entry = self.entries.get(number)
        if entry is None:
            if before is not None:
                return
            if len(self.entries) >= MAX_SLICES:
                furthest = max(self.entries)
                if number >= furthest:
                    return
                del self.entries[furthest]
            entry = self.entries[number] = [0] * WIDTH
        if before is None:
            entry[STORIES] += 1
        elif before == after:
            return
        else:
            _add(entry, before, -1)
        _add(entry, after, 1)

    def sum(self, last: int, slices: int, column: int) -> int:
        """Add up one column over the window of so many slices that ends with `last`."""
        first = last - slices
        return sum(entry[column] for number, entry in self.entries.items() if first < number <= last)

    def fold(self, before: int) -> list[tuple[int, Slice]]:
        """Take out the slices earlier than `before`, the earliest first."""
        entries = self.entries
        if not entries or min(entries) >= before:
            return []
        return [(number, entries.pop(number)) for number in sorted(entries) if number < before]


def _add(entry: Slice, count: Count, sign: int) -> None:
    if count.label in (NEGATIVE, POSITIVE):
        column = column_of(count.label)
        entry[column] += sign
        entry[column + 1] += sign * count.severity
        entry[column + 2] += sign * count.relevance
