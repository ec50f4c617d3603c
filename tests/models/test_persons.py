"""People's names."""

from __future__ import annotations

import pytest

from models.persons import is_first_name, is_said_of_a_person


def test_first_names() -> None:
    """A first name is one in any case."""
    assert is_first_name("Peter")
    assert not is_first_name("Vantor")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("spokesman B.J. Tide said so", True),
        ("Finance Secretary Quilla Tide said so", True),
        ("Orrin Elects Zorina Tide to Its Board", True),
        ("a U.S. Tide maker said so", False),
        ("the president said Tide fell", False),
        ("Orrin Names Former Tide Executive", False),
        ("CEO Sees Tide Rising", False),
    ],
)
def test_where_a_surname_stands(text: str, expected: bool) -> None:
    """Initials, an office with a given name, and an appointment come before surnames; verbs do not."""
    assert is_said_of_a_person(text, text.index("Tide")) is expected
