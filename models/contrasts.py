"""Contrasts: which part of a sentence is about one name and which about another, in `A soars as B sinks`."""

from __future__ import annotations

import re
from collections.abc import Iterable

Place = tuple[int, int]

_SETS_APART = re.compile(r"\s+(?:even\s+as|as|while|but|whereas|although|though)\s+|;\s*", re.I)
"""What sets two statements beside each other, each of which can be read by itself; between commas lies less."""


def own_clause(text: str, span: Place, names: Iterable[Place]) -> Place | None:
    """Return the part of a sentence that holds a name, where another of its names lies outside it; else nothing."""
    cuts = [0, *(place for match in _SETS_APART.finditer(text) for place in match.span()), len(text)]
    for start, end in zip(cuts[::2], cuts[1::2], strict=True):
        if start <= span[0] and span[1] <= end:
            apart = any(name[1] <= start or name[0] >= end for name in names)
            return (start, end) if apart else None
    return None
