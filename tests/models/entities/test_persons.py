"""People's names."""

from __future__ import annotations

import pytest

from models.entities.persons import has_initials, is_first_name, is_said_of_a_person


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
        ("Fed's Tide says that rates will rise", True),
        ("Orrin's Tide says that rates will rise", False),
        ("Today Tide and I will speak of the results", True),
        ("Today Tide and its owner will speak of the results", False),
        ('"He never missed a beat," said Tide. He left.', True),
        ('"We never missed a beat," said Tide chairman Orrin.', False),
        ("New head named with Tide still hospitalized", True),
        ("New head named with Tide still in the red", False),
        ("a U.S. Tide maker said so", False),
        ("a unit of I P Tide Associates said so", True),
        ("a U S Tide maker said so", False),
        ("Plan B Tide maker said so", False),
        ("the president said Tide fell", False),
        ("Orrin Names Former Tide Executive", False),
        ("CEO Sees Tide Rising", False),
    ],
)
def test_where_a_surname_stands(text: str, expected: bool) -> None:
    """Offices, appointments and whose official it is come before surnames; what only people do stands behind."""
    assert is_said_of_a_person(text, text.index("Tide"), text.index("Tide") + 4) is expected


def test_initials_anywhere_in_a_text() -> None:
    """Who is given initials once, in capitals as well, stands alone later."""
    assert has_initials("Tide", "ORRIN TO BUY I P TIDE; Tide fell")
    assert has_initials("Tide", "Tide was sold by B.J. Tide")
    assert not has_initials("Tide", "Tide fell, as did U.S. Tide makers and B.J. Tidewater")
    assert not has_initials("Tide", "A. Orrin rose.\nB. Tide fell.")
    assert has_initials("Tide", "A. Orrin rose.\nC. Tide fell.")
    for short in ("F.T.C.", "S.E.C.", "E.P.A.", "A.I.", "N.C.", "U.A.W."):
        assert not has_initials("Tide", f"It was asked by the {short} Tide said that sales rose")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A. Orrin said profit rose.\nB. Tide said so.", False),
        ("Movers:\n A. Tide said so.\n\n B. Orrin rose.\n C. Vantor fell.", False),
        ("A. Orrin rose.\nB. Vantor fell.\nC. Tide said so.", False),
        ("A. Tide said so.\nOrrin fell.", True),
        ("B. Tide said so.\nC. Orrin fell.", True),
        ("A. Orrin rose.\nB. J. Tide said so.", True),
        ("The board: A. Tide, B. Orrin", True),
    ],
)
def test_letters_that_count_lines(text: str, expected: bool) -> None:
    """`A.` and `B.` at the heads of lines are no initials; where nothing goes on from A they are."""
    place = text.index("Tide")
    assert is_said_of_a_person(text, place, place + 4) is expected
