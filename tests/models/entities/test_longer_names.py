"""Names that are part of a longer one."""

from __future__ import annotations

from models.entities.longer_names import (
    goes_on_before,
    is_abbreviation_of_another,
    is_before_a_capital,
    is_inside_a_longer_name,
    is_inside_a_plain_sentence,
    is_part_of_another_name,
    is_short_for_another,
    is_the_end_of_a_name,
    is_the_rest_of_a_name,
    names_an_exchange,
    stands_behind_a_capital,
)


def test_parts_of_other_names() -> None:
    """A title, a first name, or what places are called makes a word another's; a legal form after more words, too."""
    for text in ("Mr Vantor", "Peter Vantor", "Vantor Stadium", "the Vantor and Orrin Basins"):
        start = text.index("Vantor")
        assert is_part_of_another_name(text, start, start + 6)
    for text in ("Vantor, president of Orrin", "Vantor, its former chief economist at Orrin", "Vantor, 41, has"):
        assert is_part_of_another_name(text, 0, 6)
    for text in ("Vantor rose", "Vantor, president Orrin said", "Vantor, maker of pumps"):
        assert not is_part_of_another_name(text, 0, 6)
    assert not is_part_of_another_name("Aktien von Vantor", 11, 17)
    for text in ("Mary B. Vantor", "Vantor Airlines", "Vantor Athletic", "Peter dos Vantor", "Peter van der Vantor"):
        start = text.index("Vantor")
        assert is_part_of_another_name(text, start, start + 6)
    assert is_inside_a_longer_name("Vantor Acceptance Corp", 0, 6)
    assert is_inside_a_longer_name("VANTOR REAL ESTATE LTD", 0, 6)
    assert is_inside_a_longer_name("<Vantor Audio Sdn Bhd> has", 1, 7)
    assert is_inside_a_longer_name("Vantor Acceptance Corporation", 0, 6)
    assert is_inside_a_longer_name("Vantor Savings and Loan Association", 0, 6)
    assert not is_inside_a_longer_name("Vantor Group Inc", 0, 6)
    assert not is_inside_a_longer_name("Vantor Corp", 0, 6)
    assert not is_inside_a_longer_name("VANTOR BUYS TIDAL CORP", 0, 6)
    assert not is_inside_a_longer_name("<Vantor>", 1, 7)


def test_a_kind_of_company_needs_its_whole_name() -> None:
    """What is little more than `Bancorp` is no name behind another word of one; a common word before is none."""
    text = "Ostrava Bancorp said so"
    assert is_the_end_of_a_name(text, 8, 15)
    assert not is_the_end_of_a_name("The Bancorp said so", 4, 11)
    assert is_the_end_of_a_name("Coeur d'Orrin Bancorp rose", 14, 21)
    assert is_the_end_of_a_name("the Industrial Bank of Ostrava said", 15, 30)


def test_ordinary_words_may_be_the_rest_of_a_name() -> None:
    """A capital before is part of the name in a sentence, and wherever the entity is not expected; `Sell` is none."""
    said = "The regulators said that Home Federal Bank has to be sold."
    assert is_the_rest_of_a_name(said, 30, 42, expected=True)
    assert not is_the_rest_of_a_name("Sell Federal Bank", 5, 17, expected=False)
    assert not is_the_rest_of_a_name("Home Federal Bank", 5, 17, expected=True)
    assert is_the_rest_of_a_name("Home Federal Bank", 5, 17, expected=False)
    assert is_the_rest_of_a_name("Elm Valley Community Bancorp", 11, 28, expected=True)


def test_a_capital_before_a_name() -> None:
    """A part of a name before is one, but not who owns it, nor the first word of a sentence, nor a ticker."""
    assert stands_behind_a_capital("the Orrin Vantor", 10)
    for text in ("of Japan's Vantor", "Skip Vantor", "It rose. Vantor", "$VTR Vantor"):
        assert not stands_behind_a_capital(text, text.index("Vantor"))


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
    text = "The Set Exchange of Tidal, SET, said that SET will close."
    assert is_abbreviation_of_another(text, text.rindex("SET"), text.rindex("SET") + 3, ["Robotics of Orrin"])
    ended = "He left the Set Exchange of Tidal, SET. Later SET fell."
    assert is_abbreviation_of_another(ended, ended.rindex("SET"), ended.rindex("SET") + 3, ["Robotics of Orrin"])
    assert is_abbreviation_of_another("Orrin Mills Corp (VTR) rose", 18, 21, ["Vantor"])
    assert not is_abbreviation_of_another("the Vantor Mills Corp (VTR) rose", 23, 26, ["Vantor"])
    assert not is_abbreviation_of_another("shares of the rival (VTR) rose", 21, 24, ["Vantor"])
    assert is_short_for_another("SCL", "SCL Holdings Inc and its unit rose, and SCL fell.")
    assert is_abbreviation_of_another("Ostrava Bank AG (OB)", 17, 19, ["OB Corp"])
    small = "the special elm team (SET) met; later SET rose"
    assert is_abbreviation_of_another(small, small.rindex("SET"), small.rindex("SET") + 3, ["Set Robotics"])
    assert not is_abbreviation_of_another("the robots of it (SET) met", 18, 21, ["Set Robotics"])
    assert is_abbreviation_of_another("Orrin Mills Corp (OMC)", 18, 21, ["Omc Robotics"])


def test_who_has_an_age_or_two_initials_is_a_person() -> None:
    """`Vantor, 41,` and a name of two initials that is cited at the end are people; a sum is no age."""
    assert is_part_of_another_name("Vantor, 41, was seen", 0, 6)
    assert not is_part_of_another_name("Vantor, 41,000 of whose shares", 0, 6)
    cited = "Prefer banks to builders: VT Orrin"
    assert is_part_of_another_name(cited, cited.index("VT"), cited.index("VT") + 2)
    broker = "Prefer banks to builders: VT Securities"
    assert not is_part_of_another_name(broker, broker.index("VT"), broker.index("VT") + 2)


def test_a_surname_may_stand_behind_a_word() -> None:
    """In a plain sentence a capital behind a word may be a surname; what companies have is none."""
    assert is_before_a_capital("the council met and Vantor Orrin was elected", 20, 26)
    assert not is_before_a_capital("the council met and Vantor was elected by Orrin", 20, 26)
    assert not is_before_a_capital("the council met and Vantor Corporation was elected", 20, 26)
    assert not is_before_a_capital("Council Met And Vantor Orrin Was Elected", 16, 22)


def test_a_word_before_a_whole_name_belongs_to_it() -> None:
    """In a plain sentence `Orrin Vantor Robotics Inc` is not Vantor Robotics; after a chairman or a country it is."""
    for before, expected in (("Orrin", True), ("Chairman", False), ("Ostrava's", False), ("by", False)):
        text = f"It was bought in May from {before} Vantor Robotics Inc for two millions"
        start = text.index("Vantor")
        assert goes_on_before(text, start, start + len("Vantor Robotics Inc")) is expected


def test_capitals_before_a_symbol_are_an_exchange() -> None:
    """`(TSX:VTR)` says where Vantor is listed; a colon after a name in a headline does not."""
    assert names_an_exchange("Vantor (TSX:VTR) rose", 8, 11)
    assert not names_an_exchange("TSX: Vantor rose", 0, 3)


def test_a_capital_inside_a_plain_sentence() -> None:
    """It says something in the middle of a plain sentence alone."""
    text = "They met the Tin Producers of the region and asked for help. Tin fell again."
    assert is_inside_a_plain_sentence(text, text.index("Tin"), text.index("Tin") + 3)
    assert not is_inside_a_plain_sentence(text, text.rindex("Tin"), text.rindex("Tin") + 3)
    assert not is_inside_a_plain_sentence("Copper And Tin Prices Fall Again", 11, 14)
