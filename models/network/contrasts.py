"""Contrasts: which part of a sentence is about one name and which about another, in `A soars as B sinks`."""

from __future__ import annotations

import re
from collections.abc import Iterable

Place = tuple[int, int]

_SETS_APART = re.compile(r"\s+(?:even\s+as|as|while|but|whereas|although|though)\s+|;\s*", re.I)
"""What sets two statements beside each other, each of which can be read by itself; between commas lies less."""
_LEADS = re.compile(
    r"(\W*(?:while|whereas|(?:al|even\s+)?though|even\s+as)\s+)(?:[^,;]|,(?=\d))+(,\s+)(?:[^,;]|,(?=\d))+$", re.I
)
"""A statement that leads in another, in `While A soars, B sinks`; of several commas none can be told to part them."""


def own_clause(text: str, span: Place, names: Iterable[Place]) -> Place | None:
    """Return the part of a sentence that holds a name, where another of its names lies outside it; else nothing."""
    leads = _LEADS.match(text)
    parting = [leads.span(1), leads.span(2)] if leads else []
    parting += [match.span() for match in _SETS_APART.finditer(text, leads.end(2) if leads else 0)]
    cuts = [0, *(place for span in parting for place in span), len(text)]
    for start, end in zip(cuts[::2], cuts[1::2], strict=True):
        if start <= span[0] and span[1] <= end:
            apart = any(name[1] <= start or name[0] >= end for name in names)
            return (start, end) if apart else None
    return None
