"""Ranges: two figures with `to` between them, that say one thing."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from models.figures.amounts import Figure
from models.figures.asides import sentence_before
from models.figures.comparisons import AMOUNT, FROM_BEFORE, SENTENCE_END
from models.figures.pairs import alike

_RANGE = re.compile(r"\d\D*(?: to |[-–])\D*\d(?!\d*/)")
_FROM_A_RANGE = re.compile(r"[^,;]{0,40}\bfrom (?:(?:an?|the|its|about|around|earlier|previous|prior) )*", re.I)
"""Between two ranges: `3% to 4% growth from 5% to 7%`."""


def joined_ranges(text: str, figures: Sequence[Figure]) -> list[Figure]:
    """Return the figures with one for each of "4.75 to 4.95": its middle."""
    joined: list[Figure] = []
    for figure in figures:
        last = joined[-1] if joined else None
        if (
            last is not None
            and text[last.end : figure.start] == " to "
            and (last.unit or last.scale)
            and alike(last, figure)
            and figure.number > last.number
            and not _changes(text, joined)
            and not AMOUNT.search(sentence_before(text, last))
        ):
            scale = figure.scale if last.scale is None else last.scale
            middle = (last.number + figure.number) / 2
            joined[-1] = replace(figure, start=last.start, number=middle, scale=scale, unit=figure.unit or last.unit)
        else:
            joined.append(figure)
    return joined


def _changes(text: str, figures: Sequence[Figure]) -> bool:
    """Tell whether something went from the last figure to what follows: unless a range before came from a range."""
    last = figures[-1]
    if not FROM_BEFORE.search(sentence_before(text, last)):
        return False
    before = figures[-2] if len(figures) > 1 else last
    between = text[before.end : last.start]
    came = (
        alike(before, last)
        and _RANGE.search(text, before.start, before.end) is not None
        and _FROM_A_RANGE.fullmatch(between) is not None
        and not SENTENCE_END.search(between)
    )
    return not came
