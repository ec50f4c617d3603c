"""Signs of figures: a minus, or words beside a figure that say profit or loss, above zero or below, up or down."""

from __future__ import annotations

import re
from typing import NamedTuple

from models.figures.amounts import PROPORTIONS, Figure
from models.figures.comparisons import (
    AMOUNT,
    BASIS,
    BESIDE_ZERO,
    CONNECTION,
    EARNED,
    EITHER,
    FALL,
    LOST,
    MOVED,
    NARROWING,
    PLAIN,
    SIGN_BEHIND,
    THING,
)


class Signs(NamedTuple):
    """Be the signs of two figures in their order: −1 below zero, 1 above, 0 where nothing is said."""

    first: int
    second: int
    moves: bool = False
    """Whether both say how far something went up or down, which is good or bad by what the thing is."""


def lost(figure: Figure, before: str) -> bool:
    """Tell whether an amount was lost: of a share of a hundred that says how far something fell."""
    return figure.unit not in PROPORTIONS and bool(LOST.search(before))


def moved(figure: Figure, before: str) -> re.Match[str] | None:
    """Return the verb right before a figure that says how far something went `up` or `down`."""
    return None if lost(figure, before) else MOVED.search(before)


def signs(text: str, a: Figure, b: Figure, before: str) -> Signs | None:
    """Return the signs of two figures of a text; None where the comparison hangs on one that is not told.

    Args:
        text: holds both.
        a: the first of them.
        b: the second, in the unit and scale of the first.
        before: the sentence up to the first.
    """
    behind_a, behind_b = SIGN_BEHIND.match(text, a.end), SIGN_BEHIND.match(text, b.end)
    tail = text[behind_a.end() if behind_a else a.end : b.start]
    connections = [*CONNECTION.finditer(tail)]
    tail = tail[connections[-1].end() :] if connections else tail
    moves = _moves(a, b, before, tail)
    if moves is None or moves.moves:
        return moves
    said_a, said_b = _said(a, before, behind_a), _said(b, tail, behind_b)
    if a.negative or b.negative:
        return Signs(said_a or 1, said_b or 1)
    if said_b < 0 and said_a == 0:
        return Signs(-1 if NARROWING.search(before) else 1, -1)
    if said_a < 0 and said_b == 0:
        if _beside_zero(before) and _last_sign(before) >= 0:
            return Signs(-1, 1) if abs(a.value) > abs(b.value) else None
        return Signs(-1, -1)
    return Signs(said_a, said_b)


def _moves(a: Figure, b: Figure, before: str, tail: str) -> Signs | None:
    """Return the signs of two moves; zeros where there are none, and None where only one is told."""
    of_b = moved(b, tail)
    if of_b is None:
        of_a = moved(a, before)
        return None if of_a and of_a["down"] else Signs(0, 0)
    of_a = None if lost(a, before) else AMOUNT.search(before)
    if of_a:
        told = bool(of_a["rising"] or of_a["falling"])
    else:
        told = a.unit in PROPORTIONS and not FALL.search(before) and bool(PLAIN.fullmatch(tail[: of_b.start()]))
    if not told:
        return None
    first = -1 if a.negative or (of_a and of_a["falling"]) else 1
    return Signs(first, -1 if b.negative or of_b["down"] else 1, moves=True)


def _said(figure: Figure, before: str, behind: re.Match[str] | None) -> int:
    """Return the sign of one figure by itself, or by the words on its sides."""
    if figure.negative:
        return -1
    if behind:
        return _sign_of(behind)
    if lost(figure, before):
        return -1
    return _beside_zero(before) or (1 if EARNED.search(before) else _last_sign(before))


def _beside_zero(before: str) -> int:
    side = BESIDE_ZERO.search(before)
    return 0 if side is None else -1 if side["below"] else 1


def _sign_of(match: re.Match[str]) -> int:
    return -1 if match["loss"] else 1 if match["profit"] else 0


def _last_sign(text: str) -> int:
    last = 0
    for match in THING.finditer(BASIS.sub(r"\g<result>", EITHER.sub("", text))):
        last = _sign_of(match)
    return last
