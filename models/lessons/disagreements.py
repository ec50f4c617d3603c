"""Where a labelled set disagrees with itself: one wording, several labels, and nothing that tells them apart."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

from models.figures.amounts import figures
from models.figures.directions import directions
from models.lessons.datasets import SentimentExample, strongest

MIN_ROWS = 4
"""Of a wording, before anything is said about it: fewer may differ by mistake."""
AGREEMENT = 0.8
"""Share of the rows with one label at which the rest are taken for mistakes, and all labels stand."""
DECIDED: dict[str, int] = {"@ net loss #": 0, "@ net loss narrows #": 2}
"""Wordings whose label follows from what the labels mean (`docs/labels.md`): negative, and positive."""

# What only says when, or that something is reported, does not make another wording.
_PERIOD = re.compile(
    r"\b(?:(?:[qh][1-4]|[1-4][qh])(?:\s?fy\s?'?\d{2,4})?|fy\s?'?\d{2,4}(?:-\d\d)?|(?:first|second|third|fourth"
    r"|last)[- ](?:quarter|qtr|half)"
    r"|(?:march|mar|june|jun|september|sept?|december|dec)[- ](?:quarter|qtr)|(?:quarter|qtr))\b(?:'s)?",
    re.I,
)
_FILLERS = re.compile(
    r"(?<![\w@#])(?:an?|the|its?|of|at|in|for|to|on|by|reports?|reported|reporting|posts?|posted|posting"
    r"|consolidated|standalone"
    r"|logs?|clocks?|'s|’s)(?![\w@#])"
)
_DIGITS = re.compile(r"\d+(?:[.,]\d+)*")
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Be a wording that carries several labels, with the rows that have it and their mean target."""

    template: str
    rows: tuple[int, ...]
    """Places in the sequence of examples."""
    counts: tuple[int, int, int]
    """Rows whose likeliest label is negative, neutral, positive."""
    target: tuple[float, float, float]


def template_of(example: SentimentExample) -> str:
    """Return the wording of an example: figures as `#`, the entity as `@`, without case, periods and fillers."""
    periods = [(*match.span(), " ") for match in _PERIOD.finditer(example.text)]
    taken = [*periods, *((figure.start, figure.end, "#") for figure in figures(example.text))]
    pieces = [piece for i, piece in enumerate(taken) if not any(_overlap(piece, other) for other in taken[:i])]
    if example.span is not None:
        start, end = example.span
        entity = (start, end, "@")
        pieces = [*(piece for piece in pieces if not _overlap(piece, entity)), entity]
    masked: list[str] = []
    last = 0
    for start, end, mark in sorted(pieces):
        masked += [_DIGITS.sub("0", example.text[last:start]), mark]
        last = end
    masked.append(_DIGITS.sub("0", example.text[last:]))
    wording = _FILLERS.sub(" ", "".join(masked).lower())
    return _SPACE.sub(" ", wording).strip(" .")


def disagreements(examples: Sequence[SentimentExample]) -> list[Disagreement]:
    """Return the wordings of `MIN_ROWS` or more rows of which no label has `AGREEMENT`, the most frequent first.

    Texts whose figures can be compared are left out: there the figures tell the labels apart.
    """
    by_template: dict[str, list[int]] = defaultdict(list)
    for place, example in enumerate(examples):
        if not directions(example.text):
            by_template[template_of(example)].append(place)
    found = [
        Disagreement(template, tuple(places), _counts(rows), _mean(rows))
        for template, places in by_template.items()
        if len(places) >= MIN_ROWS and max(_counts(rows := [examples[i] for i in places])) < AGREEMENT * len(places)
    ]
    return sorted(found, key=lambda disagreement: (-len(disagreement.rows), disagreement.template))


def soften(examples: Sequence[SentimentExample]) -> list[SentimentExample]:
    """Return the examples in their order; a row of a disagreement has the mean target of its wording.

    So the model learns how sure one can be, instead of being pulled to and fro between labels. Of a wording that is
    decided only the rows that have its label remain.
    """
    softened: list[SentimentExample | None] = list(examples)
    for disagreement in disagreements(examples):
        decided = DECIDED.get(disagreement.template)
        for place in disagreement.rows:
            if decided is None:
                softened[place] = replace(examples[place], target=disagreement.target)
            elif strongest(examples[place].target) != decided:
                softened[place] = None
    return [example for example in softened if example is not None]


def _counts(rows: Sequence[SentimentExample]) -> tuple[int, int, int]:
    labels = [strongest(row.target) for row in rows]
    return labels.count(0), labels.count(1), labels.count(2)


def _mean(rows: Sequence[SentimentExample]) -> tuple[float, float, float]:
    negative, neutral, positive = (sum(row.target[label] for row in rows) / len(rows) for label in range(3))
    return negative, neutral, positive


def _overlap(one: tuple[int, int, str], other: tuple[int, int, str]) -> bool:
    return one[0] < other[1] and other[0] < one[1]
