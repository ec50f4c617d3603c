"""The facts that a summary may not invent: numbers, dates, currencies and names, in a form that can be compared.

`$5m`, `5 million dollars` and `USD 5,000,000` are one amount; `March 3`, `3rd of March` and `2026-03-03` one day. What
cannot be matched counts as invented: a summary refused in error costs little, for another stands ready.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from models.text import latin, plain_text

Kind = Literal["number", "date", "currency", "name"]

_CURRENCIES = {
    "USD": r"US\$|\$|usd|us dollars?|dollars?|dlrs?|bucks?",
    "EUR": r"€|eur|euros?",
    "GBP": r"£|gbp|pounds?(?: sterling)?|stg|sterling",
    "JPY": r"¥|jpy|yen",
    "INR": r"₹|inr|rs\.?|rupees?",
    "CNY": r"cny|rmb|yuan",
    "CHF": r"chf|swiss francs?",
    "cent": r"¢|cents?|cts?|pence|p(?=\b)",
}
_CURRENCY = "|".join(f"(?P<{code}>{pattern})" for code, pattern in _CURRENCIES.items())
_CURRENCY_RE = re.compile(rf"(?<![\w$])(?:{_CURRENCY})(?![a-z])", re.I)
_SCALES = {
    "k": 3, "thousand": 3, "thousands": 3,
    "m": 6, "mn": 6, "mln": 6, "mm": 6, "million": 6, "millions": 6,
    "b": 9, "bn": 9, "bln": 9, "billion": 9, "billions": 9,
    "t": 12, "tn": 12, "trn": 12, "trillion": 12, "trillions": 12,
    "lakh": 5, "crore": 7,
}  # fmt: skip
_SCALE = "|".join(sorted(_SCALES, key=len, reverse=True))
_UNITS = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_WORDS = {word: value for value, word in enumerate(_UNITS)} | {word: 10 * (i + 2) for i, word in enumerate(_TENS)}
_QUARTERS = ("first", "second", "third", "fourth")
_NUMBER = re.compile(
    rf"(?<![\w.,])(?P<before>(?:US\$|[$€£¥₹]|(?:usd|eur|gbp|jpy|inr|chf|cny|rs\.?|rmb|dlrs)\s)\s?)?"
    rf"(?P<digits>\d{{1,3}}(?:,\d{{2,3}})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+)"
    rf"(?:(?P<ordinal>st|nd|rd|th)\b)?(?:[ -]?(?P<scale>{_SCALE})\b)?",
    re.I,
)
_SPELT = re.compile(
    rf"\b(?:(?P<tens>{'|'.join(_TENS)})[ -])?(?P<unit>{'|'.join([*_UNITS, *_TENS])})(?:[ -](?P<scale>{_SCALE}))?\b",
    re.I,
)
_PERCENT = re.compile(r"\s?(?:%|per ?cent\b|pct\b|percentage points?\b|basis points?\b|bps\b)", re.I)
_BASIS = re.compile(r"\s?(?:basis points?|bps)\b", re.I)
_AFTER = re.compile(rf"[ -]?(?:{_CURRENCY})(?![a-z])", re.I)
_RANGE = re.compile(
    rf"(?<![\w.,])(?P<before>(?:US\$|[$€£¥₹])\s?)?(?P<low>\d[\d,]*(?:\.\d+)?)\s?(?:to|-|–|and|or)\s?"
    rf"(?P<unit>US\$|[$€£¥₹])?\s?\d[\d,]*(?:\.\d+)?(?:[ -]?(?P<scale>{_SCALE})\b)?"
    rf"(?P<percent>\s?(?:%|per ?cent\b|pct\b))?",
    re.I,
)
_MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
)  # fmt: skip
_MONTH = "(?P<month>" + "|".join(f"{name[:3]}(?:{name[3:]}|t)?" if name[3:] else name for name in _MONTHS) + r")\.?"
_DAY = r"(?P<day>0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th)?"
_DATES = (
    re.compile(rf"\b{_MONTH}\s{_DAY}\b(?![\d.,]*\d)", re.I),
    re.compile(rf"\b{_DAY}(?:\sof)?\s{_MONTH}(?![a-z])", re.I),
    re.compile(r"\b\d{4}-(?P<month>0[1-9]|1[0-2])-(?P<day>0[1-9]|[12]\d|3[01])\b"),
)
# "May" and "March" are also words: alone they are months only with a capital, and "May" only after a preposition.
_MONTH_ALONE = re.compile(
    "|".join(rf"\b{name.capitalize()}\b" for name in _MONTHS if name != "may")
    + r"|(?<=\bin )May\b|(?<=\bof )May\b|(?<=\bsince )May\b|(?<=\buntil )May\b|\bMay(?= \d)"
)
_WEEKDAY = re.compile(r"\b(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b")
_QUARTER = re.compile(r"\bQ([1-4])\b|\b(first|second|third|fourth)[ -]quarter\b|\b([1-4])Q\b", re.I)
_WORD = re.compile(r"[^\W\d_](?:[\w&]|[.'’-](?=\w))*")
_SUFFIX = re.compile(r"(?:es|s|ed|ing|e)$")
_ENDS = re.compile(r"[.!?:;\"“”\n]\s*$|^\s*$|^[\s\"'“‘(•*-]*$")
_OPENERS_TEXT = """
a about above according across actually after again against all almost along already also although amid among an
and another any anyone are as at back because been before being below between both but by can could despite did
do does down during each earlier either even ever every everyone few fewer finally first following for former
from further given had has have he her here hers him his how however i if in indeed instead into is it its
itself just last later latest least less like many may me meanwhile might more moreover most mr mrs ms much must
my near nearly neither never new next no nobody none nor not nothing now of off often on once one only onto or
other others our out over overall own part per perhaps please previously rather recently same several shall she
should since so some someone something soon still such than that the their them then there therefore these they
this those though through throughout thus till to today together tomorrow tonight too toward towards two under
unless unlike until up upon us various very was we well were what when where whether which while who whoever
whole whom whose why will with within without would yes yesterday yet you your
"""
_OPENERS = frozenset(_OPENERS_TEXT.split())
"""Words that begin a sentence with a capital and are no names."""


@dataclass(frozen=True, slots=True)
class Fact:
    """Be one checkable statement: its kind, its comparable value, and the words that made it."""

    kind: Kind
    value: str
    text: str


def find_facts(text: str, plain: frozenset[str] = frozenset()) -> tuple[Fact, ...]:
    """Return the facts of a text: dates, numbers, currencies and names, each in the order of the text.

    Args:
        text: what is read.
        plain: the roots of words that are no names when they begin a sentence, beside those that the text itself tells.
    """
    clean = _spaced(text)
    dates, rest = _dates(clean)
    return (*dates, *_numbers(rest), *_currencies(rest), *_names(rest, plain))


def unsupported(summary: str, article: str) -> tuple[Fact, ...]:
    """Return the facts of a summary that its article does not hold.

    A number with a unit (a currency, per cent) needs the same unit in the article; a bare one needs only the value.
    """
    clean = _spaced(article)
    dates, rest = _dates(clean)
    known = {(fact.kind, fact.value) for fact in (*dates, *_numbers(rest), *_ranges(clean), *_currencies(rest))}
    # The parts of a date stand for themselves too: a day of March 3 knows its month, its 3 and its year.
    known |= {(fact.kind, fact.value) for fact in _numbers(clean)}
    known |= {("date", fact.value[:2]) for fact in dates if len(fact.value) == 5}
    known |= {(kind, value.split(" ")[0]) for kind, value in known if kind == "number"}
    words = f" {' '.join(_folded(match[0]) for match in _WORD.finditer(clean))} "
    return tuple(fact for fact in find_facts(summary, _plain(clean)) if not _holds(fact, known, words))


def _holds(fact: Fact, known: set[tuple[Kind, str]], words: str) -> bool:
    if fact.kind != "name":
        return (fact.kind, fact.value) in known
    return f" {fact.value} " in words


def _spaced(text: str) -> str:
    return re.sub(r"[^\S\n]+", " ", latin(plain_text(text)))


def _dates(text: str) -> tuple[list[Fact], str]:
    """Return the dates of a text, and the text with them blanked, so that none is read as numbers again."""
    found: list[tuple[int, Fact]] = []
    for pattern in _DATES:
        for match in pattern.finditer(text):
            month = match["month"].lower()
            number = int(month) if month.isdigit() else next(i for i, n in enumerate(_MONTHS, 1) if n[:3] == month[:3])
            found.append((match.start(), Fact("date", f"{number:02}-{int(match['day']):02}", match[0])))
        text = pattern.sub(_blank, text)
    for pattern in (_MONTH_ALONE, _WEEKDAY):
        found.extend((match.start(), Fact("date", _named_time(match[0]), match[0])) for match in pattern.finditer(text))
    for match in _QUARTER.finditer(text):
        spelt = match[2]
        which = _QUARTERS.index(spelt.lower()) + 1 if spelt else int(match[1] or match[3])
        found.append((match.start(), Fact("date", f"Q{which}", match[0])))
    for pattern in (_MONTH_ALONE, _WEEKDAY, _QUARTER):
        text = pattern.sub(_blank, text)
    return [fact for _, fact in sorted(found, key=lambda item: item[0])], text


def _named_time(word: str) -> str:
    """Return a month as its number, and a day of the week as it is."""
    word = word.lower()
    return f"{_MONTHS.index(word) + 1:02}" if word in _MONTHS else word


def _numbers(text: str) -> Iterator[Fact]:
    for match in _NUMBER.finditer(text):
        value = _scaled(match["digits"], match["scale"])
        yield Fact("number", f"{value}{_unit(text, match.end(), match['before'])}", match[0].strip())
    for match in _SPELT.finditer(text):
        if match["unit"].lower() in ("one", "zero") and not match["tens"] and not match["scale"]:
            continue  # "one" is a pronoun more often than a count
        whole = _WORDS[match["unit"].lower()] + (_WORDS[match["tens"].lower()] if match["tens"] else 0)
        yield Fact("number", f"{_scaled(str(whole), match['scale'])}{_unit(text, match.end(), None)}", match[0])


def _ranges(text: str) -> Iterator[Fact]:
    """Yield the low ends of ranges with the scale and unit that stand only once: 5 to 6 million dollars."""
    for match in _RANGE.finditer(text):
        value = _scaled(match["low"], match["scale"])
        unit = " %" if match["percent"] else _unit(text, match.end(), match["before"] or match["unit"])
        yield Fact("number", f"{value}{unit}", match[0])


def _scaled(digits: str, scale: str | None) -> str:
    value = Decimal(digits.replace(",", "")).scaleb(_SCALES[scale.lower()] if scale else 0)
    return f"{value.normalize():f}"


def _unit(text: str, end: int, before: str | None) -> str:
    if before and before.strip():
        code = _code(_CURRENCY_RE.match(before.strip()))
        return f" {code}" if code else ""
    if basis := _BASIS.match(text, end):
        return " bp" if basis else ""
    if _PERCENT.match(text, end):
        return " %"
    code = _code(_AFTER.match(text, end))
    return f" {code}" if code else ""


def _code(match: re.Match[str] | None) -> str | None:
    return next((code for code in _CURRENCIES if match[code] is not None), None) if match else None


def _currencies(text: str) -> Iterator[Fact]:
    for match in _CURRENCY_RE.finditer(text):
        code = _code(match)
        # A pound may be a weight and "p" a letter; next to a number the amount itself is compared.
        if code and code != "cent" and match[0].lower() not in ("pound", "pounds", "rs", "buck", "bucks"):
            yield Fact("currency", code, match[0])


def _plain(text: str) -> frozenset[str]:
    return frozenset(_root(match[0]) for match in _WORD.finditer(text) if match[0].islower())


def _root(word: str) -> str:
    return _SUFFIX.sub("", word.lower()) if len(word) > 4 else word.lower()


def _names(text: str, plain: frozenset[str]) -> Iterator[Fact]:
    """Yield runs of capitalised words; the first word of a sentence only where it is not a plain word."""
    text = _CURRENCY_RE.sub(_blank, text)
    plain = plain | _plain(text)
    run: list[str] = []
    end = -1
    for match in _WORD.finditer(text):
        word = match[0]
        capital = word[0].isupper() and (word not in ("I", "A") or bool(run))
        opening = bool(_ENDS.search(text[max(0, match.start() - 3) : match.start()])) or match.start() == 0
        if capital and opening and not run and (word.lower() in _OPENERS or _root(word) in plain):
            capital = False
        if capital and text[end : match.start()] == " " and run and not opening:
            run.append(word)
        else:
            yield from _named(run)
            run = [word] if capital and not (word.lower() in _OPENERS and not word.isupper()) else []
        end = match.end()
    yield from _named(run)


def _named(run: list[str]) -> Iterator[Fact]:
    if run:
        yield Fact("name", " ".join(map(_folded, run)), " ".join(run))


def _folded(word: str) -> str:
    word = word.casefold().replace("’", "'")
    return word.removesuffix("'s").removesuffix("'").replace(".", "")


def _blank(match: re.Match[str]) -> str:
    return " " * len(match[0])
