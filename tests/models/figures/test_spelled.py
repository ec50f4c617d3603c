"""Numbers in words."""

from __future__ import annotations

import re

import pytest

from models.figures.spelled import MIXED, PART, WHOLE, in_words


@pytest.mark.parametrize(
    ("written", "kind", "number"),
    [
        ("seven", WHOLE, 7.0),
        ("twenty-five", WHOLE, 25.0),
        ("a hundred", WHOLE, 100.0),
        ("two hundred and ten", WHOLE, 210.0),
        ("two and a half", MIXED, 2.5),
        ("18 and three quarters", MIXED, 18.75),
        ("two hundred and a half", MIXED, 200.5),
        ("half of one", PART, 0.5),
        ("one-half", PART, 0.5),
        ("three quarters of a", PART, 0.75),
        ("two thirds of a", PART, 2 / 3),
    ],
)
def test_a_number_in_words(written: str, kind: str, number: float) -> None:
    """Each kind is found whole and is worth what it says."""
    assert re.fullmatch(kind, written)
    assert in_words(written) == pytest.approx(number)


@pytest.mark.parametrize("text", ["first half", "last quarter", "1st half", "half-year", "third"])
def test_parts_of_a_year_are_no_parts(text: str) -> None:
    """What is a period, or only an ordinal, is not read as a share of something."""
    assert not any(match.end() == len(text) for match in re.finditer(PART, text))
