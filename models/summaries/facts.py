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

from models.figures.amounts import CURRENCIES, MINOR, SYMBOL
from models.figures.spelled import MIXED, PART, WHOLE, in_words
from models.text.cleaning import latin, plain_text
from models.text.dates import find_dates

Kind = Literal["number", "date", "currency", "name"]

_MORE_FORMS = {
    "usd": r"U\.?S\.? dollars?|bucks?", "cad": r"Canadian dollars?", "aud": r"Australian dollars?",
    "nzd": r"New Zealand dollars?", "hkd": r"Hong Kong dollars?", "sgd": r"Singapore dollars?",
}  # fmt: skip
_SMALL = {"cent": rf"¢|{MINOR['']}", "pence": rf"(?:{MINOR['gbp']})\b", "paise": MINOR["inr"]}
_CURRENCIES = {
    **{code: "|".join(filter(None, (_MORE_FORMS.get(code), forms))) for code, forms in CURRENCIES.items()},
    **_SMALL,
}
_CURRENCY = "|".join(f"(?P<{code}>{pattern})" for code, pattern in _CURRENCIES.items())
_CURRENCY_RE = re.compile(rf"(?<![\w$])(?:{_CURRENCY})(?![a-z])", re.I)
_NAMES_TOO = frozenset(("won", "mark", "marks", "dm", "crown", "crowns", "rand", "sek", "nok", "dkk"))
"""With a capital also a word or somebody's name, or one of several currencies of one name."""
_BESIDE_A_NUMBER = _NAMES_TOO | {"pound", "pounds", "rs", "buck", "bucks"}
"""Next to a number the amount itself is compared; by itself a pound may be a weight, and `won` a deed."""
_SCALES = {
    "dozen": 12, "hundred": 100, "k": 10**3, "thousand": 10**3, "thousands": 10**3, "lakh": 10**5,
    "m": 10**6, "mn": 10**6, "mln": 10**6, "mm": 10**6, "million": 10**6, "millions": 10**6, "crore": 10**7,
    "b": 10**9, "bn": 10**9, "bln": 10**9, "billion": 10**9, "billions": 10**9,
    "t": 10**12, "tn": 10**12, "trn": 10**12, "trillion": 10**12, "trillions": 10**12,
}  # fmt: skip
_SCALE = "|".join(sorted(_SCALES, key=len, reverse=True))
_SCALE_WORD = "|".join(scale for scale in _SCALES if len(scale) > 2)
_NUMBER = re.compile(
    rf"(?<![\w.,])(?P<before>(?:{SYMBOL})\s?)?"
    rf"(?P<digits>\d{{1,3}}(?:,\d{{2,3}})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+)"
    rf"(?:(?P<ordinal>st|nd|rd|th)\b)?(?:[ -]?(?P<scale>{_SCALE})\b)?",
    re.I,
)
_SPELT = re.compile(
    rf"\b(?P<count>{MIXED}|{PART}(?=[ -](?:(?:{_SCALE_WORD}|percentage|per ?cent|pct|points?|basis)\b|%))|{WHOLE}"
    rf"|an?(?= (?:{_SCALE_WORD})\b))(?:[ -](?P<scale>{_SCALE}))?\b",
    re.I,
)
_POINTS = re.compile(r"\s?(?:(?:percentage|per ?cent|pct|%)[ -]?points?|pp)\b", re.I)
_BASIS = re.compile(r"\s?(?:basis points?|bps)\b", re.I)
_PERCENT = re.compile(r"\s?(?:%|per ?cent\b|pct\b)", re.I)
_AFTER = re.compile(
    rf"[ -]?(?:(?!swiss )[a-z]+ (?=(?:crowns?|pesos?|francs?|marks?)\b))?(?:{_CURRENCY})(?![a-z])", re.I
)
_RANGE = re.compile(
    rf"(?<![\w.,])(?P<before>(?:{SYMBOL})\s?)?(?P<low>\d[\d,]*(?:\.\d+)?)\s?(?:to|-|–|and|or)\s?"
    rf"(?P<unit>{SYMBOL})?\s?\d[\d,]*(?:\.\d+)?(?:[ -]?(?P<scale>{_SCALE})\b)?",
    re.I,
)
_RATING = re.compile(
    r"(?<![\w+])(?:(?P<grade>A{1,3}|B{1,3}|C{1,3}|D)(?P<sign>[+–-])(?![\w+-])"
    r"|(?P<letters>AA|B{2,3}|C{2,3})[ -](?P<word>plus|minus)\b)"
)
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
    ratings, dates, rest = _read(_spaced(text))
    return (*ratings, *dates, *_numbers(rest), *_currencies(rest), *_names(rest, plain))


def unsupported(summary: str, article: str) -> tuple[Fact, ...]:
    """Return the facts of a summary that its article does not hold.

    A number with a unit (a currency, per cent) needs the same unit in the article; a bare one needs only the value.
    """
    ratings, dates, rest = _read(clean := _spaced(article))
    clean = _RATING.sub(_blank, clean)
    facts = (*ratings, *dates, *_numbers(rest), *_ranges(clean), *_currencies(rest))
    known = {(fact.kind, fact.value) for fact in facts}
    # The parts of a date stand for themselves too: a day of March 3 knows its month, its 3 and its year.
    known |= {(fact.kind, fact.value) for fact in _numbers(clean)}
    known |= {("date", fact.value[:2]) for fact in dates if len(fact.value) == 5}
    known |= {(kind, value.split(" ")[0]) for kind, value in known if kind == "number"}
    words = f" {' '.join(_folded(match[0]) for match in _WORD.finditer(clean))} "
    return tuple(fact for fact in find_facts(summary, _plain(clean)) if not _holds(fact, known, words))


def _holds(fact: Fact, known: set[tuple[Kind, str]], words: str) -> bool:
    return (fact.kind, fact.value) in known or (fact.kind == "name" and f" {fact.value} " in words)


def _read(text: str) -> tuple[list[Fact], list[Fact], str]:
    """Return the ratings and the dates of a text, and the text with them blanked, so that none is read once more."""
    ratings = [Fact("name", _rating(match), match[0]) for match in _RATING.finditer(text)]
    dates, rest = find_dates(_RATING.sub(_blank, text))
    return ratings, [Fact("date", value, written) for value, written in dates], rest


def _rating(match: re.Match[str]) -> str:
    return f"{match['grade'] or match['letters']}{'+' if '+' in match[0] or match['word'] == 'plus' else '-'}"


def _spaced(text: str) -> str:
    return re.sub(r"[^\S\n]+", " ", latin(plain_text(text)))


def _numbers(text: str) -> Iterator[Fact]:
    spelt = [*_SPELT.finditer(text)]
    mixed = {match.start() for match in spelt if match[0][0].isdecimal()}  # "2 and a half million"
    for match in _NUMBER.finditer(text):
        if match.start() not in mixed:
            value = _scaled(match["digits"], match["scale"])
            yield Fact("number", f"{value}{_unit(text, match.end(), match['before'])}", match[0].strip())
    for match in spelt:
        number = in_words(match["count"])
        if number < 2 and not match["scale"] and number.is_integer():
            continue  # "one" is a pronoun more often than a count
        yield Fact("number", f"{_scaled(f'{number:.6g}', match['scale'])}{_unit(text, match.end(), None)}", match[0])


def _ranges(text: str) -> Iterator[Fact]:
    """Yield the low ends of ranges with the scale and unit that stand only once: 5 to 6 million dollars."""
    for match in _RANGE.finditer(text):
        unit = _unit(text, match.end(), match["before"] or match["unit"])
        yield Fact("number", f"{_scaled(match['low'], match['scale'])}{unit}", match[0])


def _scaled(digits: str, scale: str | None) -> str:
    value = Decimal(digits.replace(",", "")) * (_SCALES[scale.lower()] if scale else 1)
    return f"{value.normalize():f}"


def _unit(text: str, end: int, before: str | None) -> str:
    if before and before.strip():
        code = _code(_CURRENCY_RE.match(before.strip()))
        return f" {code}" if code else ""
    for unit, pattern in (("points", _POINTS), ("bp", _BASIS), ("%", _PERCENT)):
        if pattern.match(text, end):
            return f" {unit}"
    code = _code(_AFTER.match(text, end))
    return f" {code}" if code else ""


def _code(match: re.Match[str] | None) -> str | None:
    return next((code.upper() for code in _CURRENCIES if match[code] is not None), None) if match else None


def _currencies(text: str) -> Iterator[Fact]:
    for match in _CURRENCY_RE.finditer(text):
        code = _code(match)
        if code and code.lower() not in _SMALL and match[0].lower() not in _BESIDE_A_NUMBER:
            yield Fact("currency", code, match[0])


def _plain(text: str) -> frozenset[str]:
    return frozenset(_root(match[0]) for match in _WORD.finditer(text) if match[0].islower())


def _root(word: str) -> str:
    return _SUFFIX.sub("", word.lower()) if len(word) > 4 else word.lower()


def _names(text: str, plain: frozenset[str]) -> Iterator[Fact]:
    """Yield runs of capitalised words; the first word of a sentence only where it is not a plain word."""
    text = _CURRENCY_RE.sub(lambda match: match[0] if match[0].lower() in _NAMES_TOO else _blank(match), text)
    plain = plain | _plain(text)
    run: list[str] = []
    end = -1
    for match in _WORD.finditer(text):
        word = match[0]
        capital = any(map(str.isupper, word)) and (word not in ("I", "A") or bool(run))
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
