"""Entities of an article: named by the feed, by cashtag or exchange and ticker, or by a name that the gazetteer knows.

An ordinary word counts as a name only with evidence: somewhere in the article the entity's cashtag or ticker pattern,
its legal form behind the word, another name of it that can mean nothing else, or the feed's own word; or enough in
the words around (see `context_evidence`). Once an entity is proven, its short name counts as well, unless the
words around speak against it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from itertools import islice

from models.entities import company_kinds, context_evidence, longer_names
from models.entities.gazetteer import Candidate, Gazetteer, GazetteerEntry, Kind
from models.entities.instrument_evidence import is_instrument
from models.entities.legal_forms import has_another_form, has_legal_form, short_name
from models.entities.meanings import Tagged, arm_meant, meant, there_then, words_beside
from models.entities.persons import has_initials, is_first_name
from models.entities.ticker_patterns import CASHTAG, tickers_of
from models.text.cleaning import folded, one_line, readable
from models.text.sentences import Field
from streams.enrichment import Span
from streams.records import Article, EntityHint, EntityId

_WORD = re.compile(r"[a-z0-9][a-z0-9'.-]*[a-z0-9]|[a-z0-9]")
EVIDENCE_CHARS = 10_000
"""Of each field: words that go with one entity are looked for no further."""
FAR_CHARS = 400
"""A text that names nothing of a market for so long, or has cashtags, is not of that market's press."""
MAX_SPANS = 64
"""Of one entity in one article: more would say no more, and could make a record too large to travel."""
MOST_READ = 4 * MAX_SPANS
"""Places where one entity may be named that are weighed, of whole names and of words each.

A text that says one name thousands of times took a minute.
"""


@dataclass(slots=True)
class FoundEntity:
    """Be an entity with every place where the article names it, in order."""

    id: EntityId
    name: str
    ticker: str | None
    kind: Kind
    hinted: bool = False
    spans: list[Span] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Naming:
    entry: GazetteerEntry
    span: Span
    certain: bool
    possible: bool = True
    """Whether it counts where something else proves the entity."""


def find_entities(article: Article, gazetteer: Gazetteer) -> list[FoundEntity]:
    """Return the entities of an article: those that the feed named first, then by first appearance.

    A feed's entity keeps its id and name and takes the ticker and the places of the gazetteer's entity of that name.
    """
    texts: tuple[tuple[Field, str], ...] = (("title", readable(article.title)), ("body", readable(article.body)))
    namings = _namings(texts, article.published_at.date(), gazetteer)
    spelled_out = _Spelled(texts)
    found: dict[str, FoundEntity] = {}
    taken: dict[EntityId, list[FoundEntity]] = {}
    for hint in article.entities:
        entry = _entry_of(hint, gazetteer)
        entity_id = EntityId(hint.id or f"feed:{slug(hint.name)}")
        known = found.get(entity_id)
        if known is None:
            known = found[entity_id] = FoundEntity(
                entity_id, hint.name, entry.ticker if entry else None, entry.kind if entry else "company", hinted=True
            )
            if entry is not None:
                taken.setdefault(entry.id, []).append(known)
        known.spans.extend(spelled_out.places(hint.name))
    proven = {naming.entry.id for naming in namings if naming.certain} | set(taken)
    told: Counter[EntityId] = Counter()
    for naming in namings:
        if naming.entry.id not in proven or not naming.possible or told[naming.entry.id] == MAX_SPANS:
            continue
        told[naming.entry.id] += 1
        if naming.entry.id not in taken:
            entry = naming.entry
            entity = found.setdefault(entry.id, FoundEntity(entry.id, entry.name, entry.ticker, entry.kind))
            taken[entry.id] = [entity]
        for entity in taken[naming.entry.id]:
            entity.spans.append(naming.span)
    for entity in found.values():
        entity.spans = _without_overlaps(entity.spans)[:MAX_SPANS]
    return list(found.values())


def slug(name: str) -> str:
    """Return a name as part of an id: lower case, runs of anything but letters and digits as one hyphen."""
    return re.sub(r"[\W_]+", "-", name.casefold()).strip("-") or "unnamed"


def _entry_of(hint: EntityHint, gazetteer: Gazetteer) -> GazetteerEntry | None:
    if hint.id is not None and (by_id := gazetteer.by_id(EntityId(hint.id))) is not None:
        return by_id
    return gazetteer.by_name(hint.name)


def _namings(texts: Sequence[tuple[Field, str]], on: date, gazetteer: Gazetteer) -> list[_Naming]:
    """Return what may name an entity, in order of the text, each weighed by what stands around it."""
    found: list[_Naming] = []
    open_candidates: list[tuple[Field, str, Candidate]] = []
    for field_name, text in texts:
        tickers = tickers_of(text, gazetteer, on)
        for entry, (start, end) in tickers.named:
            found.append(_Naming(entry, Span(field=field_name, start=start, end=end), certain=True))
        open_candidates.extend(
            (field_name, text, candidate)
            for candidate in gazetteer.candidates(text)
            if not tickers.meet(candidate.start, candidate.end)
        )
    words = _Words(texts)
    traded = Tagged(naming.entry for naming in found)
    read: Counter[tuple[EntityId, bool]] = Counter()
    readings: list[_Reading] = []
    for field_name, text, candidate in open_candidates:
        name = _name_at(text, candidate.start, candidate.end)
        ordinary = gazetteer.is_all_ordinary(short_name(name))
        if entries := there_then(candidate.entries, name, on, ordinary=ordinary):
            entry = meant(entries, name, traded, words.get() if len(entries) > 1 else frozenset())
            entry = arm_meant(entry, text, candidate.start, candidate.end, gazetteer)
            read[entry.id, candidate.certain] += 1  # apart: its whole name far below may prove the words before
            if read[entry.id, candidate.certain] > MOST_READ:
                continue
            span = Span(field=field_name, start=candidate.start, end=candidate.end)
            readings.append(_Reading(entry, span, text, candidate.certain, ordinary))
    sure = {naming.entry.id for naming in found}
    sure.update(reading.entry.id for reading in readings if reading.certain and reading.entry.kind == "company")
    found.extend(_weighed(reading, texts, words, sure) for reading in readings)
    return sorted(found, key=lambda naming: (naming.span.field != "title", naming.span.start))


class _Words:
    """Be the words of an article, split only when somebody asks."""

    def __init__(self, texts: Iterable[tuple[Field, str]]) -> None:
        self._texts = texts
        self._found: frozenset[str] | None = None

    def get(self) -> frozenset[str]:
        if self._found is None:
            found = {word for _, text in self._texts for word in _WORD.findall(folded(text[:EVIDENCE_CHARS]))}
            self._found = frozenset(found | {word.removesuffix("'s") for word in found})
        return self._found


@dataclass(frozen=True, slots=True)
class _Reading:
    """Be a place in a text, read as one entity; `ordinary` where the words can mean anything."""

    entry: GazetteerEntry
    span: Span
    text: str
    certain: bool
    ordinary: bool


def _weighed(reading: _Reading, texts: Iterable[tuple[Field, str]], words: _Words, sure: Set[EntityId]) -> _Naming:
    entry, span, text = reading.entry, reading.span, reading.text
    start, end = span.start, span.end
    name = _name_at(text, start, end)
    if entry.kind != "company":
        other = name[0].isupper() and _is_in_a_name(entry, text, start, end)
        possible = not other and is_instrument(entry.kind, text, start, end, sure=reading.certain)
        return _Naming(entry, span, possible, possible)
    names = (entry.name, *entry.aliases)
    if (
        longer_names.is_abbreviation_of_another(text, start, end, names)
        or longer_names.names_an_exchange(text, start, end)
        or (reading.ordinary and has_another_form(text, short_name(name), names, entry.market))
    ):
        return _Naming(entry, span, certain=False, possible=False)
    if reading.certain:
        bare = short_name(name)
        possible = not (
            (" " not in name and _belongs_to_another(text, start, end))
            or (" " not in name and company_kinds.names_a_sister(text, start, end, names))
            or longer_names.is_inside_a_longer_name(text, start, end)
            or (" " in name and has_legal_form(text, start, end) and longer_names.goes_on_before(text, start, end))
            or (" " not in bare and longer_names.is_the_end_of_a_name(text, start, start + len(bare)))
            or (
                (" " in name and reading.ordinary)
                and longer_names.is_the_rest_of_a_name(text, start, end, expected=_is_at_home(entry, words))
            )
        )
        # "Heinz Orrin" may be a person, "Heinz Ketchup" is what a company has that is named elsewhere.
        given = is_first_name(name) and longer_names.is_before_a_capital(text, start, end)
        return _Naming(entry, span, possible and not given, possible)
    if longer_names.is_the_end_of_a_name(text, start, end):
        return _Naming(entry, span, certain=False, possible=False)
    called = " " in name or entry.id in sure or entry.is_called(name)
    value = context_evidence.points(text, start, end, neighbours=bool(sure - {entry.id}), called=called)
    if entry.id not in sure and (
        longer_names.is_short_for_another(name, text)
        or (" " not in name and any(_is_another(name, each, names) for _, each in texts))
    ):
        value -= 3
    if entry.id not in sure and not _is_at_home(entry, words) and (end > FAR_CHARS or CASHTAG.search(text)):
        value -= 2
    own_words = words_beside(entry)
    if own_words and not own_words.isdisjoint(words.get()):
        value += context_evidence.ENOUGH
    if not entry.contrast.isdisjoint(words.get()):
        value -= 3
    elif entry.contrast and entry.context:  # we know both what goes with it and what with its namesakes
        value += 1
    return _Naming(entry, span, value >= context_evidence.enough(name), value >= 0)


def _is_another(name: str, text: str, names: Sequence[str]) -> bool:
    """Say whether a text has a word in a name that none of its entity's is like: with initials, or another kind."""
    initialled = has_initials(name, text) and not any(has_initials(name, known) for known in names)
    return initialled or company_kinds.is_called_a_kind(name, text, names)


def _name_at(text: str, start: int, end: int) -> str:
    """Return the name that a place of a text spells, in one line."""
    return one_line(text[start:end])[0]


def _is_at_home(entry: GazetteerEntry, words: _Words) -> bool:
    """Say whether a text may be about an entity's market: always, where it has none of its own."""
    market = context_evidence.MARKET_WORDS.get(entry.market or "")
    return market is None or not market.isdisjoint(words.get())


def _is_in_a_name(entry: GazetteerEntry, text: str, start: int, end: int) -> bool:
    """Say whether a capitalised word for an instrument is part of a name: of Turkish Sugar Factories, or a person's."""
    if longer_names.is_part_of_another_name(text, start, end) or longer_names.names_an_exchange(text, start, end):
        return True
    if entry.kind in {"currency", "commodity"} and longer_names.is_beside_a_capital(text, start, end):
        return True
    name = _name_at(text, start, end)
    lowered = entry.kind == "commodity" and name.lower() in entry.aliases and not name.endswith("futures")
    return lowered and longer_names.is_inside_a_plain_sentence(text, start, end)


def _belongs_to_another(text: str, start: int, end: int) -> bool:
    return longer_names.is_part_of_another_name(text, start, end) or longer_names.follows_a_capital(text, start, end)


class _Spelled:
    """Be where names are spelled out in an article, each looked for once however many hints bear it."""

    def __init__(self, texts: Iterable[tuple[Field, str]]) -> None:
        self._texts = texts
        self._found: dict[str, tuple[Span, ...]] = {}

    @cached_property
    def _folded(self) -> list[tuple[Field, str, Sequence[int]]]:
        # Asked for only where a feed names somebody.
        lines = ((field_name, *one_line(text)) for field_name, text in self._texts)
        return [(field_name, folded(text), places) for field_name, text, places in lines]

    def places(self, name: str) -> tuple[Span, ...]:
        if name not in self._found:
            self._found[name] = tuple(islice(self._search(name), MAX_SPANS))
        return self._found[name]

    def _search(self, name: str) -> Iterator[Span]:
        plain = one_line(readable(name))[0].strip()
        forms = dict.fromkeys(folded(form) for form in (plain, short_name(plain)) if form)
        alternatives = "|".join(re.escape(form) for form in forms)
        if not alternatives:
            return
        pattern = re.compile(rf"(?<!\w)(?:{alternatives})(?!\w)")
        for field_name, text, places in self._folded:
            for match in pattern.finditer(text) if any(form in text for form in forms) else ():
                yield Span(field=field_name, start=places[match.start()], end=places[match.end() - 1] + 1)


def _without_overlaps(spans: list[Span]) -> list[Span]:
    kept: list[Span] = []
    for span in sorted(spans, key=lambda s: (s.field != "title", s.start, -s.end)):
        if not kept or kept[-1].field != span.field or span.start >= kept[-1].end:
            kept.append(span)
    return kept
