"""Days of registration, by number."""

from __future__ import annotations

from datetime import date

from models.entities.registration import registered_since


def test_a_number_tells_about_when() -> None:
    """A later number is of a later day; those of the first years say nothing."""
    assert registered_since(320_193) is None
    assert registered_since(1_652_044) == date(2015, 8, 1)
    assert registered_since(1_018_724) < registered_since(1_318_605)  # type: ignore[operator]
