"""Lessons written by rule: who wins and who loses where a text names several companies, and who is only named.

The sets at hand seldom tell good of one name and bad of another, and hardly ever of a case that is dropped or of a
loss that is smaller than was feared. Texts and companies are invented here.
"""

from __future__ import annotations

import re
from pathlib import Path

from models.datasets import SentimentExample

_FILE = Path(__file__).parent / "data" / "roles.txt"
_TARGETS = {"bad": (1.0, 0.0, 0.0), "neither": (0.0, 1.0, 0.0), "good": (0.0, 0.0, 1.0)}
_PLACE = re.compile(r"\{(?:(?P<role>good|bad|neither)\d?|n)\}")
TIMES = 3
"""So often each text is told, each time of other companies and figures."""
_FIRST = (
    "Aldine", "Brisco", "Cawdor", "Dellmont", "Estrin", "Farrow", "Glenmoor", "Hollin", "Inver", "Jessop", "Kimber",
)  # fmt: skip
_SECOND = (
    "Air", "Foods", "Semiconductor", "& Co", "Steel", "Bank", "", "Therapeutics", "Retail", "Oil", "Networks", "AG", "",
)  # fmt: skip


def texts() -> list[str]:
    """Return the texts, `{good}`, `{bad}` and `{neither}` in the places of companies, `{n}` in those of figures."""
    return _FILE.read_text("utf-8").splitlines()


def role_examples() -> list[SentimentExample]:
    """Return an example of each company of each text, and of the whole where it speaks one way."""
    return [
        example
        for place, text in enumerate(texts())
        for time in range(TIMES)
        for example in _told(text, place * TIMES + time)
    ]


def _told(text: str, number: int) -> list[SentimentExample]:
    told, last = "", 0
    found: list[tuple[tuple[int, int], tuple[float, float, float]]] = []
    for count, match in enumerate(_PLACE.finditer(text)):
        told += text[last : match.start()]
        last = match.end()
        if (role := match["role"]) is None:
            told += str((number * 7 + count * 13) % 88 + 2)
            continue
        name = _company(number * 5 + count)
        found.append(((len(told), len(told) + len(name)), _TARGETS[role]))
        told += name
    told += text[last:]
    about: list[tuple[tuple[int, int] | None, tuple[float, float, float]]] = [*found]
    if len(roles := {target for _, target in found} - {_TARGETS["neither"]}) < 2:
        about.append((None, roles.pop() if roles else _TARGETS["neither"]))
    return [SentimentExample(told, span, target) for span, target in about]


def _company(number: int) -> str:
    return f"{_FIRST[number % len(_FIRST)]} {_SECOND[number * 7 % len(_SECOND)]}".strip()
