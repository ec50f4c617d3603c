"""Sentences with their exact places: `text[start:end]` of the field is always the sentence."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import sentencex

Field = Literal["title", "body"]

MAX_SENTENCE_CHARS = 1_000
"""A longer run without a boundary (a table, a list of tickers) is cut at white space."""


@dataclass(frozen=True, slots=True)
class SentenceSpan:
    """Be a sentence and its half-open offsets, in code points, into its field."""

    field: Field
    start: int
    end: int
    text: str


def split_sentences(title: str, body: str, limit: int | None = None) -> tuple[list[SentenceSpan], bool]:
    """Return the title as one sentence and those of the body, and whether some past `limit` were left out.

    Sentences without a letter or digit are left out: they say nothing.
    """
    found: list[SentenceSpan] = []
    for span in _every_sentence(title, body):
        if limit is not None and len(found) >= limit:
            return found, True
        found.append(span)
    return found, False


def _every_sentence(title: str, body: str) -> Iterator[SentenceSpan]:
    yield from _pieces("title", title, 0, len(title))
    start = 0
    for text in sentencex.segment("en", body):
        # Segments follow each other without gaps; searching keeps the offsets true if one ever does not.
        start = body.index(text, start)
        yield from _pieces("body", body, start, start + len(text))
        start += len(text)


def _pieces(field: Field, text: str, start: int, end: int) -> Iterator[SentenceSpan]:
    while end - start > MAX_SENTENCE_CHARS:
        cut = text.rfind(" ", start + MAX_SENTENCE_CHARS // 2, start + MAX_SENTENCE_CHARS)
        cut = start + MAX_SENTENCE_CHARS if cut < 0 else cut
        yield from _trimmed(field, text, start, cut)
        start = cut
    yield from _trimmed(field, text, start, end)


def _trimmed(field: Field, text: str, start: int, end: int) -> Iterator[SentenceSpan]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    piece = text[start:end]
    if any(character.isalnum() for character in piece):
        yield SentenceSpan(field, start, end, piece)
