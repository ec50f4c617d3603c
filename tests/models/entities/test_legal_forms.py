"""Names with their legal form and without."""

from __future__ import annotations

import pytest

from models.entities.legal_forms import has_another_form, has_legal_form, is_whole, short_name, without_group


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("Apple Inc.", "Apple"),
        ("JPMORGAN CHASE & CO", "JPMORGAN CHASE"),
        ("The Gap, Inc.", "Gap"),
        ("Alphabet Inc. (Class A)", "Alphabet"),
        ("CONSUMERS BANCORP INC /OH/", "CONSUMERS BANCORP"),
        ("Co", "Co"),
        ("Orrin & Co., Ltd.", "Orrin"),
        ("Orrin Co,", "Orrin Co"),
        ("Orrin, Inc", "Orrin"),
        ("Inc Orrin", "Inc Orrin"),
        (", Inc", ", Inc"),
        ("Orrin" + " ," * 50_000 + " Inc", "Orrin"),
        ("a" + " ," * 50_000, "a"),
    ],
)
def test_legal_forms_fall_away(name: str, short: str) -> None:
    """A short name has no legal form, class or state of register, and is never empty."""
    assert short_name(name) == short


def test_a_group_leaves_two_words() -> None:
    """`Group` falls away where two words are left."""
    assert without_group("Tidewater Harbor Group") == "Tidewater Harbor"
    assert without_group("Tide Group") == "Tide Group"


def test_a_form_behind_a_name() -> None:
    """A form may be in the name or behind it; a capital before makes it another's."""
    assert has_legal_form("Tide Corp fell", 0, 4)
    assert has_legal_form("Tide Corp fell", 0, 9)
    assert is_whole("Tide Corp fell", 0, 4)
    assert not is_whole("Orrin Tide Corp fell", 6, 10)
    assert not has_legal_form("Tide company sales fell", 0, 4)
    assert has_legal_form("Tide Company fell", 0, 4)


def test_a_form_of_another_country() -> None:
    """An American form behind a name is not that of a German company, wherever in the text it stands."""
    text = "Tide fell. Tide Corp said so; Orrin AG did not."
    assert has_another_form(text, "Tide", ["Tide AG"], None)
    assert not has_another_form(text, "Tide", ["Tide Inc"], None)
    assert not has_another_form(text, "Tide", ["Tide"], None)
    assert not has_another_form(text, "Orrin", ["Orrin AG"], None)
    assert has_another_form("Tide Corp rose", "Tide", ["Tide Ltd"], "in")
    assert not has_another_form("Tide Corp rose", "Tide", ["Tide Corp"], "in")
    assert not has_another_form("Orrin Harbor Group Inc", "Vantor Group", ["Vantor Group plc"], None)
