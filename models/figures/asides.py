"""Asides: a figure right behind another, in brackets or behind a comma, that was expected or is of the time before."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from models.figures.amounts import PROPORTIONS, Figure
from models.figures.comparisons import AMOUNT, BRACKETED, CHANGE, ESTIMATED, SENTENCE_END, THING
from models.figures.pairs import alike

_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_ANNOTATED = re.compile(r"[(\[][^()\[\]:]*:[^()\[\]]*[)\]]")
_RESULT = re.compile(r"\b(?:eps|shr|ebit(?:da)?|cash flow)\b", re.I)
"""What may lie below zero beside profits and losses."""


def sentence_before(text: str, figure: Figure, floor: int = 0) -> str:
    """Return the sentence up to a figure, from `floor` at the earliest."""
    floor = max(floor, figure.start - 120)
    before = text[floor : figure.start]
    ends = list(SENTENCE_END.finditer(before))
    return before[ends[-1].end() :] if ends else before


def in_brackets(text: str, figures: Sequence[Figure]) -> tuple[list[Figure], frozenset[int]]:
    """Read a result in brackets right behind another as that of the time before: `SEK 1,204m (1,011)`.

    One in another currency says the same again, `12 mln euros ($13.1 million)`, and is no loss for its brackets.

    Returns:
        The figures, those without the sign that brackets have elsewhere; and where those begin.
    """
    read, found = list(figures), set()
    for place in range(1, len(read)):
        a, b = read[place - 1], read[place]
        written = text[b.start : b.end]
        if written[0] != "(" or text[a.end : b.start].strip():
            continue
        again = {a.unit.partition(":")[0], b.unit.partition(":")[0]} == {"money"} and not alike(a, b)
        earlier = not again and _is_earlier(a, b, written, sentence_before(text, a))
        if again or earlier:
            read[place] = replace(b, negative="-" in written or "−" in written)
        if earlier:
            found.add(b.start)
    return read, frozenset(found)


def annotates(text: str, a: Figure, gap: str, before: str) -> bool:
    """Tell whether what follows a figure is what was expected, or that of an earlier period.

    Args:
        text: holds the figures.
        a: the first of them.
        gap: between them.
        before: what leads to the first.
    """
    bracketed = BRACKETED.fullmatch(gap)
    if bracketed is None and ESTIMATED.fullmatch(gap) is None:
        return False
    amount = None if bracketed and bracketed["move"] else AMOUNT.search(before)
    if amount and (amount["falling"] or a.unit not in PROPORTIONS):
        return False
    if bracketed is None or bracketed["year"] is None:
        return True
    told = _ANNOTATED.sub("", sentence_before(text, a))
    return all(year > bracketed["year"] for year in _YEAR.findall(told))


def _is_earlier(a: Figure, b: Figure, written: str, before: str) -> bool:
    """Tell whether a figure in brackets is that of the time before, by its unit, its scale and what leads to both."""
    return (
        bool(a.unit or a.scale)
        and (b.unit == a.unit if b.unit else not b.scale)
        and (b.scale == a.scale or not b.unit)
        and "+" not in written
        and _is_result(before, signed=any(sign in written for sign in "-−+"))
    )


def _is_result(before: str, *, signed: bool) -> bool:
    """Tell whether a figure is a result, by the text before it: with a sign in brackets a price tells its change."""
    things = list(THING.finditer(before))
    if signed:
        return any(not match["other"] for match in things) or bool(_RESULT.search(before))
    return bool(things or CHANGE.search(before))
