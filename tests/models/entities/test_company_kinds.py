"""Kinds of company behind a name."""

from __future__ import annotations

import pytest

from models.entities.company_kinds import is_called_a_kind, names_a_sister


def test_a_word_that_goes_on_as_another_company() -> None:
    """What the text calls a bank is not the robot maker, there and wherever the word stands alone."""
    text = "Vantor Bank of Elm was sold; Vantor rose."
    assert is_called_a_kind("Vantor", text, ["Vantor Robotics"])
    assert not is_called_a_kind("Vantor", text, ["Vantor Bank"])
    assert is_called_a_kind("VANTOR", "Vantor Associates said so", ["Vantor Robotics"])
    assert is_called_a_kind("Vantor", "Rivals of Vantor Pacific said so", ["Vantor Robotics"])
    assert is_called_a_kind("Vantor", "VANTOR UTILITIES <VTU> SELLS SHARES", ["Vantor Robotics"])
    assert not is_called_a_kind("Vantor", "Vantor robots", ["Vantor Robotics"])


@pytest.mark.parametrize(
    "text",
    [
        "On Friday Vantor Steel said that it would build a plant there.",
        "Shares in Vantor Industries rose after the offer was raised.",
        "It signed a contract with Vantor Heavy Industries, a builder of ships.",
        "Vantor Steel Wins Order",
        "Vantor Energy's Profit Falls",
        "Orrin Sues Vantor Chemicals",
        "VANTOR INDUSTRIES <VTI> SEES LOSS",
    ],
)
def test_a_sister_is_not_its_parent(text: str) -> None:
    """A capitalised kind that no name of the entity has makes a name another company's, in sentences and headlines."""
    start = text.upper().index("VANTOR")
    assert names_a_sister(text, start, start + 6, ["Vantor Robotics", "Vantor"])
    assert not names_a_sister(text, start, start + 6, ["Vantor Steel, Chemical and Energy", "Vantor Heavy Industries"])


@pytest.mark.parametrize(
    "text",
    [
        "Vantor Steel Order Delayed By Strike",
        "Vantor Energy Bills Rise",
        "VANTOR STEEL ORDER IS LATE",
        "It said that sales of its Vantor Energy unit rose again.",
        "Vantor energy use fell again as it saved.",
        "They asked Vantor Bank and Vantor Music to wait for that.",
        "They asked Vantor for the steel that was ordered.",
    ],
)
def test_what_a_company_has_is_no_sister(text: str) -> None:
    """A word of a headline, a unit, small letters and what companies run themselves leave a name its own."""
    start = text.upper().index("VANTOR")
    assert not names_a_sister(text, start, start + 6, ["Vantor Robotics", "Vantor"])
