"""Dates in a text, in a form that can be compared: days, months, days of the week, quarters and halves of a year."""

from __future__ import annotations

import re

_ORDINALS = ("first", "second", "third", "fourth")
_MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
)  # fmt: skip
MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)"
)
"""A month, whole or in short."""
_MONTH = rf"(?P<month>{MONTH})\.?"
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
_PART = re.compile(
    r"\b(?:(?P<letter>Q(?=[1-4]\b)|H(?=[12]\b))?(?P<number>[1-4])(?(letter)|(?P<behind>Q|(?<=[12])H))"
    r"|(?P<ordinal>first|second|third(?=.quarter)|fourth(?=.quarter))[ -](?P<unit>quarter|half))\b",
    re.I,
)


def find_dates(text: str) -> tuple[list[tuple[str, str]], str]:
    """Return the dates of a text, each as a value and the words that made it, and the text with them blanked.

    `03-14` is a day, `03` a month, `monday` a day of the week, `Q3` a quarter, `H2` a half of a year.
    """
    found: list[tuple[int, str, str]] = []
    for pattern in _DATES:
        for match in pattern.finditer(text):
            month = match["month"].lower()
            number = int(month) if month.isdigit() else next(i for i, n in enumerate(_MONTHS, 1) if n[:3] == month[:3])
            found.append((match.start(), f"{number:02}-{int(match['day']):02}", match[0]))
        text = pattern.sub(_blank, text)
    for pattern in (_MONTH_ALONE, _WEEKDAY):
        found.extend((match.start(), _named_time(match[0]), match[0]) for match in pattern.finditer(text))
    found.extend((match.start(), _part_of_year(match), match[0]) for match in _PART.finditer(text))
    for pattern in (_MONTH_ALONE, _WEEKDAY, _PART):
        text = pattern.sub(_blank, text)
    return [(value, written) for _, value, written in sorted(found)], text


def _named_time(word: str) -> str:
    """Return a month as its number, and a day of the week as it is."""
    word = word.lower()
    return f"{_MONTHS.index(word) + 1:02}" if word in _MONTHS else word


def _part_of_year(match: re.Match[str]) -> str:
    """Return `Q2` for a second quarter, however it is written, and `H2` for a second half."""
    unit = match["letter"] or match["behind"] or match["unit"]
    number = match["number"] or _ORDINALS.index(match["ordinal"].lower()) + 1
    return f"{unit[0].upper()}{number}"


def _blank(match: re.Match[str]) -> str:
    return " " * len(match[0])
