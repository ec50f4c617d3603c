"""Whom a name means that several entities have, or that others had before."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence, Set
from datetime import date

from models.entities import context_evidence
from models.entities.gazetteer import Gazetteer, GazetteerEntry
from models.text.cleaning import folded

LONGEST_INITIALS = 4
_IN_RUPEES = re.compile(
    r"(?:'s)?(?:\s+[\w.'&%-]{1,16}){0,8}?\s+(?:net|profits?|PAT|loss|income)\b[^;:]{0,48}?\bRs\b", re.I
)


def there_then(entries: Sequence[GazetteerEntry], name: str, on: date, *, ordinary: bool) -> Sequence[GazetteerEntry]:
    """Return those of a name's entities that it can have meant on a day, whoever took it last before the others.

    A name of its own may be as old as the business, unless its own first day is known; an ordinary word, or a few
    capitals, meant somebody else before.
    """
    doubtful = ordinary or (len(name) <= LONGEST_INITIALS and name.isupper())
    there = [entry for entry in entries if entry.is_known(on, name) or not (doubtful or entry.dates(name))]
    return sorted(there, key=lambda entry: entry.named.get(folded(name), date.min), reverse=True)


class Tagged:
    """Know the companies that tickers in a text name: there may be thousands, and every name asks for them."""

    def __init__(self, entries: Iterable[GazetteerEntry]) -> None:
        self.companies = {entry.id: entry for entry in entries if entry.kind == "company"}
        self._by_first_word: dict[str, GazetteerEntry] = {}
        for entry in self.companies.values():
            for form in (entry.name, *entry.aliases):
                first, more, _ = folded(form).partition(" ")
                if more:
                    self._by_first_word.setdefault(first, entry)

    def beginning(self, word: str) -> GazetteerEntry | None:
        """Return the first company one of whose names goes on behind a word."""
        return self._by_first_word.get(folded(word))


def meant(entries: Sequence[GazetteerEntry], name: str, tagged: Tagged, words: Set[str]) -> GazetteerEntry:
    """Return which entity a text means by a name.

    Args:
        entries: who has the name, by rank.
        name: as the text has it.
        tagged: one of them is meant by the first word of its name, too.
        words: of the text, in small letters; the first whom they speak for is meant, or else the first.
    """
    if (both := next((entry for entry in entries if entry.id in tagged.companies), None)) is not None:
        return both
    if " " not in name and entries[0].kind == "company" and (longer := tagged.beginning(name)) is not None:
        return longer
    return next((entry for entry in entries if not words_beside(entry).isdisjoint(words)), entries[0])


def words_beside(entry: GazetteerEntry) -> Set[str]:
    """Return the words that speak for an entity: its own, and those of its market."""
    return entry.context | context_evidence.MARKET_WORDS.get(entry.market or "", frozenset())


def arm_meant(entry: GazetteerEntry, text: str, start: int, end: int, gazetteer: Gazetteer) -> GazetteerEntry:
    """Return whose results are told in rupees: those of a company from elsewhere are its Indian arm's."""
    if entry.market is None and entry.kind == "company" and _IN_RUPEES.match(text, end):
        for form in ("{} India", "{} of India"):
            arm = gazetteer.by_name(form.format(text[start:end]))
            if arm is not None and arm.market == "in":
                return arm
    return entry
