"""Slugs before headlines."""

from __future__ import annotations

import pytest

from models.text.slugs import end_of_slug


@pytest.mark.parametrize(
    "slug",
    [
        *("UPDATE 2-", "EXCLUSIVE-", "RPT-", "BUZZ-", "WRAPUP 1-", "RPT-UPDATE 2-", "ASIA COPPER WEEK-", "US STOCKS-"),
        *("Exclusive-", "Update 1-", "Factbox-"),
    ],
)
def test_a_headline_begins_behind_its_slug(slug: str) -> None:
    """Words in capitals and a number, and those that wires write in small letters as well, end with a hyphen."""
    assert end_of_slug(f"{slug}Vantor rises") == len(slug)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "Vantor rises",
            "VTR-Orrin deal is off",
            "UPDATE 2-VANTOR RISES",
            "UPDATE 2 - Vantor rises",
            "NYSE- and more",
        ),
        *("Vantor-like goods", "Anti-Vantor rally", "It says: UPDATE 2-Vantor rises", ""),
    ],
)
def test_what_is_no_slug(text: str) -> None:
    """Short capitals, other words, what stands later, and a headline all in capitals are none."""
    assert end_of_slug(text) == 0


def test_many_capitals_come_to_an_end() -> None:
    """A long text of capitals without a hyphen behind them is read once."""
    assert end_of_slug("VANTOR ORRIN " * 20_000 + "x") == 0
