"""Building the gazetteer from the public lists: `python -m models.listings FOLDER`.

The folder holds `sp500.csv` (S&P 500 constituents, PDDL) and `sec_company_tickers_exchange.json` (the SEC's list of
registrants, a work of the US government).
"""

from __future__ import annotations

import csv
import gzip
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson

from models.gazetteer import BUILT_IN, GazetteerEntry, short_name, without_notes
from streams.records import EntityId

SHORT_NAMES: Mapping[str, tuple[str, ...]] = {
    "GOOGL": ("Google",),
    "META": ("Facebook", "Meta"),
    "JPM": ("JPMorgan", "JP Morgan", "J.P. Morgan"),
    "XOM": ("Exxon", "Exxon Mobil"),
    "PG": ("P&G",),
    "JNJ": ("J&J",),
    "GM": ("GM",),
    "GE": ("GE", "General Electric"),
    "KO": ("Coca-Cola", "Coke"),
    "PEP": ("Pepsi",),
    "WMT": ("Wal-Mart",),
    "BAC": ("BofA",),
    "C": ("Citi",),
    "GS": ("Goldman",),
    "MRK": ("Merck",),
    "LLY": ("Lilly",),
    "VZ": ("Verizon",),
    "DIS": ("Disney",),
    "MCD": ("McDonald's", "McDonalds"),
    "IBM": ("IBM", "International Business Machines"),
    "AMD": ("AMD",),
    "HPQ": ("HP",),
    "F": ("Ford",),
    "CAT": ("Caterpillar",),
    "UNH": ("UnitedHealth",),
    "BRK.B": ("Berkshire",),
    "UAL": ("United Airlines",),
    "AAL": ("American Airlines",),
    "DAL": ("Delta Air Lines",),
    "LUV": ("Southwest Airlines",),
    "BMY": ("Bristol-Myers", "Bristol Myers"),
    "SCHW": ("Schwab",),
    "CMCSA": ("Comcast",),
    "TMUS": ("T-Mobile",),
    "QCOM": ("Qualcomm",),
    "TSM": ("TSMC", "Taiwan Semiconductor"),
    "BABA": ("Alibaba",),
}
"""What the press calls a company whose registered name says otherwise, by ticker."""

_INITIALS = re.compile(r"^[^AEIOUY]{1,4}$|^.{1,2}$")
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


def build(folder: Path) -> list[GazetteerEntry]:
    """Return one entity for each registrant, the largest first, as the SEC orders them."""
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
    # A name that two have goes to the one in the S&P 500, then to the larger: rows come ordered by size.
    ordered = sorted(registrants, key=lambda cik: cik not in members)
    return [_entry(cik, registrants[cik], members.get(cik)) for cik in ordered]


def write(entries: list[GazetteerEntry], path: Path) -> None:
    """Write entities as gzipped JSON lines; the same entities give the same bytes."""
    lines = (entry.model_dump_json(exclude_defaults=True) + "\n" for entry in entries)
    path.write_bytes(gzip.compress("".join(lines).encode(), compresslevel=9, mtime=0))


def _entry(cik: int, registrant: dict[str, Any], member: Mapping[str, str] | None) -> GazetteerEntry:
    registered = titled(without_notes(registrant["name"]))
    shown = short_name(member["Security"]) if member else registered
    tickers = tuple(dict.fromkeys(registrant["tickers"]))
    first = member["Symbol"] if member else tickers[0]
    aliases = [registered] if registered != shown else []
    for ticker in tickers:
        aliases.extend(SHORT_NAMES.get(ticker, ()))
    return GazetteerEntry(
        id=EntityId(f"cik:{cik:010d}"),
        name=shown,
        ticker=first,
        tickers=tuple(ticker for ticker in tickers if ticker != first),
        aliases=tuple(dict.fromkeys(aliases)),
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
