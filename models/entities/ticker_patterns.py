"""What tickers in a text name: cashtags, exchange and ticker, and the ticker in brackets behind a name."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from models.entities.gazetteer import Gazetteer, GazetteerEntry, names_of
from models.entities.legal_forms import short_name
from models.entities.persons import is_first_name
from models.text.cleaning import folded
from streams.records import EntityId

CASHTAG = re.compile(r"(?<![\w$])\$([A-Z]{1,5}(?:[.-][A-Z])?)(?![\w$])")
_EXCHANGE = re.compile(
    r"\b(?:NASDAQ(?:GS|GM|CM)?|NYSE(?:\s?(?:American|Arca|MKT))?|AMEX|OTC(?:QB|QX|MKTS)?|CBOE)\s?:\s?"
    r"((?-i:[A-Z]{1,5}(?:[.-][A-Z])?))\b",
    re.I,
)
_ELSEWHERE = re.compile(
    r"\b(?:TSXV?|TSE|CVE|CNSX|CSE|LSE|LON|AIM|ASX|HKG|HKEX|SEHK|SGX|EPA|ETR|FRA|AMS|JSE|KRX)\s?:\s?"
    r"([A-Z]{1,5})\b"
)
"""Symbols at exchanges whose symbols the gazetteer lacks: where they are ordinary words, they name nobody."""
_BRACKETED = re.compile(r"<([A-Z]{1,5})(\.[A-Z]{1,2})?>")
_BEHIND_A_NAME = re.compile(r"(?<!\))(?<!\)\s)\((([A-Z]{1,5})(?:[.-][A-Z]{1,2})?)\)")
_UNITS = frozenset({"K", "M", "MM", "MN", "B", "BN", "T", "TN"})
_UNIT_BEFORE = re.compile(
    r"\b(?:amounts?|dollars|figures|numbers|results|revenues?|sales|values?)\s+"
    r"(?:(?:all|are|is|expressed|given|reported|shown|stated)\s+){0,3}in\s+$",
    re.I,
)
"""Before `$M`, where a text says what its figures count."""
_MEASURED = re.compile(
    r"\b(?:amounts?|assets|capex|cash|costs?|debt|dollars|ebitda?|earnings|expenses|figures|income|loss|margin|numbers"
    r"|profits?|results|revenues?|sales|shares|values?)\b[\w\s&]{0,30}$",
    re.I,
)
"""Before `($M)`: what a table counts in it."""
_BRACKET_BEFORE = re.compile(r"\((?:in\s+)?$")
_BRACKET_AFTER = re.compile(r"\)|,\s+(?:except|unless)\b")
WORDS_BEFORE = 8
CHARS_BEFORE = 200
TICKERS_KNOWN_SINCE = date(2001, 1, 1)
"""Of an older article, a ticker without dates in the gazetteer says little: its holder has mostly changed."""
Place = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Tickers:
    """Be whom the tickers of a text name and where, and all places that are read as tickers, in order."""

    named: tuple[tuple[GazetteerEntry, Place], ...]
    places: tuple[Place, ...]

    def meet(self, start: int, end: int) -> bool:
        """Say whether one of the places reaches into a stretch of the text."""
        before = bisect_left(self.places, end, key=lambda place: place[0])
        return before > 0 and self.places[before - 1][1] > start


def tickers_of(text: str, gazetteer: Gazetteer, on: date) -> Tickers:
    """Return what the tickers of a text of some day name."""
    named: list[tuple[GazetteerEntry, Place]] = []
    places: list[Place] = []
    tags = list(CASHTAG.finditer(text)) if "$" in text else []
    # A long text may hold one of them thousands of times.
    meant = {ticker: _tagged(ticker, text, gazetteer, on) for ticker in {match[1] for match in tags}}
    for match in tags:
        entry = meant[match[1]]
        if match[1] in _UNITS and _is_a_unit(text, *match.span(), entry, gazetteer):
            continue
        unlisted = GazetteerEntry(id=EntityId(f"ticker:{match[1]}"), name=match[1], ticker=match[1], kind="other")
        named.append((entry or unlisted, match.span()))
        places.append(match.span())
    for match in _EXCHANGE.finditer(text) if ":" in text else ():
        places.append(match.span())
        entry = gazetteer.by_ticker(match[1], on)
        if entry is not None:
            named.append((entry, match.span(1)))
    elsewhere = _ELSEWHERE.finditer(text) if ":" in text else ()
    places.extend(match.span() for match in elsewhere if gazetteer.is_ordinary(match[1].lower()))
    for match in _BRACKETED.finditer(text) if "<" in text else ():
        places.append(match.span())
        entry = gazetteer.by_ticker(match[1], on)
        # Old wires use tickers that others have today: there, or without an exchange, the words before must agree.
        trusted = match[2] is not None and on >= TICKERS_KNOWN_SINCE
        if entry is not None and (trusted or _agrees(entry, _before(text, match.start()), gazetteer)):
            named.append((entry, match.span(1)))
    for match in _BEHIND_A_NAME.finditer(text) if "(" in text else ():
        entry = gazetteer.by_ticker(match[1], on) or gazetteer.by_ticker(match[2], on)
        if entry is not None and _ends_with_a_name(_before(text, match.start()), entry):
            places.append(match.span(1))
            named.append((entry, match.span(1)))
    return Tickers(tuple(named), tuple(sorted(places)))


def _tagged(ticker: str, text: str, gazetteer: Gazetteer, on: date) -> GazetteerEntry | None:
    """Return whom a cashtag means: a currency gives way to whoever has the ticker as well and is named in the text."""
    entry = gazetteer.by_ticker(ticker, on)
    if entry is None or entry.kind != "currency":
        return entry
    spelled = folded(text)
    others = (other for other in gazetteer.holders(ticker, on) if other.kind != "currency")
    return next((other for other in others if any(folded(name) in spelled for name in names_of(other))), entry)


def _is_a_unit(text: str, start: int, end: int, entry: GazetteerEntry | None, gazetteer: Gazetteer) -> bool:
    """Say whether letters behind a dollar sign are what a table counts in: `Revenue ($M)`, but not `Vantor ($M)`."""
    before = _before(text, start)
    if _UNIT_BEFORE.search(before):
        return True
    bracket = _BRACKET_BEFORE.search(before)
    if bracket is None or not _BRACKET_AFTER.match(text, end):
        return False
    if "in" not in bracket[0] and not _MEASURED.search(before[: bracket.start()]):
        return False
    return entry is None or not _agrees(entry, before[: bracket.start()], gazetteer)


def _before(text: str, start: int) -> str:
    return text[max(0, start - CHARS_BEFORE) : start]


def _ends_with_a_name(before: str, entry: GazetteerEntry) -> bool:
    """Say whether the last words are one of the entity's names, or how one begins: `Vantor` for Vantor Robotics."""
    written = re.findall(r"\w[\w.'-]*", short_name(before).replace("&", "and"))[-WORDS_BEFORE:]
    words = [folded(word) for word in written]
    return any(
        written[place][0].isupper() and words[place:] == parts[: len(words) - place]
        for parts in map(_words_of, (entry.name, *entry.aliases))
        for place in range(max(0, len(words) - len(parts)), len(words))
    )


def _agrees(entry: GazetteerEntry, before: str, gazetteer: Gazetteer) -> bool:
    """Say whether the words before hold how one of the entity's names begins.

    One word is enough, unless it is an ordinary one or a first name: then no word behind it may differ.
    """
    words = re.findall(r"\w[\w.'-]*", short_name(folded(before).replace("&", "and")))[-WORDS_BEFORE:]
    return any(_begins(_words_of(name), words, gazetteer) for name in (entry.name, *entry.aliases))


def _words_of(name: str) -> list[str]:
    return folded(short_name(name)).replace("&", "and").split()


def _begins(parts: Sequence[str], words: Sequence[str], gazetteer: Gazetteer) -> bool:
    ordinary = gazetteer.is_ordinary(parts[0]) or is_first_name(parts[0])
    return any(
        word == parts[0] and (not ordinary or all(map(str.__eq__, words[place:], parts)))
        for place, word in enumerate(words)
    )
