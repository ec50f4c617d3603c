"""Senses in which a word that is a name as well names no company, and the same words in the sense of the company."""

from __future__ import annotations

import pytest

from models.entities.other_senses import means_something_else


@pytest.mark.parametrize(
    ("text", "word", "expected"),
    [
        ("Target price raised to 50 dollars from 45", "Target", True),
        ("Rating and Target on the shares were raised", "Target", True),
        ("They see rates above Target warrant a rise", "Target", True),
        ("It rose, and TARGET $75 is near", "TARGET", True),
        ("It rose, and TARGET $TGT is near", "TARGET", False),
        ("A fund, Vanguard Total International Stock, fell", "Total", True),
        ("They buy before the NEXT weeks are over", "NEXT", True),
        ("Target raised the pay of its staff", "Target", False),
        ("Notice about Total Voting Rights and capital", "Total", True),
        ("Total fourth quarter revenues were in line", "Total", True),
        ("Total raised its payout after a good quarter", "Total", False),
        ("a loss of 23 CTS a share against a profit", "CTS", True),
        ("a stake of a third in CTS was sold", "CTS", False),
        ("Consumption will lead: Ann Reed, Orrin AMC", "AMC", True),
        ("Orrin to sell equity in its Insurance Arm to Kedara", "Arm", True),
        ("The listing of chip designer Arm was put off", "Arm", False),
        ("ORRIN ENERGY UNIT SELLS NOTES", "UNIT", True),
        ("Drillers rose, and Unit led them", "Unit", False),
        ("The films that it shows are why AMC rose", "AMC", False),
        ("Follow this and any other stock on Seek…", "Seek", True),
        ("They follow this stock and buy Seek … today", "Seek", False),
        ("They look better. Next week it reports", "Next", True),
        ("They look better. Next reports this week", "Next", False),
        ("It looks like Gap has been filled", "Gap", True),
        ("It looks like Gap has been sold", "Gap", False),
        ("back to NOV 2020 levels, far off the highs", "NOV", True),
        ("an upgrade of NOV lifted drillers", "NOV", False),
        ("Chip stocks: still Sharp or not any more", "Sharp", True),
        ("The maker of screens, Sharp or its parent", "Sharp", False),
        ("the second trial, Harmonic™, of a drug", "Harmonic", True),
        ("the maker of modems, Harmonic, of San Jose", "Harmonic", False),
        ("He was sent to Hartford last week for talks", "Hartford", True),
        ("The prosecutor in Hartford, who knew of it, left", "Hartford", True),
        ("He sold his stake in Hartford, which had risen", "Hartford", False),
        ("A rival in Hartford insurance plans to leave", "Hartford", False),
        ("He was sent to Tapestry last week for talks", "Tapestry", False),
    ],
)
def test_both_senses_of_a_word(text: str, word: str, expected: bool) -> None:
    """Targets, sums, cents, months, degrees, marks and places have words beside them that a company has not."""
    start = text.index(word)
    assert means_something_else(text, start, start + len(word)) is expected
