"""The project's own test sets, written by hand about invented companies. Nothing is ever trained on them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import orjson

from streams.enrichment import Label

FOLDER = Path(__file__).parents[1] / "data" / "evaluation"


@dataclass(frozen=True, slots=True)
class DirectionPair:
    """Be a sentence with two figures of one thing, and what their order means to who holds the entity."""

    text: str
    entity: str
    span: tuple[int, int]
    sign: Literal["positive", "negative"]
    thing: str
    """What the figures count, such as `profit` or `churn`: to report by, not for the model to read."""


@dataclass(frozen=True, slots=True)
class BadEvent:
    """Be a headline that is bad news for its entity beyond doubt."""

    text: str
    entity: str
    span: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Role:
    """Be a company of a sentence and how it fares there, mostly beside others that fare differently."""

    text: str
    entity: str
    span: tuple[int, int]
    label: Label
    kind: str
    """What the sentence tells, such as `contest` or `lawsuit`: to report by, not for the model to read."""


@dataclass(frozen=True, slots=True)
class Statement:
    """Be a sentence of an announcement or a report, and whether it is good or bad for who holds its company."""

    text: str
    entity: str | None
    """None where it is about no company by name."""
    span: tuple[int, int] | None
    label: Label


def direction_pairs() -> list[DirectionPair]:
    """Return 300 sentences, half of them good news; two fifths are of things that are bad when they rise."""
    return [
        DirectionPair(row["text"], row["entity"], _span(row["text"], row["entity"]), row["sign"], row["thing"])
        for row in _rows("direction_pairs.jsonl")
    ]


def bad_events() -> list[BadEvent]:
    """Return 100 headlines of defaults, recalls, probes and the like."""
    return [
        BadEvent(row["text"], row["entity"], _span(row["text"], row["entity"])) for row in _rows("bad_events.jsonl")
    ]


def roles() -> list[Role]:
    """Return the labelled companies of 260 sentences, twenty of each kind."""
    return [
        Role(row["text"], entity, _span(row["text"], entity), label, row["kind"])
        for row in _rows("roles.jsonl")
        for entity, label in row["labels"].items()
    ]


def statements() -> list[Statement]:
    """Return 240 sentences without loud words, half of them neither good nor bad for anybody."""
    return [
        Statement(row["text"], entity, None if entity is None else _span(row["text"], entity), row["label"])
        for row in _rows("statements.jsonl")
        for entity in (row["entity"],)
    ]


def _rows(name: str) -> Iterator[dict[str, Any]]:
    for line in (FOLDER / name).read_bytes().splitlines():
        yield orjson.loads(line)


def _span(text: str, entity: str) -> tuple[int, int]:
    start = text.index(entity)
    return start, start + len(entity)
