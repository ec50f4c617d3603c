"""What speaks for and against an ordinary word being a name."""

from __future__ import annotations

import pytest

from models.context_evidence import (
    enough,
    is_abbreviation_of_another,
    is_inside_a_longer_name,
    is_part_of_another_name,
    is_short_for_another,
    is_the_end_of_a_name,
    points,
)


def _points(text: str, word: str, *, neighbours: bool = False) -> int:
    start = text.index(word)
    return points(text, start, start + len(word), neighbours=neighbours)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("Analysts were surprised when Tidal said it would close a factory.", "Tidal"),
        ("They like Tidal's quarterly earnings more than its rivals do.", "Tidal"),
        ("Tidal shares fell after it cut its outlook for the year.", "Tidal"),
        ("Retailer Target raised its forecast, which nobody had expected.", "Target"),
    ],
)
def test_what_a_company_does_is_enough(text: str, word: str) -> None:
    """Business words around a word are enough, in the middle of a sentence and at its head."""
    assert _points(text, word) >= enough(word)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("Tidal waves were seen along the whole coast on that day.", "Tidal"),
        ("Target price raised to 50 dollars from 45 by the broker.", "Target"),
        ("She met Peter Tidal, who said that he would not run again.", "Tidal"),
        ("They drove to the Tidal museum and then went home again.", "Tidal"),
        ("BIG TIDAL DAY AHEAD", "TIDAL"),
        ("BIG <BiGGR> TIDAL SHARES DAY AHEAD OF ALL OTHERS", "TIDAL"),
        ("The workers of the mill at Tidal, Ariz., said they would strike.", "Tidal"),
        ("It sold its stake in Bank of Tidal to a rival of the group.", "Tidal"),
        ("Total sales were up by a tenth from the year before that.", "Total"),
    ],
)
def test_a_capital_alone_is_not(text: str, word: str) -> None:
    """The head of a sentence, a price target, a person, an article before, and a shout give no name."""
    assert _points(text, word) < enough(word)


def test_a_sure_name_beside_it_helps() -> None:
    """In a list with a name that is sure, a word is likelier one."""
    text = "Vantor and Tidal were among those that he named on that day."
    assert _points(text, "Tidal", neighbours=True) > _points(text, "Tidal")


def test_parts_of_other_names() -> None:
    """A title, a first name, or what places are called makes a word another's; a legal form after more words, too."""
    for text in ("Mr Vantor", "Peter Vantor", "Vantor Stadium"):
        start = text.index("Vantor")
        assert is_part_of_another_name(text, start, start + 6)
    assert not is_part_of_another_name("Vantor rose", 0, 6)
    for text in ("Mary B. Vantor", "Vantor Airlines"):
        start = text.index("Vantor")
        assert is_part_of_another_name(text, start, start + 6)
    assert is_inside_a_longer_name("Vantor Acceptance Corp", 0, 6)
    assert is_inside_a_longer_name("VANTOR REAL ESTATE LTD", 0, 6)
    assert is_inside_a_longer_name("<Vantor Audio Sdn Bhd> has", 1, 7)
    assert not is_inside_a_longer_name("Vantor Corp", 0, 6)
    assert not is_inside_a_longer_name("VANTOR BUYS TIDAL CORP", 0, 6)
    assert not is_inside_a_longer_name("<Vantor>", 1, 7)


def test_a_kind_of_company_needs_its_whole_name() -> None:
    """What is little more than `Bancorp` is no name behind another word of one; a common word before is none."""
    text = "Ostrava Bancorp said so"
    assert is_the_end_of_a_name(text, 8, 15)
    assert not is_the_end_of_a_name("The Bancorp said so", 4, 11)
    assert is_the_end_of_a_name("the Industrial Bank of Ostrava said", 15, 30)


def test_what_a_text_itself_spells_out() -> None:
    """Capitals that the text explains are what it says; a word that begins a longer legal name is short for that."""
    text = "The Stock Exchange of Tidal (SET) will close, SET said."
    assert is_abbreviation_of_another(text, text.rindex("SET"), text.rindex("SET") + 3, ["Set Robotics"])
    assert not is_abbreviation_of_another(text, text.rindex("SET"), text.rindex("SET") + 3, ["Stock Exchange of Tidal"])
    assert not is_abbreviation_of_another("SET rose", 0, 3, ["Set Robotics"])
    hyphens = "A-" * 1_900 + " (SET) SET said."
    assert not is_abbreviation_of_another(hyphens, hyphens.rindex("SET"), hyphens.rindex("SET") + 3, ["Set Robotics"])
    assert is_short_for_another("Tidal", "Tidal Systems Inc was sold, and Tidal fell.")
    assert not is_short_for_another("Tidal", "Tidal was sold to Systems Inc.")
