"""Other names: what a lesson says of an entity is as true of any other, so that no name says anything by itself.

A small encoder otherwise learns which companies good news was about (counterfactual augmentation: Kaushik et al. 2020,
arXiv:1909.12434).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np

from models.lessons.datasets import strongest
from models.lessons.lesson import Lesson, Span

RENAMED = 0.3
"""Share of the lessons about entities that are told of other names, others in each epoch."""
EXCHANGED = 0.5
"""Of the rest, where two entities fare differently, the share in which they change places: then their labels stay
where they were, and only the order of the sentence says whose is whose."""
MADE_UP = 0.4
"""Of the new names, the share that is letters alone, half of them as a cashtag: what a ticker looks like."""
_LETTERS = tuple("ABCDEFGHIJKLMNOPQRSTUVWXYZ")


class Renaming:
    """Tell lessons of other names, drawn from all the names in them."""

    def __init__(self, lessons: Sequence[Lesson], seed: int) -> None:
        self._seed = seed
        self._lessons = lessons
        self._names = sorted({lesson.sentences[0][start:end] for lesson in lessons for start, end in spans_of(lesson)})

    def epoch(self, number: int) -> dict[int, Lesson]:
        """Return the lessons that this epoch tells otherwise, by their places."""
        random = np.random.default_rng((self._seed, 2, number))
        told: dict[int, Lesson] = {}
        for place, lesson in enumerate(self._lessons):
            if not (spans := spans_of(lesson)):
                continue
            if random.random() < RENAMED:
                told[place] = with_names(lesson, [self._name(random) for _ in spans])
            elif len(spans) == 2 and _differ(lesson) and random.random() < EXCHANGED:
                text = lesson.sentences[0]
                told[place] = with_names(lesson, [text[slice(*spans[1])], text[slice(*spans[0])]])
        return told

    def _name(self, random: np.random.Generator) -> str:
        drawn = random.random()
        if drawn >= MADE_UP:
            return self._names[int(random.integers(len(self._names)))]
        letters = "".join(_LETTERS[i] for i in random.integers(len(_LETTERS), size=int(random.integers(2, 6))))
        return letters if drawn < MADE_UP / 2 else f"${letters}"


def spans_of(lesson: Lesson) -> list[Span]:
    """Return the different spans that a lesson is about, in the order of the text; none where two overlap."""
    spans = sorted({span for span, _ in lesson.sentiments if span is not None})
    return [] if any(a[1] > b[0] for a, b in pairwise(spans)) else spans


def with_names(lesson: Lesson, names: Sequence[str]) -> Lesson:
    """Return a lesson with other names in the places of its spans, in the order of the text."""
    text, moved = retold(lesson.sentences[0], spans_of(lesson), names)
    return replace(
        lesson,
        sentences=(text, *lesson.sentences[1:]),
        sentiments=tuple((moved[span] if span else None, target) for span, target in lesson.sentiments),
    )


def retold(text: str, spans: Sequence[Span], names: Sequence[str]) -> tuple[str, dict[Span, Span]]:
    """Return a text with other names in the places of spans, which are in its order, and where each span is now."""
    told, last = "", 0
    moved: dict[Span, Span] = {}
    for (start, end), name in zip(spans, names, strict=True):
        told += text[last:start]
        moved[start, end] = (len(told), len(told) + len(name))
        told, last = told + name, end
    return told + text[last:], moved


def _differ(lesson: Lesson) -> bool:
    return len({strongest(target) for _, target in lesson.sentiments}) > 1
