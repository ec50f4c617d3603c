"""Two figures set against each other: in one unit and scale, with the signs of profit and loss."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Literal

from models.figures.amounts import PROPORTIONS, Figure
from models.figures.signs import Signs

Direction = Literal["up", "down", "flat", "better", "worse"]

MAX_RATIO = 10_000.0
"""Beyond, the two figures are hardly of one thing and one scale."""


@dataclass(frozen=True, slots=True)
class FigurePair:
    """Be two figures of one thing, and how the current one stands to the previous one.

    `better` and `worse` where one of them is a loss or below zero; else `up` and `down`, also where both say how far
    something went up or down. The values are signed where one is below zero.
    """

    current: Figure
    previous: Figure
    current_value: float
    previous_value: float
    direction: Direction


def ratio(pair: FigurePair) -> float:
    """Return how far apart two figures are: of two readings the nearer one is likelier."""
    if not pair.current_value or not pair.previous_value:
        return math.inf
    return abs(math.log(abs(pair.current_value / pair.previous_value)))


def alike(a: Figure, b: Figure) -> bool:
    """Tell whether two figures may be of one unit; one that has none may be of any."""
    if a.unit == b.unit or not a.unit or not b.unit:
        return True
    return {a.unit.partition(":")[0], b.unit.partition(":")[0]} == {"money"} and "money" in {a.unit, b.unit}


def fitted(a: Figure, b: Figure, *, close: bool) -> tuple[Figure, Figure] | None:
    """Return both figures in the unit and scale that one may have from the other; None where they do not fit."""
    if not alike(a, b):
        return None
    noun = bool(b.unit) and not b.unit.startswith("money") and b.unit not in PROPORTIONS
    if noun and not a.unit and not close:
        return None
    for one, other in ((a, b), (b, a)):
        if one.unit in PROPORTIONS and not other.unit and (other.scale is not None or other.grouped):
            return None
    if a.scale is not None and b.scale is None:
        b = _scaled(b, a)
    elif b.scale is not None and a.scale is None:
        a = _scaled(a, b)
    low, high = sorted((abs(a.value), abs(b.value)))
    if low and high / low > MAX_RATIO:
        return None
    return a, b


def _scaled(figure: Figure, other: Figure) -> Figure:
    """Return a figure in the scale of the other, unless it is written in full or has a currency of its own."""
    lent = replace(figure, scale=other.scale)
    written_in_full = figure.grouped or (figure.unit.startswith("money") and other.scale == 0.01)
    if written_in_full and figure.number and other.number:
        far = abs(math.log(abs(lent.value / other.value)))
        if abs(math.log(abs(figure.value / other.value))) < far or other.scale == 0.01:
            return figure
    return lent


def compared(a: Figure, b: Figure, signs: Signs, *, current_first: bool) -> FigurePair:
    """Return the pair that two fitted figures make."""
    signed = min(signs.first, signs.second) < 0
    values = [abs(figure.value) * (-1 if sign < 0 else 1) for figure, sign in ((a, signs.first), (b, signs.second))]
    (current, now), (previous, then) = (
        ((a, values[0]), (b, values[1])) if current_first else ((b, values[1]), (a, values[0]))
    )
    direction: Direction
    if math.isclose(now, then, rel_tol=1e-9):
        direction = "flat"
    elif signed and not signs.moves:
        direction = "better" if now > then else "worse"
    else:
        direction = "up" if now > then else "down"
    return FigurePair(current, previous, now, then, direction)
