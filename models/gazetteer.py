"""The gazetteer: names and tickers with stable ids, found in a text by one Aho-Corasick automaton.

A match needs its capitals (where the name has any) and word boundaries. Names that are also ordinary words (Apple,
Target, Gap, All) are only candidates: the article must hold evidence (see `models.entities`). So are those that
several entities share: the first is meant unless the article speaks of another's market.
"""

from __future__ import annotations

import gzip
import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Literal

import ahocorasick_rs
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from models.text import folded
from models.validity import Listing, TickerIndex
from streams.errors import DataMissing, MisconfiguredError
from streams.records import EntityId

BUILT_IN = Path(__file__).parent / "data" / "gazetteer.jsonl.gz"
INSTRUMENTS = Path(__file__).parent / "data" / "instruments.jsonl"
AMBIGUOUS = Path(__file__).parent / "data" / "ambiguous.txt"
SHORT_NAME_CHARS = 3
"""A name this short (3M, HP, GE) counts only in capitals, and in a text all in capitals only with evidence."""

_PADDED = "&    "
"""What `models.text.readable` leaves of `&amp;`."""
_SUFFIX = (
    r"(?:inc|incorporated|corp|corporation|co|cos|company|companies|ltd|limited|plc|llc|lp|l\.p|n\.?v|s\.?a|ag|se"
    r"|s\.?p\.?a|asa|oyj|p\.l\.c)"
)
_TRAILING = re.compile(rf"(?:[\s,]+(?:{_SUFFIX}|&|and)\.?)+\s*$", re.I)
_FOLLOWING = re.compile(rf",?\s+{_SUFFIX}\b", re.I)
_LEADING = re.compile(r"[A-Z][\w&.'-]*\s+$")
_GROUP = re.compile(r"[\s,]+(?:group|holdings?|the|trust|enterprises?)\.?$", re.I)
_NOTE = re.compile(r"\s*(?:\([^)]*\)|[/\\][A-Za-z ]{2,5}[/\\]?)\s*$|^the\s+", re.I)


Kind = Literal["company", "index", "currency", "commodity", "other"]


class GazetteerEntry(BaseModel):
    """Be one entity: its id, the name shown, the ticker shown, other tickers with their dates, and other names.

    `market` is the country whose press uses its short names; `context` holds words, in small letters, that go with it
    alone, `contrast` words that go with what else its name can mean.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: EntityId = Field(min_length=1, max_length=256)
    name: str = Field(min_length=1, max_length=512)
    ticker: str | None = None
    tickers: tuple[Listing, ...] = ()
    aliases: tuple[str, ...] = ()
    kind: Kind = "company"
    market: str | None = None
    context: frozenset[str] = frozenset()
    contrast: frozenset[str] = frozenset()

    def listings(self) -> tuple[Listing, ...]:
        """Return all tickers; the one that is shown has no dates where none are given."""
        dated = self.ticker is None or any(listing.ticker == self.ticker for listing in self.tickers)
        return self.tickers if dated else (Listing(ticker=self.ticker or ""), *self.tickers)


@dataclass(frozen=True, slots=True)
class Candidate:
    """Be one place where a text may name an entity, or one of several; `certain` where no more evidence is needed."""

    entries: tuple[GazetteerEntry, ...]
    start: int
    end: int
    certain: bool

    @property
    def entry(self) -> GazetteerEntry:
        """Return the entity that has the name first."""
        return self.entries[0]


class Gazetteer:
    """Know entities by name and by ticker; of several with one name, the one that was given first goes first."""

    def __init__(self, entries: Iterable[GazetteerEntry], ambiguous: Iterable[str] = ()) -> None:
        self._ids: dict[EntityId, GazetteerEntry] = {}
        self._ambiguous = frozenset(ambiguous)
        self._names: dict[str, list[tuple[GazetteerEntry, str]]] = {}
        self._tickers: TickerIndex[GazetteerEntry] = TickerIndex()
        digest = hashlib.sha256()
        for entry in entries:
            self._ids.setdefault(entry.id, entry)
            # Sets have no order of their own from one process to the next.
            digest.update(
                entry.model_dump_json(exclude={"context"}).encode() + " ".join(sorted(entry.context)).encode()
            )
            for name in names_of(entry):
                holders = self._names.setdefault(folded(name), [])
                known = next((place for place, (holder, _) in enumerate(holders) if holder.id == entry.id), None)
                if known is None:
                    holders.append((entry, name))
                elif name.islower():  # of "Gold" and "gold" the latter asks for no capital
                    holders[known] = entry, name
            for listing in entry.listings():
                self._tickers.add(listing, entry)
        digest.update(" ".join(sorted(self._ambiguous)).encode())
        self.version = f"gazetteer-{digest.hexdigest()[:8]}"
        self._patterns = list(self._names)
        self._automaton = ahocorasick_rs.AhoCorasick(self._patterns) if self._patterns else None

    def __len__(self) -> int:
        return len(self._ids)

    def by_ticker(self, ticker: str, on: date | None = None) -> GazetteerEntry | None:
        """Return the entity that had a ticker on a day (None: has it now); `BRK.B` and `BRK-B` are one."""
        return self._tickers.find(ticker, on)

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

    def candidates(self, text: str) -> list[Candidate]:
        """Return the places that may name an entity, the longest of those that overlap, in order."""
        if self._automaton is None or not text:
            return []
        if _PADDED in text:
            return self._unpadded(text)
        shouted = text.isupper()
        longest: list[Candidate] = []
        matches = self._automaton.find_matches_as_indexes(folded(text), overlapping=True)
        for pattern, start, end in sorted(matches, key=lambda match: (match[1], -match[2])):
            if longest and start < longest[-1].end:
                continue
            if _inside_word(text, start, end):
                continue
            name = self._patterns[pattern]
            found = text[start:end]
            entries = tuple(entry for entry, written in self._names[name] if _cased_like(found, written))
            if entries:
                certain = self._is_certain(entries[0], name, shouted) or _is_whole(text, start, end)
                longest.append(Candidate(entries, start, end, certain))
        return longest

    def _unpadded(self, text: str) -> list[Candidate]:
        """Find in a text without the blanks that keep its length where `&amp;` was: `S&    P 500` is `S&P 500`."""
        kept = [place for place in range(len(text)) if not _is_padding(text, place)]
        found = self.candidates("".join(text[place] for place in kept))
        return [replace(c, start=kept[c.start], end=kept[c.end - 1] + 1) for c in found]

    def _is_certain(self, entry: GazetteerEntry, name: str, shouted: bool) -> bool:
        if shouted and len(name) <= SHORT_NAME_CHARS:
            return False
        words = name.split()
        if not all(word in self._ambiguous for word in words):
            return True
        # "Best Buy" is what its company is called; "First National" is what is left of somebody's full name.
        return len(words) > 1 and name == folded(entry.name) and not shouted


def load_gazetteer(files: Sequence[Path] = ()) -> Gazetteer:
    """Load the built-in lists, after the operator's own files, whose names win.

    Raises:
        DataMissing: a file is not there.
        MisconfiguredError: a line of a file is not an entity; it says which.
    """
    entries = [entry for path in (*files, INSTRUMENTS, BUILT_IN) for entry in read_entries(path)]
    return Gazetteer(entries, read_words(AMBIGUOUS))


def read_entries(path: Path) -> Iterator[GazetteerEntry]:
    """Yield the entities of a file of JSON lines, gzip or not.

    Raises:
        DataMissing: it is not there.
        MisconfiguredError: a line is not an entity.
    """
    if not path.is_file():
        raise DataMissing(f"{path} is not there: TIDEWATCH_GAZETTEER_FILES names files of JSON lines")
    with gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb") as file:
        for number, line in enumerate(file, 1):
            if line.strip():
                try:
                    yield GazetteerEntry.model_validate_json(line)
                except ValidationError as error:
                    first = error.errors(include_url=False, include_context=False)[0]
                    where = ".".join(str(part) for part in first["loc"]) or "the line"
                    raise MisconfiguredError(
                        f"{path}, line {number}: {where}: {first['msg']};"
                        ' write {"id": …, "name": …, "ticker": …, "aliases": […]}'
                    ) from None


def read_words(path: Path) -> frozenset[str]:
    """Return the words of a file; a line that begins with # is a comment."""
    lines = path.read_text("utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())


def short_name(name: str) -> str:
    """Return a company's name without its legal form: `Apple Inc.` is `Apple`."""
    bare = without_notes(name)
    return _TRAILING.sub("", bare).strip(" ,") or bare


def has_legal_form(text: str, start: int, end: int) -> bool:
    """Say whether a name in a text ends with a legal form, or is followed by one."""
    return short_name(text[start:end]) != text[start:end] or _FOLLOWING.match(text, end) is not None


def without_notes(name: str) -> str:
    """Return a name without what registers add to it: `(Class A)`, `/DE/`, a leading `The`."""
    bare = name.strip()
    while (noted := _NOTE.sub("", bare).strip()) != bare and noted:
        bare = noted
    return bare


def names_of(entry: GazetteerEntry) -> list[str]:
    """Return the names by which an entity is found: as given, without its legal form, with `and` for `&`."""
    if entry.kind != "company":
        return list(dict.fromkeys((entry.name, *entry.aliases)))
    found: dict[str, None] = {}
    for given in (entry.name, *entry.aliases):
        short = short_name(given)
        grouped = _GROUP.sub("", short)
        # "Goldman Sachs Group" is also "Goldman Sachs"; one word left over would be too little to go by.
        forms = [given, short, grouped if " " in grouped else short]
        for form in forms:
            for spelled in (form, form.replace(" & ", " and ")):
                if len(spelled) > 1 and not spelled.isdigit():
                    found[spelled] = None
    return list(found)


def _is_padding(text: str, place: int) -> bool:
    return any(text.startswith(_PADDED, place - back) for back in range(1, len(_PADDED)) if place >= back)


def _inside_word(text: str, start: int, end: int) -> bool:
    before = start > 0 and (text[start - 1].isalnum() or text[start - 1] in "_$@#&")
    before = before or (start > 1 and text[start - 1] == "-" and text[start - 2].isalnum())
    after = end < len(text) and (text[end].isalnum() or text[end] in "_&")
    hyphenated = end + 1 < len(text) and text[end] in "-@" and text[end + 1].isalnum()
    return before or after or hyphenated


def _is_whole(text: str, start: int, end: int) -> bool:
    """Say whether a legal form follows, and no word before belongs to the name as well: not `Foo Apple Inc.`."""
    return _FOLLOWING.match(text, end) is not None and _LEADING.search(text, max(0, start - 40), start) is None


def _cased_like(found: str, name: str) -> bool:
    """Say whether a name is written as one: with its capitals, or all in capitals."""
    if found == name or found.isupper() or name.islower():
        return True
    if len(name) <= SHORT_NAME_CHARS:
        return False
    pairs = zip(found.split(), name.split(), strict=False)
    return all(word[0].isupper() or not word[0].isalpha() or known[0].islower() for word, known in pairs)
