"""Relevance of an entity to its article, by where and how often that names it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Sequence

from models.entities.finding import FoundEntity
from models.text.sentences import SentenceSpan
from streams.enrichment import Span

HINT_RELEVANCE = 0.5
"""The least relevance of an entity that the feed named: it had its reasons."""


def relevance(entity: FoundEntity, places: Sequence[int], most_spans: int, sentence_count: int) -> float:
    """Return 0..1: half for the title, then how early the text names it, and how often beside the most named one.

    Where an article has no title, its first sentence is one. What the feed named has `HINT_RELEVANCE` at least.

    Args:
        entity: the entity.
        places: indices of the sentences that name it.
        most_spans: spans of the entity that the article names most often.
        sentence_count: sentences of the article.
    """
    value = 0.0
    if places:
        first = min(places)
        often = len(entity.spans) / max(1, most_spans)
        value = 0.5 * (first == 0) + 0.25 * (1 - first / sentence_count) + 0.25 * often
    return round(max(value, HINT_RELEVANCE if entity.hinted else 0.0), 4)


def places_of(spans: Sequence[Span], sentences: Sequence[SentenceSpan]) -> list[int | None]:
    """Return for each span the index of the sentence in which it begins, or None where that was left unread."""
    keys = [(sentence.field == "body", sentence.start) for sentence in sentences]
    found: list[int | None] = []
    for span in spans:
        place = bisect_right(keys, (span.field == "body", span.start)) - 1
        inside = place >= 0 and sentences[place].field == span.field and span.start < sentences[place].end
        found.append(place if inside else None)
    return found


def companions_of(places: Sequence[Collection[int]]) -> list[int]:
    """Return for each entity how many others the sentences that name it name as well.

    Args:
        places: of each entity, the indices of the sentences that name it.
    """
    named: dict[int, set[int]] = {}
    for number, own in enumerate(places):
        for place in own:
            named.setdefault(place, set()).add(number)
    # By sentences, not each entity with each other: an article may name thousands, and a sentence few of them.
    return [len(set().union(*(named[place] for place in own))) - bool(own) for own in places]
