"""What speaks for and against an ordinary word being a name."""

from __future__ import annotations

import pytest

from models.entities.context_evidence import enough, points


def _points(text: str, word: str, *, neighbours: bool = False, called: bool = True) -> int:
    start = text.index(word)
    return points(text, start, start + len(word), neighbours=neighbours, called=called)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("Analysts were surprised when Tidal said it would close a factory.", "Tidal"),
        ("The traders blamed a report that Tidal plans to hire nobody.", "Tidal"),
        ("They like Tidal's quarterly earnings more than its rivals do.", "Tidal"),
        ("Tidal shares fell after it cut its outlook for the year.", "Tidal"),
        ("Retailer Target raised its forecast, which nobody had expected.", "Target"),
        ("Tidal Elects Zorina Quill to Its Board of Directors", "Tidal"),
        ("Tidal to Announce Second Quarter Results on August 2", "Tidal"),
        ("Tidal could cut its forecast", "Tidal"),
        ("Tidal must recall pumps, agency rules", "Tidal"),
        ("Tidal up nearly 6% after the cabinet clears a sale", "Tidal"),
        ("Tidal is a clear buy: Zorina Quill, Market Strategist", "Tidal"),
        ("Negative bias on Tidal: Zorina Quill", "Tidal"),
        ("Tidal FFO in-line, misses on revenue", "Tidal"),
        ("The group sold its stake in Tidal, Brazil's largest bank, for cash.", "Tidal"),
    ],
)
def test_what_a_company_does_is_enough(text: str, word: str) -> None:
    """Business words around a word are enough, in the middle of a sentence and at its head."""
    assert _points(text, word) >= enough(word)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("Tidal power is a long way off: Zorina Quill, Market Strategist", "Tidal"),
        ("Talk of Tidal to Zorina Quill, and of a New Moon", "Tidal"),
        ("Tidal waves were seen along the whole coast on that day.", "Tidal"),
        ("Target price raised to 50 dollars from 45 by the broker.", "Target"),
        ("She met Peter Tidal, who said that he would not run again.", "Tidal"),
        ("They drove to the Tidal museum and then went home again.", "Tidal"),
        ("BIG TIDAL DAY AHEAD", "TIDAL"),
        ("BIG <BiGGR> TIDAL SHARES DAY AHEAD OF ALL OTHERS", "TIDAL"),
        ("The workers of the mill at Tidal, Ariz., said they would strike.", "Tidal"),
        ("It sold its stake in Bank of Tidal to a rival of the group.", "Tidal"),
        ("The dockers had no help from their colleagues in Tidal, Brazil's main port.", "Tidal"),
        ("The plant near Tidal, northern Italy, was closed for a week.", "Tidal"),
        ("Shr loss 6.48 dlrs vs profit 23 CTS Net loss 110 mln vs profit 4 mln", "CTS"),
        ("It will be the reason for the TIDAL stock market crash of next year.", "TIDAL"),
        ("With his partner Laura, Marcus took the children out of school then.", "Marcus"),
        ("Total sales were up by a tenth from the year before that.", "Total"),
        ("Total fourth quarter revenues were in line with forecasts.", "Total"),
        ("Brokerage rating and Target on the shares were raised now.", "Target"),
        ("It has bought the savings bank of Tidal, Oklahoma, for cash.", "Tidal"),
        ("Two Senior executives of the group quit, it said on Monday.", "Senior"),
        ("It said that the Orrin Tidal shares were sold to a rival.", "Tidal"),
        ("He met the spokesman B.J. Tidal, who said that sales rose.", "Tidal"),
        ("Later Peter B. Tidal left, and Tidal said that he was ill.", "Tidal"),
    ],
)
def test_a_capital_alone_is_not(text: str, word: str) -> None:
    """The head of a sentence, a price target, a person, an article before, and a shout give no name."""
    assert _points(text, word) < enough(word)


def test_a_noun_behind_an_everyday_word_at_the_head_says_less() -> None:
    """Whom a company has and anybody may aim at says half of what its shares say, or people who do something."""
    told = _points("Target customers were told.", "Target")
    for text in ("Target shares fell.", "Target investors sold.", "Target's customers were told."):
        assert _points(text, "Target") == told + 1
    assert _points("They said Target customers were told.", "Target") > told
    assert _points("Tidal customers were told.", "Tidal") >= enough("Tidal")


def test_a_sure_name_beside_it_helps() -> None:
    """In a list with a name that is sure, a word is likelier one."""
    text = "Vantor and Tidal were among those that he named on that day."
    assert _points(text, "Tidal", neighbours=True) > _points(text, "Tidal")


def test_a_given_name_is_no_name_for_what_people_do_as_well() -> None:
    """In a list, or before `is` and `said`, a first name may be a person's: only in capitals is it none."""
    for text in ("They asked him whether {} is worried now.", "They asked Vantor, {} and others whether they knew."):
        given, other = text.format("Marcus"), text.format("Tidal")
        assert _points(given, "Marcus", neighbours=True) < enough("Marcus")
        assert _points(other, "Tidal", neighbours=True) >= enough("Tidal")
        assert _points(given.replace("Marcus", "MARCUS"), "MARCUS", neighbours=True) >= enough("MARCUS")


def test_what_is_only_registered_so_needs_business_beside_it() -> None:
    """A word that nobody but a register knows as a name counts less, unless it has or does what companies do."""
    text = "They said that Tidal and Vantor have been at odds for years."
    assert _points(text, "Tidal", called=False) < _points(text, "Tidal")
    for text in ("They said Tidal shares rose.", "They said Tidal acquired Orrin.", "They sold a stake in Tidal."):
        assert _points(text, "Tidal", called=False) == _points(text, "Tidal")
