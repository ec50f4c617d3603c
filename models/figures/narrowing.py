"""Losses that a text calls smaller without two figures that say so: better news than the word `loss`.

A small encoder hears the loss. Read as "posts narrower loss better" it says what it learned of figures that improve
(`models/figures/directions.py`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_NO_RESULT = r"(?<!stop[ -])(?<!job )(?<!weight )(?<!hair )(?<!hearing )(?<!loan )(?<!loan-)(?<!credit )"
_LOSS = rf"{_NO_RESULT}loss\b(?!\s+(?:of\s+(?:life|lives|jobs?)|ratios?|provisions?|reserves?|adjust\w*|rates?)\b)"
_WORDS = r"(?:(?!(?:after|amid|and|as|at|by|despite|for|in|of|on|over|to|with)\b)[A-Za-z'-]+\s+){0,3}?"
_THAN = r"[ -]than[ -](?:feared|expected|forecast|estimated|thought|anticipated)"
_SMALLER = re.compile(
    rf"\b(?:(?:(?:narrow(?:s|ed|er|ing)|smaller)(?:{_THAN})?|reduce[sd]|shrinking|halve[sd]|cuts|trims|slashes)\s+"
    rf"(?:down\s+)?{_WORDS}{_LOSS}|{_LOSS}\s+(?:narrow(?:s|ed)|shr[aiu]nks?|halve[sd])\b|losses\s+narrow(?:s|ed)?\b)",
    re.I,
)


def smaller_losses(text: str) -> Iterator[int]:
    """Yield the end of each phrase of a text that calls a loss smaller than before, or than was feared."""
    yield from (match.end() for match in _SMALLER.finditer(text))
