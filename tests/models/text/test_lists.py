"""Lists: where lines say something by themselves, and where a sentence only goes on in the next one."""

from __future__ import annotations

import textwrap
from itertools import pairwise

import pytest

from models.text.lists import item_starts

PROSE = (
    "Vantor Robotics said on Friday that the Bank of Tallin Bay and the Harbour Trust had agreed to lend it $310"
    " million over five years. Chief executive Ana Lind told the Tallin Bay Chamber of Commerce that Orrin Corp and"
    " Brightwell Foods Plc were among its first customers. Shares in Vantor rose 3% in early trading on the Tallin"
    " Bay Exchange, while those of Orrin, which is to take 5,000 machines a year from June, fell by 2%."
)


def _items(text: str) -> list[str]:
    starts = [0, *item_starts(text), len(text)]
    return [text[start:end].strip() for start, end in pairwise(starts)]


@pytest.mark.parametrize(
    "lines",
    [
        ["Vantor shares rise 3%", "Orrin misses estimates, shares sink", "Tidal raises guidance"],
        ["Orrin misses estimates, shares sink", "Vantor shares rise 3%"],
        ["Revenue up 12% to £412.3m", "Profit before tax down 30% to £20m (2024: £28m)", "Dividend held at 12p"],
        ["• Revenue up 12%", "• Profit down 30%"],
        ["$VTR up 3%", "$ORN down 2%"],
        ["1) Vantor rises", "2) Orrin falls"],
        ["Vantor Q1 EPS $1.20 vs. $1.10 expected", "Orrin Q1 EPS $0.50 vs. $0.80 expected"],
        ["Orrin sells a unit", "eBay buys it"],
        [
            "Vantor rose 3% on Friday in Tallin Bay",
            "By our markets reporter",
            "Orrin fell. It had warned.",
            "Tidal rose.",
            "So did gold.",
        ],
        ["Vantor rises", "  ", "Orrin falls"],
    ],
)
def test_lines_of_a_list(lines: list[str]) -> None:
    """Lines that end before they are full, and are followed by one that begins anew, are items."""
    assert _items("\n".join(lines)) == [line for line in lines if line.strip()]


@pytest.mark.parametrize(
    "text",
    [
        *(textwrap.fill(PROSE, width) for width in (36, 44, 50, 58, 66, 72, 80)),
        *(textwrap.fill(PROSE, width, initial_indent="    ") for width in (60, 70)),
        textwrap.fill(f"{PROSE} See https://www.vantor.example/{'news/' * 20} for more.", 66, break_long_words=False),
        "Shares of Tide\nCorp fell on Friday.",
        "Vantor Robotics and the\nBank of Tallin Bay agree",
        "Vantor sells its stake to Procter\n& Orrin",
        "Orrin buys Tide\nCorp",
        "Vantor rises\nas Orrin falls",
        "Shr 31 cts vs 19 cts\n    Net 2.1 mln vs 1.2 mln\n    Avg shrs 51.7 mln vs 43.4 mln\n    Year\n    Shr 1 dlr",
        "Net loss 4.1 mln vs 2.2 mln\nDividend unchanged\nOutlook confirmed",
        "Adj. EPS $1.20 vs. $1.10\nTotal revenue $3.2bn vs. $3.0bn",
    ],
)
def test_lines_that_go_on(text: str) -> None:
    """Prose that is broken at any width, and a table of one company's results, are no lists."""
    assert _items(text) == [text.strip()]
