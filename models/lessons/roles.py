"""Lessons written by rule: who wins and who loses where a text names several companies, and who is only named.

The sets at hand seldom tell good of one name and bad of another, and hardly ever of a case that is dropped or of a
loss that is smaller than was feared; nor do headlines and tweets hold the quiet sentences of which most of a report
consists, and which say nothing good or bad. Texts and companies are invented here.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Literal, get_args

from models.lessons.datasets import SentimentExample
from models.lessons.events import TARGETS
from models.lessons.lesson import Span
from models.lessons.renaming import retold
from models.network.bases import sha256_of

Source = Literal["roles", "statements"]
SOURCES: tuple[Source, ...] = get_args(Source)
_FOLDER = Path(__file__).parents[1] / "data"
_PLACE = re.compile(r"\{(?:(?P<role>good|bad|neither)\d?|n)\}")
TIMES = 2
"""So often each text is told, each time of other companies and figures."""
_FIRST = (
    "Aldine", "Brisco", "Cawdor", "Dellmont", "Estrin", "Farrow", "Glenmoor", "Hollin", "Inver", "Jessop", "Kimber",
)  # fmt: skip
_SECOND = (
    "Air", "Foods", "Semiconductor", "& Co", "Steel", "Bank", "", "Therapeutics", "Retail", "Oil", "Networks", "AG", "",
)  # fmt: skip


def texts(source: Source) -> list[str]:
    """Return the texts, `{good}`, `{bad}` and `{neither}` in the places of companies, `{n}` in those of figures."""
    return (_FOLDER / f"{source}.txt").read_text("utf-8").splitlines()


def digest(source: Source) -> str:
    """Return the sha256 of the texts: whether weights were taught them as they are now."""
    return sha256_of(_FOLDER / f"{source}.txt")


def role_examples(source: Source) -> list[SentimentExample]:
    """Return an example of each company of each text, and of the whole where it speaks one way.

    Args:
        source: texts about several companies, or plain statements about one, as reports make them.
    """
    return [
        example
        for place, text in enumerate(texts(source))
        for time in range(TIMES)
        for example in _told(text, place * TIMES + time)
    ]


def _told(text: str, number: int) -> list[SentimentExample]:
    places = list(_PLACE.finditer(text))
    filled = [
        _company(number * 5 + count) if place["role"] else str((number * 7 + count * 13) % 88 + 2)
        for count, place in enumerate(places)
    ]
    told, moved = retold(text, [place.span() for place in places], filled)
    about: list[tuple[Span | None, tuple[float, float, float]]] = [
        (moved[place.span()], TARGETS[place["role"]]) for place in places if place["role"]
    ]
    if len(sides := {target for _, target in about} - {TARGETS["neither"]}) < 2:
        about.append((None, sides.pop() if sides else TARGETS["neither"]))
    return [SentimentExample(told, span, target, text) for span, target in about]


def _company(number: int) -> str:
    return f"{_FIRST[number % len(_FIRST)]} {_SECOND[number * 7 % len(_SECOND)]}".strip()
