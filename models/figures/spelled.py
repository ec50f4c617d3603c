"""Numbers in words: `twenty-five`, `two hundred and ten`, `two and a half`, `half a`, `three quarters of a`."""

from __future__ import annotations

import re

_UNITS = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_VALUES = {
    **{word: float(value) for value, word in enumerate(_UNITS)},
    **{word: 10.0 * value for value, word in enumerate(_TENS, 2)},
    "nil": 0.0, "a": 1.0, "an": 1.0,
}  # fmt: skip
_PARTS = {"half": 1 / 2, "third": 1 / 3, "thirds": 1 / 3, "quarter": 1 / 4, "quarters": 1 / 4}
_COUNT = rf"(?:(?:{'|'.join(_TENS)})[ -])?(?:{'|'.join([*_UNITS, *_TENS])})"
_HUNDREDS = rf"[ -]hundred(?:[ -](?:and )?{_COUNT}(?! (?:hundred|and an?\b)))?"
WHOLE = rf"(?:{_COUNT}(?:{_HUNDREDS})?|\ban?{_HUNDREDS})"
"""One that has no part: of a whole that a part of `a million` is of see `PART`."""
MIXED = rf"(?:{WHOLE}|(?<![\d.,])\d{{1,3}})[ -]and[ -](?:(?:an?|one)[ -])?(?:half|(?:three[ -])?quarters?|third)"
PART = (
    r"(?<!first )(?<!second )(?<!last )(?<!next )(?<!1st )(?<!2nd )"
    r"(?:(?:(?:an?|one)[ -])?half(?:[ -](?:of[ -])?(?:an?|one))?"
    r"|(?:(?:(?:an?|one|three)[ -])?quarters?|(?:(?:a|one|two)[ -])?thirds?)[ -]of[ -](?:an?|one)"
    r"|(?:a|one|three)[ -]quarters?(?: an?)?|quarter(?=-))"
)
"""Before a scale or a unit; the first half and a quarter of a year are none."""


def in_words(written: str) -> float:
    """Return the number that `WHOLE`, `MIXED` or `PART` found."""
    total, count = 0.0, 0.0
    for word in re.split(r"[ -]+", written.lower()):
        if word in _PARTS:
            return total + (count or 1.0) * _PARTS[word]
        if word == "and":
            total, count = total + count, 0.0
        elif word == "hundred":
            count *= 100
        else:
            count += float(word) if word.isdecimal() else _VALUES[word]
    return total + count
