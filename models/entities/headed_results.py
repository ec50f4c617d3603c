"""Results under a heading: a table of figures that names nobody is that of the one company in the heading."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from models.entities.finding import FoundEntity
from models.figures.comparisons import METRIC_FIRST
from models.figures.directions import directions
from models.text.cleaning import readable
from models.text.dates import MONTH
from models.text.sentences import SentenceSpan
from models.text.slugs import end_of_slug
from streams.enrichment import Span

MOST = 8
"""Sentences of results that are looked for: the first rows tell how a company did."""
_TICKER = re.compile(r"<[A-Z.]{1,9}>|\((?:[A-Z]+\s?:\s?)?[A-Z.]{1,6}\)")
_WORD = re.compile(r"[^\W_]+")
_PERIOD = re.compile(rf"\d+(?:st|nd|rd|th|Q|H)?|Q[1-4]|H[12]|FY\d*|{MONTH}", re.I)
_OF_RESULTS_TEXT = """
first second third fourth six nine half year full month months quarter quarterly qtr annual interim preliminary final
fiscal ended ends results result earnings figures net oper operating profit profits loss income sales revenue revenues
eps shr table highlights consolidated unaudited report reports reported post posts announces releases publishes the its
for in of to and inc corp co ltd plc
"""
_OF_RESULTS = frozenset(_OF_RESULTS_TEXT.split())
"""What a heading may hold beside the company and a period, so that it is about nobody else's results."""
_WHOSE = re.compile(r"\b(?:at|of|by|for|from)\s+(?:the\s+)?[A-Z]|'s\s")


class HeadedResults(NamedTuple):
    """Be the places of an entity and of the sentences that tell its results without its name."""

    entity: int
    sentences: tuple[int, ...]


def headed_results(
    title: str, entities: Sequence[FoundEntity], sentences: Sequence[SentenceSpan]
) -> HeadedResults | None:
    """Return the results that an article begins with under the heading of its one company; None where there are none.

    The title names one company and says nothing but that these are results, and the body neither it nor, before the
    results end, another.
    """
    companies = [place for place, entity in enumerate(entities) if entity.kind == "company"]
    headed = [place for place in companies if any(span.field == "title" for span in entities[place].spans)]
    if len(headed) != 1 or any(not entities[place].spans for place in companies):
        return None
    spans = entities[headed[0]].spans
    if any(span.field == "body" for span in spans) or not _is_a_heading(readable(title), spans):
        return None
    named = min(
        (span.start for place in companies for span in entities[place].spans if span.field == "body"), default=None
    )
    found: list[int] = []
    for place, sentence in enumerate(sentences):
        if sentence.field == "title":
            continue
        if len(found) == MOST or (named is not None and named < sentence.end) or not _tells_a_result(sentence.text):
            break
        found.append(place)
    return HeadedResults(headed[0], tuple(found)) if found else None


def _is_a_heading(title: str, spans: Sequence[Span]) -> bool:
    """Tell whether a title says nothing beside a name but that these are results."""
    rest = title
    for span in spans:
        rest = rest[: span.start] + " " * (span.end - span.start) + rest[span.end :]
    words = _WORD.findall(_TICKER.sub(" ", rest[end_of_slug(title) :]))
    return all(word.lower() in _OF_RESULTS or _PERIOD.fullmatch(word) for word in words)


def _tells_a_result(sentence: str) -> bool:
    """Tell whether a sentence begins with what its figures are of, and with nobody whose they are."""
    text = readable(sentence)
    pairs = directions(text) if METRIC_FIRST.match(text.strip()) else ()
    return bool(pairs) and not _WHOSE.search(text[: min(pair.current.start for pair in pairs)])
