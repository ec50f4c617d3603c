"""What tickers in a text name: cashtags, exchange and ticker, and the ticker in angle brackets of wires."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from models.gazetteer import Gazetteer, GazetteerEntry
from models.legal_forms import short_name
from models.persons import is_first_name
from models.text import folded
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
    for match in CASHTAG.finditer(text) if "$" in text else ():
        unlisted = GazetteerEntry(id=EntityId(f"ticker:{match[1]}"), name=match[1], ticker=match[1], kind="other")
        named.append((gazetteer.by_ticker(match[1], on) or unlisted, match.span()))
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
        before = text[max(0, match.start() - CHARS_BEFORE) : match.start()]
        if entry is not None and (trusted or _agrees(entry, before, gazetteer)):
            named.append((entry, match.span(1)))
    return Tickers(tuple(named), tuple(sorted(places)))


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
