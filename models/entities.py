"""Entities of an article: named by the feed, by cashtag or exchange and ticker, or by a name that the gazetteer knows.

An ordinary word counts as a name only with evidence somewhere in the article: the entity's cashtag or ticker pattern,
its legal form behind the word, another name of it that can mean nothing else, or the feed's own word.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

from models.gazetteer import Gazetteer, GazetteerEntry, short_name
from models.sentences import Field, SentenceSpan
from models.text import folded, readable
from streams.enrichment import Span
from streams.records import Article, EntityHint, EntityId

CASHTAG = re.compile(r"(?<![\w$])\$([A-Z]{1,5}(?:[.-][A-Z])?)(?![\w$])")
_EXCHANGE = re.compile(
    r"\b(?:NASDAQ(?:GS|GM|CM)?|NYSE(?:\s?(?:American|Arca|MKT))?|AMEX|OTC(?:QB|QX|MKTS)?|CBOE)\s?:\s?"
    r"([A-Z]{1,5}(?:[.-][A-Z])?)\b",
    re.I,
)
_BRACKETED = re.compile(r"<([A-Z]{1,5})(\.[A-Z]{1,2})?>")
WORDS_BEFORE = 8
MAX_SPANS = 64
"""Of one entity in one article: more would say no more, and could make a record too large to travel."""
HINT_RELEVANCE = 0.5
"""The least relevance of an entity that the feed named: it had its reasons."""


@dataclass(slots=True)
class FoundEntity:
    """Be an entity with every place where the article names it, in order."""

    id: EntityId
    name: str
    ticker: str | None
    kind: Literal["company", "other"]
    hinted: bool = False
    spans: list[Span] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Naming:
    entry: GazetteerEntry
    span: Span
    certain: bool
    known: bool = True


def find_entities(article: Article, gazetteer: Gazetteer) -> list[FoundEntity]:
    """Return the entities of an article: those that the feed named first, then by first appearance.

    A feed's entity keeps its id and name and takes the ticker and the places of the gazetteer's entity of that name.
    """
    namings = [*_namings("title", article.title, gazetteer), *_namings("body", article.body, gazetteer)]
    found: dict[str, FoundEntity] = {}
    taken: dict[EntityId, list[FoundEntity]] = {}
    for hint in article.entities:
        entry = _entry_of(hint, gazetteer)
        entity_id = EntityId(hint.id or f"feed:{slug(hint.name)}")
        known = found.get(entity_id)
        if known is None:
            known = found[entity_id] = FoundEntity(
                entity_id, hint.name, entry.ticker if entry else None, "company", hinted=True
            )
            if entry is not None:
                taken.setdefault(entry.id, []).append(known)
        known.spans.extend(_spelled_out(hint.name, article))
    proven = {naming.entry.id for naming in namings if naming.certain} | set(taken)
    for naming in namings:
        if naming.entry.id not in proven:
            continue
        if naming.entry.id not in taken:
            entry = naming.entry
            entity = found.setdefault(
                entry.id, FoundEntity(entry.id, entry.name, entry.ticker, "company" if naming.known else "other")
            )
            taken[entry.id] = [entity]
        for entity in taken[naming.entry.id]:
            entity.spans.append(naming.span)
    for entity in found.values():
        entity.spans = _without_overlaps(entity.spans)[:MAX_SPANS]
    return list(found.values())


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


def slug(name: str) -> str:
    """Return a name as part of an id: lower case, runs of anything but letters and digits as one hyphen."""
    return re.sub(r"[\W_]+", "-", name.casefold()).strip("-") or "unnamed"


def _entry_of(hint: EntityHint, gazetteer: Gazetteer) -> GazetteerEntry | None:
    if hint.id is not None and (by_id := gazetteer.by_id(EntityId(hint.id))) is not None:
        return by_id
    return gazetteer.by_name(hint.name)


def _namings(field_name: Field, raw: str, gazetteer: Gazetteer) -> Iterator[_Naming]:
    text = readable(raw)
    found = [*_by_ticker(field_name, text, gazetteer)]
    tickers = [naming.span for naming in found]
    for candidate in gazetteer.candidates(text):
        if not any(candidate.start < span.end and span.start < candidate.end for span in tickers):
            span = Span(field=field_name, start=candidate.start, end=candidate.end)
            found.append(_Naming(candidate.entry, span, candidate.certain))
    yield from sorted(found, key=lambda naming: naming.span.start)


def _by_ticker(field_name: Field, text: str, gazetteer: Gazetteer) -> Iterator[_Naming]:
    if "$" in text:
        for match in CASHTAG.finditer(text):
            span = Span(field=field_name, start=match.start(), end=match.end())
            entry = gazetteer.by_ticker(match[1])
            unlisted = GazetteerEntry(id=EntityId(f"ticker:{match[1]}"), name=match[1], ticker=match[1])
            yield _Naming(entry or unlisted, span, certain=True, known=entry is not None)
    if ":" in text:
        for match in _EXCHANGE.finditer(text):
            entry = gazetteer.by_ticker(match[1].upper())
            if entry is not None:
                yield _Naming(entry, Span(field=field_name, start=match.start(1), end=match.end(1)), certain=True)
    if "<" in text:
        for match in _BRACKETED.finditer(text):
            entry = gazetteer.by_ticker(match[1])
            # Old wires use tickers that others have today: the words before must agree, unless an exchange is given.
            if entry is not None and (match[2] or _agrees(entry, text[: match.start()])):
                yield _Naming(entry, Span(field=field_name, start=match.start(1), end=match.end(1)), certain=True)


def _agrees(entry: GazetteerEntry, before: str) -> bool:
    words = set(re.findall(r"\w[\w&.'-]*", folded(before[-200:]))[-WORDS_BEFORE:])
    firsts = {folded(short_name(name)).split()[0] for name in (entry.name, *entry.aliases)}
    return bool(words & firsts)


def _spelled_out(name: str, article: Article) -> Iterator[Span]:
    forms: Iterable[str] = dict.fromkeys((name.strip(), short_name(name)))
    alternatives = "|".join(re.escape(folded(readable(form))) for form in forms if form)
    if not alternatives:
        return
    pattern = re.compile(rf"(?<!\w)(?:{alternatives})(?!\w)")
    places: tuple[tuple[Field, str], ...] = (("title", article.title), ("body", article.body))
    for field_name, raw in places:
        for match in pattern.finditer(folded(readable(raw))):
            yield Span(field=field_name, start=match.start(), end=match.end())


def _without_overlaps(spans: list[Span]) -> list[Span]:
    kept: list[Span] = []
    for span in sorted(spans, key=lambda s: (s.field != "title", s.start, -s.end)):
        if not kept or kept[-1].field != span.field or span.start >= kept[-1].end:
            kept.append(span)
    return kept
