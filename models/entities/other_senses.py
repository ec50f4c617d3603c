"""Other senses of words that are names as well, shown by the words right beside: sums, months, places, marks."""

from __future__ import annotations

import re
from pathlib import Path

from models.entities.business_words import DEEDS, SAYINGS
from models.entities.gazetteer import read_words
from models.entities.longer_names import stands_behind_a_capital

_PLACES = read_words(Path(__file__).parents[1] / "data" / "places.txt")
_PRICE_TARGET = re.compile(
    r"\s+(?:\$\d|(?:price|hikes?|on|of\s+\$|to\s+\$|raised to|cut to|lowered to|at\s+\$|date|rate|range|market)\b)",
    re.I,
)
_PRICED_BEFORE = re.compile(
    r"(?:\b(?:price|pt|analysts?|ratings?(?: and|,)?|above|below|inflation|deficit|growth|emissions?)|\$\d[\d.,]*)\s*$",
    re.I,
)
_COUNTED = re.compile(
    r"\s+(?:[a-z]+\s+stocks\b|\d|(?:income|sales|revenues?|assets|liabilities|debt|loans?|deposits|costs?|cost of"
    r"|value|number|amount|return|of|voting rights|international|world|bond"
    r"|output|volume|production|shares outstanding|equity|capital|stocks?|supply|demand|exports?|imports?)\b)",
    re.I,
)
_IN_ALL = re.compile(
    rf"\s+(?:(?!(?:{DEEDS}|{SAYINGS})\b)[a-z][\w-]*\s+){{0,4}}"
    r"(?:ebitda|expenses?|growth|margins?|payouts?|profits?|revenues?|sales|income|value)\b"
)
"""Behind `Total`: what it is the sum of."""
_CENTS_BEFORE = re.compile(r"\d\s*$")
_TO_COME = re.compile(
    r"\s+(?:weeks?|months?|years?|quarters?|days?|morning|leg|level|target|stop|steps?|big|gen|generation|few|time|up|resistance"
    r"|support)\b",
    re.I,
)
"""Behind `Next`."""
_FILLED = re.compile(r"\s+(?:(?:has|was|is|been|to|be|got|just|almost)\s+){0,3}fill\w*\b", re.I)
"""Behind `Gap`: what becomes of one in a chart."""
_CAPITAL_WORDS = frozenset({"SEEK", "TEAM", "UNIT"})
"""What a headline in capitals says of anybody: `ORRIN UNIT SELLS NOTES`."""
_MONTHS = frozenset({"jan", "mar", "nov", "dec"})
_OF_A_MONTH = re.compile(r"\s+'?\d")
_DEGREE_BEFORE = re.compile(r"\b(?:very|too|still|quite|really|pretty|rather)\s+$", re.I)
_MARK = re.compile("[™®]")
_WAY_BEFORE = re.compile(r"\b(?:in|to|near|outside|around|toward|towards|between|leave|leaves|leaving|left)\s+$", re.I)
_DEALT_BEFORE = re.compile(
    r"\b(?:stakes?|shares?|holdings?|interests?|positions?|invest\w*|investors?|confidence|calls|puts|options|stock"
    r"|believers?|trading|due|according|similar|compared|thanks|exposure|s[eo]l[dl]s?|selling|offers?|bids?|bidding"
    r"|letters?|wrote|respon\w+|competitors?|rivals?|alternatives?|listens?|switch\w*|licens\w+|pa(?:y|ys|id)|deals?)"
    r"\s+(?:in|to|around)\s+$",
    re.I,
)
"""`its stake in Brunswick`, but `sent to Brunswick`."""
_ENDS_HERE = re.compile(r"\s*(?:[.,;)]|$|(?:on|to|and|in|from|for|with|where|after|last|this|by|at)\b)")


def means_something_else(text: str, start: int, end: int) -> bool:
    """Say whether the words right beside a word give it a sense in which it names no company."""
    word, head = text[start:end], text[max(0, start - 48) : start]
    small = word.lower()
    if small == "target":
        return _PRICE_TARGET.match(text, end) is not None or _PRICED_BEFORE.search(head) is not None
    if small == "total":
        return _COUNTED.match(text, end) is not None or _IN_ALL.match(text, end) is not None
    if small == "next":
        return _TO_COME.match(text, end) is not None
    if small == "gap":
        return _FILLED.match(text, end) is not None
    if word == "CTS":
        return _CENTS_BEFORE.search(head) is not None
    if word in {"AMC", "Arm", "ARM"}:  # of whoever stands before: an `Orrin AMC`, an `Insurance Arm`
        return stands_behind_a_capital(text, start)
    if word in _CAPITAL_WORDS:
        return True
    if small in _MONTHS and _OF_A_MONTH.match(text, end):
        return True
    return (
        text.startswith("…", end)  # a post that was cut: `on Seek…` goes on
        or _DEGREE_BEFORE.search(head) is not None
        or _MARK.match(text, end) is not None
        or _is_a_place(text, head, end, small)
    )


def _is_a_place(text: str, head: str, end: int, word: str) -> bool:
    """Say whether a word that is a place's name as well stands where people go or are."""
    return (
        word in _PLACES
        and _WAY_BEFORE.search(head) is not None
        and _DEALT_BEFORE.search(head) is None
        and _ENDS_HERE.match(text, end) is not None
    )
