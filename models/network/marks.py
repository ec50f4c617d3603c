"""Words that are put into a text for the encoder to read: how figures compare, and that a loss is smaller."""

from __future__ import annotations

from dataclasses import dataclass

from models.figures.directions import Direction, directions
from models.figures.narrowing import smaller_losses

_WORDS: dict[Direction, str] = {"up": "up", "down": "down", "flat": "unchanged", "better": "better", "worse": "worse"}


@dataclass(frozen=True, slots=True)
class Mark:
    """Be a word for the encoder to read just after a place of the text, in code points."""

    at: int
    word: str


def marks(text: str) -> tuple[Mark, ...]:
    """Return what to add to a text so that it says how its figures compare: a word after each current figure.

    Where there are none, a loss that the text calls smaller is marked as better.
    """
    found = {(pair.current.end, _WORDS[pair.direction]) for pair in directions(text)}
    return tuple(Mark(at, word) for at, word in sorted(found or {(at, "better") for at in smaller_losses(text)}))
