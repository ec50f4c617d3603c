"""Contrasts: which part of a sentence is about one name and which about another, in `A soars as B sinks`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import Enum

Place = tuple[int, int]

_SETS_APART = r"even\s+as|as|while|but|whereas|although|though"


class Parting(Enum):
    """Be what parts a sentence."""

    WORDS = re.compile(rf"\s+(?:{_SETS_APART})\s+|;\s*", re.I)
    """Words that set two statements beside each other: each can be read by itself."""
    WORDS_AND_COMMAS = re.compile(rf"\s+(?:{_SETS_APART}|after|on|amid)\s+|;\s*|,\s+", re.I)
    """Whatever parts: what lies between says most of the name in it, and need not be a statement."""


def own_clause(text: str, span: Place, others: Iterable[Place], parting: Parting) -> Place | None:
    """Return the part of a sentence that holds a name, where another name lies outside it; else nothing."""
    cuts = [0, *(place for match in parting.value.finditer(text) for place in match.span()), len(text)]
    for start, end in zip(cuts[::2], cuts[1::2], strict=True):
        if start <= span[0] and span[1] <= end:
            apart = any(other[1] <= start or other[0] >= end for other in others)
            return (start, end) if apart else None
    return None
