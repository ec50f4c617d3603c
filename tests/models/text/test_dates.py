"""Dates in a text."""

from __future__ import annotations

import pytest

from models.text.dates import find_dates


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("on March 3 and on 4th of April, since 2026-05-06", ["03-03", "04-04", "05-06"]),
        ("a Monday in May", ["monday", "05"]),
        ("it may march on", []),
        ("Sept. 3, Sep 4, September 5, 6 Jan, Feb 7", ["09-03", "09-04", "09-05", "01-06", "02-07"]),
        ("Mart 3, Mayfair 4, 5 Decades, Junt 6", []),
        ("Q1, 2Q, the third quarter and fourth-quarter sales", ["Q1", "Q2", "Q3", "Q4"]),
        ("H1, 2H, the first half and second-half sales", ["H1", "H2", "H1", "H2"]),
        ("H3, 3H, Q5, 5Q, a third half", []),
    ],
)
def test_dates_have_one_form(text: str, values: list[str]) -> None:
    """Days, months, days of the week, quarters and halves are found in order; what is none is not."""
    found, _ = find_dates(text)
    assert [value for value, _ in found] == values


def test_what_is_read_is_blanked() -> None:
    """The rest has the length of the text, and no date in it."""
    assert find_dates("On March 3 H2 fell") == ([("03-03", "March 3"), ("H2", "H2")], "On            fell")
