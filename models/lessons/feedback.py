"""Labelled feedback: JSON lines in which people say what a text should have been read as."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Literal

import orjson
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from models.lessons.datasets import fold_of
from models.lessons.lesson import Lesson, Span
from models.lessons.recipe import CHOOSING_FOLDS
from models.lines import numbered_lines
from models.text.cleaning import readable
from models.topics import NAMES
from streams.enrichment import LABELS, Label
from streams.errors import DataMissing, MisconfiguredError


class Correction(BaseModel):
    """Be one line: a text with a label about it or about a name in it, or with topics that it has or has not."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    text: str = Field(min_length=1, max_length=2_000)
    entity: str | None = None
    label: Label | None = None
    topics: tuple[Literal[NAMES], ...] = ()  # type: ignore[valid-type]
    not_topics: tuple[Literal[NAMES], ...] = ()  # type: ignore[valid-type]

    def lesson(self) -> Lesson:
        """Return what it teaches."""
        span = None if self.entity is None else _span(self.text, self.entity)
        target = tuple(float(known == self.label) for known in LABELS)
        said = {**dict.fromkeys(self.topics, 1.0), **dict.fromkeys(self.not_topics, 0.0)}
        return Lesson(
            "feedback",
            (readable(self.text),),
            sentiments=() if self.label is None else ((span, (target[0], target[1], target[2])),),
            topics=tuple(said.get(name, float("nan")) for name in NAMES) if said else None,
            choosing=fold_of(self.text, CHOOSING_FOLDS, "choosing") == 0,
        )


def read_feedback(path: Path) -> list[Lesson]:
    """Read a file of corrections, gzip or not.

    Raises:
        DataMissing: there is no such file, nothing in it, or its gzip breaks off.
        MisconfiguredError: lines cannot be used; it names each.
    """
    if not path.is_file():
        raise DataMissing(f"{path} is not there: --data names a folder of sets or a file of feedback in JSON lines")
    lessons: list[Lesson] = []
    mistakes: list[str] = []
    for number, line in numbered_lines(path):
        try:
            correction = Correction.model_validate(orjson.loads(line))
        except orjson.JSONDecodeError as error:
            mistakes.append(f"{path}:{number}: not JSON: {error}")
            continue
        except ValidationError as error:
            mistakes += [f"{path}:{number}: {'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors()]
            continue
        if (mistake := _mistake(correction)) is not None:
            mistakes.append(f"{path}:{number}: {mistake}")
        else:
            lessons.append(correction.lesson())
    if mistakes:
        raise MisconfiguredError("\n".join(mistakes))
    if not lessons:
        raise DataMissing(f"{path} holds no feedback: one JSON object a line with text, and label or topics")
    return lessons


def _mistake(correction: Correction) -> str | None:
    """Return why a correction teaches nothing, or None."""
    text, entity = correction.text, correction.entity
    if not _has_words(readable(text)):
        return "text: it holds no word"
    if entity is not None:
        span = _span(text, entity)
        if span is None and _has_words(entity):
            return f"entity: {entity!r} does not occur in the text as a word of its own"
        if span is None or not _has_words(readable(text)[slice(*span)]):
            return f"entity: {entity!r} is no name; leave entity out where the label is about the whole text"
    if both := set(correction.topics) & set(correction.not_topics):
        return f"topics: {', '.join(sorted(both))} is in not_topics too; leave it in one of them"
    if correction.label is None and not (correction.topics or correction.not_topics):
        return "give label, topics or not_topics"
    return None


def _span(text: str, entity: str) -> Span | None:
    """Return where a name stands that is no part of a longer word: `Tide` in `Tideway sold Tide`.

    Both are taken as the model reads them, so that an apostrophe may be typographic, and HTML is no text.
    """
    place = re.search(rf"(?<!\w){re.escape(readable(entity))}(?!\w)", readable(text))
    return None if place is None else place.span()


def _has_words(text: str) -> bool:
    return any(character.isalnum() for character in text)
