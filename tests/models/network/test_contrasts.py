"""Names that a sentence sets apart."""

from __future__ import annotations

import pytest

from models.network.contrasts import own_clause


def _clause(text: str, name: str, *others: str) -> str | None:
    def place(word: str) -> tuple[int, int]:
        return text.index(word), text.index(word) + len(word)

    found = own_clause(text, place(name), [place(other) for other in others])
    return None if found is None else text[slice(*found)]


@pytest.mark.parametrize(
    ("text", "vantor", "orrin"),
    [
        ("Vantor soars as Orrin sinks", "Vantor soars", "Orrin sinks"),
        ("Vantor rises while Orrin falls", "Vantor rises", "Orrin falls"),
        ("Vantor gains but Orrin drops", "Vantor gains", "Orrin drops"),
        ("Vantor up; Orrin down", "Vantor up", "Orrin down"),
        ("While Vantor rises, Orrin falls", "Vantor rises", "Orrin falls"),
        (
            "Although sales of 1,200 cars helped Vantor, Orrin cut jobs",
            "sales of 1,200 cars helped Vantor",
            "Orrin cut jobs",
        ),
        ("Sales help Vantor even as costs hurt Orrin", "Sales help Vantor", "costs hurt Orrin"),
    ],
)
def test_words_that_set_apart(text: str, vantor: str, orrin: str) -> None:
    """Each name has the statement that it is in."""
    assert _clause(text, "Vantor", "Orrin") == vantor
    assert _clause(text, "Orrin", "Vantor") == orrin


def test_what_a_statement_leads_in_is_parted_too() -> None:
    """Behind the comma of `While A soars, B sinks as C gains` stand two statements; before it there is one."""
    text = "While Tidal rises, Vantor falls but Orrin gains"
    assert _clause(text, "Vantor", "Orrin", "Tidal") == "Vantor falls"
    assert _clause(text, "Orrin", "Vantor", "Tidal") == "Orrin gains"
    assert _clause(text, "Tidal", "Vantor", "Orrin") == "Tidal rises"
    assert _clause("While Vantor rose but later fell, Orrin sank", "Vantor", "Orrin") == "Vantor rose but later fell"


def test_names_of_one_clause_are_not_set_apart() -> None:
    """Without another name outside, a sentence is one."""
    assert _clause("Vantor and Orrin rise as rates fall", "Vantor", "Orrin") is None
    assert _clause("Vantor rises as rates fall", "Vantor") is None
    assert _clause("Vantor slips, Orrin jumps", "Vantor", "Orrin") is None
    assert _clause("While Vantor, Orrin and Tidal rise, rates fall", "Vantor", "Orrin") is None
