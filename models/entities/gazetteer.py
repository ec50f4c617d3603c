"""The gazetteer: names and tickers with stable ids, found in a text by one Aho-Corasick automaton.

A match needs its capitals (where the name has any) and word boundaries. Names that are also ordinary words (Apple,
Target, Gap, All) are only candidates: the article must hold evidence (see `models.entities.finding`). So are those that
several entities share: the first is meant unless the article speaks of another's market.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Literal

import ahocorasick_rs
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from models.entities.legal_forms import is_whole, short_name, without_group
from models.entities.validity import Listing, TickerIndex, in_capitals
from models.lines import numbered_lines
from models.text.cleaning import folded, one_line
from models.text.slugs import end_of_slug
from streams.errors import DataMissing, MisconfiguredError
from streams.records import EntityId
from streams.validation import NO_SUCH_FIELD, in_words

BUILT_IN = Path(__file__).parents[1] / "data" / "gazetteer.jsonl.gz"
INSTRUMENTS = Path(__file__).parents[1] / "data" / "instruments.jsonl"
AMBIGUOUS = Path(__file__).parents[1] / "data" / "ambiguous.txt"
OTHERS = Path(__file__).parents[1] / "data" / "others.txt"
SHORT_NAME_CHARS = 3
"""A name this short (3M, HP, GE) counts only in capitals, and in a text all in capitals only with evidence."""

OWN_ID = "name:"
"""How the id of an entity begins that no register gave a number: what it is called is known to us."""
Kind = Literal["company", "index", "currency", "commodity", "other"]


class GazetteerEntry(BaseModel):
    """Be one entity: its id, the name shown, the ticker shown, other tickers with their dates, and other names.

    `market` is the country whose press uses its short names; `context` holds words, in small letters, that go with it
    alone, `contrast` words that go with what else its name can mean. Before `since` nobody meant it by a ticker or by
    an ordinary word; `named` says since when it bears one of its names, in small letters.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: EntityId = Field(min_length=1, max_length=256)
    name: str = Field(min_length=1, max_length=512)
    ticker: str | None = Field(default=None, min_length=1, max_length=12)
    tickers: tuple[Listing, ...] = ()
    aliases: tuple[str, ...] = ()
    kind: Kind = "company"
    market: str | None = None
    context: frozenset[str] = frozenset()
    contrast: frozenset[str] = frozenset()
    since: date | None = None
    named: dict[str, date] = {}

    @field_validator("name", "aliases")
    @classmethod
    def _with_words(cls, value: str | tuple[str, ...]) -> str | tuple[str, ...]:
        for name in (value,) if isinstance(value, str) else value:
            if not any(character.isalnum() for character in name):
                raise ValueError(f"{name!r} is no name: take it out")
        return value

    @field_validator("ticker")
    @classmethod
    def _in_capitals(cls, value: str | None) -> str | None:
        return None if value is None else in_capitals(value)

    def listings(self) -> tuple[Listing, ...]:
        """Return all tickers, the one that is shown as well; those without dates are its own from `since` on."""
        dated = self.ticker is None or any(listing.ticker == self.ticker for listing in self.tickers)
        listings = self.tickers if dated else (Listing(ticker=self.ticker or ""), *self.tickers)
        if self.since is None:
            return listings
        guess = {"since": self.since, "about": True}
        return tuple(each if each.dated else each.model_copy(update=guess) for each in listings)

    def is_called(self, name: str) -> bool:
        """Say whether a name is one of those given, not just what a register's is without its legal form."""
        return self.id.startswith(OWN_ID) or self.is_given(name)

    def is_given(self, name: str) -> bool:
        """Say whether a name is one of those given as they stand."""
        return folded(name) in map(folded, (self.name, *self.aliases))

    def dates(self, name: str) -> bool:
        """Say whether it is known since when it bears a name."""
        return folded(name) in self.named

    def is_known(self, on: date, name: str) -> bool:
        """Say whether it was there on a day, and bore a name."""
        since = self.named.get(folded(name), self.since)
        return since is None or since <= on


@dataclass(frozen=True, slots=True)
class Candidate:
    """Be one place where a text may name an entity, or one of several; `certain` where no more evidence is needed."""

    entries: tuple[GazetteerEntry, ...]
    start: int
    end: int
    certain: bool


class Gazetteer:
    """Know entities by name and by ticker; of several with one name, the one that was given first goes first.

    Of `others`, phrases that hold a name and mean something else, it knows only that they mean no entity.
    """

    def __init__(
        self, entries: Iterable[GazetteerEntry], ambiguous: Iterable[str] = (), others: Iterable[str] = ()
    ) -> None:
        self._ids: dict[EntityId, GazetteerEntry] = {}
        self._ambiguous = frozenset(ambiguous)
        self._names: dict[str, list[tuple[GazetteerEntry, str]]] = {}
        self._tickers: TickerIndex[GazetteerEntry] = TickerIndex()
        digest = hashlib.sha256()
        currencies: list[GazetteerEntry] = []
        for entry in entries:
            self._ids.setdefault(entry.id, entry)
            # Sets have no order of their own from one process to the next.
            sets = [sorted(entry.context), sorted(entry.contrast)]
            digest.update(f"{entry.model_dump_json(exclude={'context', 'contrast'})}{sets}".encode())
            for name in names_of(entry):
                holders = self._names.setdefault(folded(name), [])
                known = next((place for place, (holder, _) in enumerate(holders) if holder.id == entry.id), None)
                if known is None:
                    holders.append((entry, name))
                elif name.islower():  # of "Gold" and "gold" the latter asks for no capital
                    holders[known] = entry, name
            if entry.kind == "currency":
                currencies.append(entry)
                continue
            for listing in entry.listings():
                self._tickers.add(listing, entry)
        # `$NOK` is a share before it is a currency.
        for entry in currencies:
            for listing in entry.listings():
                self._tickers.add(listing, entry)
        self._others = {folded(other): other for other in others if folded(other) not in self._names}
        digest.update(" ".join(sorted((*self._ambiguous, *self._others))).encode())
        self.version = f"gazetteer-{digest.hexdigest()[:8]}"
        self._patterns = [*self._names, *self._others]
        self._automaton = ahocorasick_rs.AhoCorasick(self._patterns) if self._patterns else None

    def __len__(self) -> int:
        return len(self._ids)

    def by_ticker(self, ticker: str, on: date | None = None) -> GazetteerEntry | None:
        """Return the entity that had a ticker on a day (None: has it now); `BRK.B` and `BRK-B` are one."""
        return self._tickers.find(ticker, on)

    def holders(self, ticker: str, on: date | None = None) -> list[GazetteerEntry]:
        """Return all entities that had a ticker on a day (None: have it now)."""
        return self._tickers.holders(ticker, on)

    def by_id(self, entity_id: EntityId) -> GazetteerEntry | None:
        """Return the entity that has an id."""
        return self._ids.get(entity_id)

    def by_name(self, name: str) -> GazetteerEntry | None:
        """Return the entity that has a name, written in full or short, in any case."""
        for form in (name, short_name(name)):
            if (known := self._names.get(folded(form))) is not None:
                return known[0][0]
        return None

    def is_ordinary(self, word: str) -> bool:
        """Say whether a word in small letters is an ordinary one, a person or a place as well."""
        return word in self._ambiguous

    def is_all_ordinary(self, name: str) -> bool:
        """Say whether all words of a name are ordinary ones."""
        return all(word in self._ambiguous for word in folded(name).split())

    def candidates(self, text: str) -> list[Candidate]:
        """Return the places that may name an entity, the longest of those that overlap, in order."""
        if self._automaton is None or not text:
            return []
        text, places = one_line(text)
        shouted, headline = text.isupper(), end_of_slug(text)
        longest: list[Candidate] = []
        matches = self._automaton.find_matches_as_indexes(folded(text), overlapping=True)
        for pattern, start, end in sorted(matches, key=lambda match: (match[1], -match[2])):
            if longest and start < longest[-1].end:
                continue
            if _inside_word(text, start, end, headline):
                continue
            name = self._patterns[pattern]
            found = text[start:end]
            if (other := self._others.get(name)) is not None:
                if _cased_like(found, other):
                    longest.append(Candidate((), start, end, certain=False))
                continue
            entries = tuple(entry for entry, written in self._names[name] if _cased_like(found, written))
            if entries:
                certain = self._is_certain(entries[0], name, shouted) or is_whole(text, start, end)
                longest.append(Candidate(entries, start, end, certain))
        return [
            replace(candidate, start=places[candidate.start], end=places[candidate.end - 1] + 1)
            for candidate in longest
            if candidate.entries
        ]

    def _is_certain(self, entry: GazetteerEntry, name: str, shouted: bool) -> bool:
        if shouted and len(name) <= SHORT_NAME_CHARS:
            return False
        if not self.is_all_ordinary(name):
            return True
        # "Best Buy" is what its company is called; "First National" is what is left of somebody's full name.
        return " " in name and entry.is_given(name) and not shouted


def load_gazetteer(files: Sequence[Path] = ()) -> Gazetteer:
    """Load the built-in lists, after the operator's own files, whose names win.

    Raises:
        DataMissing: a file is not there.
        MisconfiguredError: a line of a file is not an entity; it says which.
    """
    entries = [entry for path in (*files, INSTRUMENTS, BUILT_IN) for entry in read_entries(path)]
    return Gazetteer(entries, read_words(AMBIGUOUS), read_lines(OTHERS))


def read_entries(path: Path) -> Iterator[GazetteerEntry]:
    """Yield the entities of a file of JSON lines, gzip or not.

    Raises:
        DataMissing: it is not there, or its gzip breaks off.
        MisconfiguredError: a line is not an entity.
    """
    if not path.is_file():
        raise DataMissing(f"{path} is not there: TIDEWATCH_GAZETTEER_FILES names files of JSON lines")
    for number, line in numbered_lines(path):
        try:
            yield GazetteerEntry.model_validate_json(line)
        except ValidationError as error:
            first = error.errors(include_url=False, include_context=False)[0]
            where = ".".join(str(part) for part in first["loc"]) or "the line"
            said = in_words(first, {"extra_forbidden": NO_SUCH_FIELD})
            raise MisconfiguredError(
                f'{path}, line {number}: {where}: {said}; write {{"id": …, "name": …, "ticker": …, "aliases": […]}}'
            ) from None


def read_words(path: Path) -> frozenset[str]:
    """Return the words of a file; a line that begins with # is a comment."""
    return frozenset(word for line in read_lines(path) for word in line.split())


def read_lines(path: Path) -> list[str]:
    """Return the lines of a file; one that begins with # is a comment."""
    return [line for line in path.read_text("utf-8").splitlines() if line and not line.startswith("#")]


def names_of(entry: GazetteerEntry) -> list[str]:
    """Return the names by which an entity is found: as given, without its legal form, with `and` for `&`."""
    if entry.kind != "company":
        return list(dict.fromkeys((entry.name, *entry.aliases)))
    found: dict[str, None] = {}
    for given in (entry.name, *entry.aliases):
        # "Goldman Sachs Group" is also "Goldman Sachs".
        for form in (given, short_name(given), without_group(short_name(given))):
            for spelled in (form, form.replace(" & ", " and ")):
                if len(spelled) > 1 and not spelled.isdigit():
                    found[spelled] = None
    return list(found)


def _inside_word(text: str, start: int, end: int, headline: int) -> bool:
    """Say whether a match is part of a word, or of a hyphenated one: a hyphen that ends a slug makes none."""
    before = start > 0 and (text[start - 1].isalnum() or text[start - 1] in "_$€£¥₹@#&")
    before = before or (start not in (0, 1, headline) and text[start - 1] == "-" and text[start - 2].isalnum())
    # "$146.3M" holds no 3M.
    before = before or (start > 1 and text[start].isdigit() and text[start - 1] in ".,:" and text[start - 2].isdigit())
    after = end < len(text) and (text[end].isalnum() or text[end] in "_&")
    hyphenated = end + 1 < len(text) and text[end] in "-@" and text[end + 1].isalnum()
    return before or after or hyphenated


def _cased_like(found: str, name: str) -> bool:
    """Say whether a name is written as one: with its capitals, or all in capitals."""
    if found == name or found.isupper() or name.islower():
        return True
    if len(name) <= SHORT_NAME_CHARS:
        return False
    pairs = zip(found.split(), name.split(), strict=False)
    return all(word[0].isupper() or not word[0].isalpha() or known[0].islower() for word, known in pairs)
