"""Building the gazetteer from the public lists and our own: `python -m models.entities.listings FOLDER`.

The folder holds `sp500.csv` (S&P 500 constituents, PDDL) and `sec_company_tickers_exchange.json` (the SEC's list of
registrants, a work of the US government). `data/companies.jsonl` adds what these lack: what the press calls a
company, former tickers with their dates, companies that are no longer or never were on the SEC's list.
"""

from __future__ import annotations

import csv
import gzip
import re
import sys
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import orjson

from models.entities.gazetteer import BUILT_IN, GazetteerEntry
from models.entities.legal_forms import short_name, without_notes
from models.entities.registration import registered_since
from models.entities.validity import Listing
from streams.records import EntityId

COMPANIES = Path(__file__).parents[1] / "data" / "companies.jsonl"

_INITIALS = re.compile(r"^[^AEIOUY]{1,4}$|^.{1,2}$")
_ABROAD = re.compile(r"[A-Z]{4}[FY]")
"""Tickers over the counter of shares that are listed abroad: whoever has no others is older than its number."""
_KEPT_LOWER = frozenset(("OF", "AND", "THE", "FOR", "DE", "IN", "ON"))
_LEGAL_WORDS = {
    "INC": "Inc",
    "CORP": "Corp",
    "LTD": "Ltd",
    "CO": "Co",
    "TRUST": "Trust",
    "FUND": "Fund",
    "PLC": "plc",
    "ETF": "ETF",
}


def build(folder: Path, companies: Path = COMPANIES) -> list[GazetteerEntry]:
    """Return one entity a company: those of the S&P 500, those of our own list, then the SEC's others by size."""
    own = {row["id"]: row for row in map(orjson.loads, companies.read_bytes().splitlines())}
    listed, others = _registrants(folder)
    known = {entry.id for entry in (*listed, *others)}
    added = [GazetteerEntry.model_validate(row) for entity_id, row in own.items() if entity_id not in known]
    return [
        *(_with(entry, own.get(entry.id)) for entry in listed),
        *added,
        *(_with(entry, own.get(entry.id)) for entry in others),
    ]


def _with(entry: GazetteerEntry, own: Mapping[str, Any] | None) -> GazetteerEntry:
    """Return an entity with what our own list adds: its names come after, its dates replace a ticker without any.

    Whoever is on our own list was there before its number was, unless the list says since when.
    """
    if own is None:
        return entry
    dated = tuple(Listing.model_validate(item) for item in own.get("tickers", ()))
    named = {listing.ticker for listing in dated}
    added = {
        "market": own.get("market"),
        "context": frozenset(own.get("context", ())),
        "contrast": frozenset(own.get("contrast", ())),
        "since": date.fromisoformat(own["since"]) if "since" in own else None,
        "named": {name: date.fromisoformat(day) for name, day in own.get("named", {}).items()},
    }
    return entry.model_copy(
        update={
            "aliases": tuple(dict.fromkeys((*entry.aliases, *own.get("aliases", ())))),
            "tickers": (*dated, *(listing for listing in entry.tickers if listing.ticker not in named)),
            **added,
        }
    )


def _registrants(folder: Path) -> tuple[list[GazetteerEntry], list[GazetteerEntry]]:
    """Return the SEC's registrants that are in the S&P 500, and the others, the largest first."""
    listing = orjson.loads((folder / "sec_company_tickers_exchange.json").read_bytes())
    ciks = {row[0] for row in listing["data"]}
    by_ticker = {row[2].replace("-", "."): row[0] for row in listing["data"]}
    with (folder / "sp500.csv").open(encoding="utf-8", newline="") as file:
        # Where the two lists disagree on the number, the SEC's counts: it is the one who gives numbers.
        members = {
            cik if (cik := int(row["CIK"])) in ciks else by_ticker.get(row["Symbol"], cik): row
            for row in csv.DictReader(file)
        }
    registrants: dict[int, dict[str, Any]] = {}
    for row in listing["data"]:
        cik, name, ticker, exchange = row
        known = registrants.setdefault(cik, {"name": name, "tickers": [], "exchange": exchange})
        known["tickers"].append(ticker.replace("-", "."))
    for cik, row in members.items():
        known = registrants.setdefault(cik, {"name": row["Security"], "tickers": [row["Symbol"]], "exchange": None})
    # A name that two have goes first to the one in the S&P 500, then to the larger: rows come ordered by size.
    listed = [_entry(cik, registrants[cik], members[cik]) for cik in registrants if cik in members]
    return listed, [_entry(cik, registrants[cik], None) for cik in registrants if cik not in members]


def write(entries: list[GazetteerEntry], path: Path) -> None:
    """Write entities as gzipped JSON lines; the same entities give the same bytes."""
    lines = (orjson.dumps(_row(entry)).decode() + "\n" for entry in entries)
    path.write_bytes(gzip.compress("".join(lines).encode(), compresslevel=9, mtime=0))


def _row(entry: GazetteerEntry) -> dict[str, Any]:
    row = entry.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    row.update({field: sorted(row[field]) for field in ("context", "contrast") if field in row})
    if entry.tickers:
        row["tickers"] = [
            listing.model_dump(mode="json", by_alias=True, exclude_defaults=True) if listing.dated else listing.ticker
            for listing in entry.tickers
        ]
    return row


def _entry(cik: int, registrant: dict[str, Any], member: Mapping[str, str] | None) -> GazetteerEntry:
    registered = titled(without_notes(registrant["name"]))
    shown = short_name(member["Security"]) if member else registered
    tickers = tuple(dict.fromkeys(registrant["tickers"]))
    first = member["Symbol"] if member else tickers[0]
    return GazetteerEntry(
        id=EntityId(f"cik:{cik:010d}"),
        name=shown,
        ticker=first,
        tickers=tuple(Listing(ticker=ticker) for ticker in tickers if ticker != first),
        aliases=(registered,) if registered != shown else (),
        since=None if member or all(map(_ABROAD.fullmatch, tickers)) else registered_since(cik),
    )


def titled(name: str) -> str:
    """Write a name that is all in capitals as a reader expects it; leave any other."""
    if not name.isupper():
        return name
    return " ".join(_word(word, first=place == 0) for place, word in enumerate(name.split()))


def _word(word: str, *, first: bool) -> str:
    if word in _LEGAL_WORDS:
        return _LEGAL_WORDS[word]
    if word in _KEPT_LOWER:
        return word.capitalize() if first else word.lower()
    return word if _INITIALS.match(word) else "-".join(part.capitalize() for part in word.split("-"))


if __name__ == "__main__":
    write(build(Path(sys.argv[1])), BUILT_IN)
