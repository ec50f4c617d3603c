"""Sentences with their exact places: `text[start:end]` of the field is always the sentence."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import sentencex

from models.text.cleaning import readable
from models.text.lists import item_starts

Field = Literal["title", "body"]

MAX_SENTENCE_CHARS = 1_000
"""A longer run without a boundary (a table, a list of tickers) is cut at white space."""
POST_CHARS = 280
UNBROKEN_CHARS = 10_000
"""Of a run without white space, after which it is cut: the time to find its sentences grows with its square."""
_UNBROKEN = re.compile(rf"\S{{1,{UNBROKEN_CHARS}}}")
_UNENDED = (
    # A short form before a small letter: one without vowels (`pct.`, `bn.`, `PLC.`), or one of these.
    (
        re.compile(
            r"(?<![^\W\d_])(?!(?:st|nd|rd|th)\.)(?:[b-df-hj-np-tv-xz]{2,}|approx|assoc|avg|cos|div|est|excl|govt|incl"
            r"|intl|mil|natl|pty|rev|yrs?)\.$",
            re.I,
        ),
        re.compile(r"[a-z][a-z'-]*(?:[,;:]?\s|$)|[a-z'-]{3,}\.(?:\s|$)"),
    ),
    # What counts or measures, before a number.
    (re.compile(r"\b(?:approx|avg|est|excl|incl|nos|vol|vols|vs)\.$", re.I), re.compile(r"[$€£¥~]?\d")),
    # `vs.` and the short form of a name that goes on: of a first name, or of `Intl. Paper` where no name ends in it.
    (
        re.compile(r"\b(?:vs|Chas|Geo|Jas|Thos|Wm)\.$|(?:^|[,;(]\s|(?:^|\s)[a-z-]+\s)(?:Intl|Natl)\.$"),
        re.compile(r"[$€£\w]"),
    ),
)
"""Words whose stop ends no sentence, and how what follows begins: sentencex does not know them."""
_TAIL = 40
"""Characters before a stop that are looked at."""
_UNBROKEN_STOPS = (
    (re.compile(r"(?:^|[^\w.-])[A-Z]{1,9}[a-z]?\.$|(?:^|[\s(])\.$"), re.compile(r"[A-Z][A-Z\d]{0,7}(?!\w)")),
    (re.compile(r"(?:^|[^\w.,-])\d{4,6}\.$"), re.compile(r"[A-Z]{1,2}(?!\w)")),
)
"""Halves of what has a stop inside: `VNTR.N`, `ORRb.ST` and `7203.T` with their exchanges, `.SPX`, `ORRIN.COM`."""


@dataclass(frozen=True, slots=True)
class SentenceSpan:
    """Be a sentence and its half-open offsets, in code points, into its field."""

    field: Field
    start: int
    end: int
    text: str


def split_sentences(title: str, body: str) -> list[SentenceSpan]:
    """Return the title as one sentence and those of the body, in order.

    Sentences without a letter or digit are left out: they say nothing. A short text without a title is a post: it is
    one sentence, as posts are in the sets that teach.
    """
    if not title.strip() and len(body) <= POST_CHARS and "\n" not in (clean := readable(body)).strip():
        return list(_pieces("body", body, clean))
    return [*_pieces("title", title, readable(title)), *_body(body)]


def _body(body: str) -> Iterator[SentenceSpan]:
    clean = readable(body)
    start = 0
    for segment in _segments(clean):
        # Segments follow each other without gaps; searching keeps the offsets true if one ever does not.
        start = clean.find(segment, start)
        if start < 0:
            break
        end = start + len(segment)
        yield from _pieces("body", body, clean, start, end)
        start = end


def _segments(clean: str) -> Iterator[str]:
    runs = _UNBROKEN.finditer(clean) if len(clean) > UNBROKEN_CHARS else ()
    cuts = [run.end() for run in runs if run.end() - run.start() == UNBROKEN_CHARS]
    for start, end in pairwise((0, *sorted({*cuts, *item_starts(clean)}), len(clean))):
        yield from _joined(sentencex.segment("en", clean[start:end]))


def _joined(segments: Iterable[str]) -> Iterator[str]:
    """Yield the segments, one with the next where it ends in a short form that the next goes on from."""
    whole: list[str] = []
    for segment in segments:
        if whole and not _goes_on(whole[-1], segment):
            yield "".join(whole)
            whole = []
        whole.append(segment)
    yield "".join(whole)


def _goes_on(before: str, segment: str) -> bool:
    unbroken = not (before[-1].isspace() or segment[0].isspace())
    bare, following = before.rstrip()[-_TAIL:], segment.lstrip()
    ends = (*_UNENDED, *_UNBROKEN_STOPS) if unbroken else _UNENDED
    return any(begun.match(following) and ended.search(bare) for ended, begun in ends)


def _pieces(field: Field, text: str, clean: str, start: int = 0, end: int | None = None) -> Iterator[SentenceSpan]:
    end = len(text) if end is None else end
    while end - start > MAX_SENTENCE_CHARS:
        last = start + MAX_SENTENCE_CHARS
        spaces = (place for place in range(last - 1, start + MAX_SENTENCE_CHARS // 2 - 1, -1) if clean[place].isspace())
        cut = next(spaces, last)
        yield from _trimmed(field, text, clean, start, cut)
        start = cut
    yield from _trimmed(field, text, clean, start, end)


def _trimmed(field: Field, text: str, clean: str, start: int, end: int) -> Iterator[SentenceSpan]:
    piece = clean[start:end]
    if any(character.isalnum() for character in piece):
        start += len(piece) - len(piece.lstrip())
        end -= len(piece) - len(piece.rstrip())
        yield SentenceSpan(field, start, end, text[start:end])
