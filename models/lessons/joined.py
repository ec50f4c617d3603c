"""Two headlines in one: what is said of one entity must not be heard of the other.

Few headlines of the sets tell good of one and bad of another; these do, and say which words belong to whom.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from models.lessons.datasets import strongest
from models.lessons.lesson import Lesson, Span

SOURCE = "joined"
MAX_CHARS = 180
_BETWEEN = (" as ", "; ", ", ", " while ", ", but ", " and ", ". ", " even as ")


def joined_lessons(lessons: Sequence[Lesson], share: float, seed: int = 0) -> list[Lesson]:
    """Return pairs of lessons about entities whose first labels differ, each pair as one text.

    Args:
        lessons: those that choose are left out.
        share: so many pairs are drawn, as a share of the lessons; too long ones and equal labels are passed over.
        seed: of the draws.
    """
    random = np.random.default_rng(seed)
    known = [lesson for lesson in lessons if not lesson.choosing and all(span for span, _ in lesson.sentiments)]
    found: list[Lesson] = []
    for _ in range(round(share * len(known))):
        first, second = (known[int(random.integers(len(known)))] for _ in range(2))
        between = str(random.choice(_BETWEEN))
        text = f"{first.sentences[0]}{between}{second.sentences[0]}"
        if len(text) <= MAX_CHARS and _label(first) != _label(second):
            after = len(text) - len(second.sentences[0])
            moved = tuple((_moved(span, after), target) for span, target in second.sentiments)
            found.append(replace(first, source=SOURCE, sentences=(text,), sentiments=(*first.sentiments, *moved)))
    return found


def _label(lesson: Lesson) -> int:
    return strongest(lesson.sentiments[0][1])


def _moved(span: Span | None, characters: int) -> Span | None:
    return None if span is None else (span[0] + characters, span[1] + characters)
