"""Finding figures: their places, units, scales and signs, and the numbers that are none."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.figures.amounts import figures


@pytest.mark.parametrize(
    ("text", "written", "value", "unit"),
    [
        ("made $8.4 million", "$8.4 million", 8.4e6, "money:usd"),
        ("made 8.4 mln dlrs", "8.4 mln dlrs", 8.4e6, "money:usd"),
        ("made US$900m", "US$900m", 9e8, "money:usd"),
        ("made C$1.75", "C$1.75", 1.75, "money:cad"),
        ("made €1.2-billion", "€1.2-billion", 1.2e9, "money:eur"),
        ("made Rs 1,05,000 crore", "Rs 1,05,000 crore", 1.05e12, "money:inr"),
        ("made Rs.3 lakh", "Rs.3 lakh", 3e5, "money:inr"),
        ("made £12bn", "£12bn", 1.2e10, "money:gbp"),
        ("made ¥4.5 billion", "¥4.5 billion", 4.5e9, "money:jpy"),
        ("made MSEK 312", "MSEK 312", 3.12e8, "money:crown"),
        ("made TEUR 5,412", "TEUR 5,412", 5.412e6, "money:eur"),
        ("made EURm 12.3", "EURm 12.3", 1.23e7, "money:eur"),
        ("made NOK million 58", "NOK million 58", 5.8e7, "money:crown"),
        ("made SEK 312 M", "SEK 312 M", 3.12e8, "money:crown"),
        ("made 312 MSEK", "312 MSEK", 3.12e8, "money:crown"),
        ("made SEK -0.35", "SEK -0.35", -0.35, "money:crown"),
        ("made EUR −23.4 million", "EUR −23.4 million", -2.34e7, "money:eur"),
        ("made EUR (23.4) million", "EUR (23.4) million", -2.34e7, "money:eur"),
        ("made R4.2bn", "R4.2bn", 4.2e9, "money"),
        ("made RM12.3 million", "RM12.3 million", 1.23e7, "money:ringgit"),
        ("made Rp14.1 trillion", "Rp14.1 trillion", 1.41e13, "money:rupiah"),
        ("made NT$10 billion", "NT$10 billion", 1e10, "money:twd"),
        ("leverage of 1.8x", "1.8x", 1.8, "time"),
        ("leverage (1.8x)", "(1.8x)", 1.8, "time"),
        ("sees SEK 45-50 million", "SEK 45-50 million", 4.75e7, "money:crown"),
        ("a $5 M&A deal", "$5", 5.0, "money:usd"),
        ("made 43 mln Swiss francs", "43 mln Swiss francs", 4.3e7, "money:chf"),
        ("pays 12.5p", "12.5p", 0.125, "money:gbp"),
        ("pays 28-3/4 cts", "28-3/4 cts", 0.2875, "money"),
        ("pays seven cts", "seven cts", 0.07, "money"),
        ("made half a million dollars", "half a million dollars", 5e5, "money:usd"),
        ("a half-billion-dollar claim", "a half-billion-dollar", 5e8, "money:usd"),
        ("a quarter of a million jobs", "a quarter of a million", 2.5e5, ""),
        ("three-quarters of a million", "three-quarters of a million", 7.5e5, ""),
        ("made two and a half billion euros", "two and a half billion euros", 2.5e9, "money:eur"),
        ("made 2 and a half million", "2 and a half million", 2.5e6, ""),
        ("made 1½ million", "1½ million", 1.5e6, ""),
        ("made a hundred million dlrs", "a hundred million dlrs", 1e8, "money:usd"),
        ("made two hundred and fifty million", "two hundred and fifty million", 2.5e8, ""),
        ("made just over a mln dlrs", "a mln dlrs", 1e6, "money:usd"),
        ("grew one and a half percent", "one and a half percent", 1.5, "%"),
        ("grew twenty-five per cent", "twenty-five per cent", 25.0, "%"),
        ("grew 5 1/2 pct", "5 1/2 pct", 5.5, "%"),
        ("fell half a percentage point", "half a percentage point", 0.5, "points"),
        ("fell a quarter of a percentage point", "a quarter of a percentage point", 0.25, "points"),
        ("a quarter-point cut", "a quarter-point", 0.25, "points"),
        ("grew 8.5 per cent", "8.5 per cent", 8.5, "%"),
        ("grew 8.5%", "8.5%", 8.5, "%"),
        ("gained 3 percentage points", "3 percentage points", 3.0, "points"),
        ("gained 20 bps", "20 bps", 20.0, "basis points"),
        ("has 340 stores", "340", 340.0, "store"),
        ("Net 4,568,000", "4,568,000", 4_568_000.0, ""),
        ("sold 125K", "125K", 125_000.0, ""),
        ("sold 386,810: Vantor", "386,810", 386_810.0, ""),
        ("Net (5.2)", "(5.2)", -5.2, ""),
        ("margin of -2%", "-2%", -2.0, "%"),
        ("sees $1.42-$1.50", "$1.42-$1.50", 1.46, "money:usd"),
        ("sees 13%-15%", "13%-15%", 14.0, "%"),
        ("sees 13% - 15%", "13% - 15%", 14.0, "%"),
        ("sees 4.25%–4.75%", "4.25%–4.75%", 4.5, "%"),
        ("sees 5 pct-6 pct growth", "5 pct-6 pct", 5.5, "%"),
        ("sees 50 cents-60 cents", "50 cents-60 cents", 0.55, "money"),
        ("sees $1.2 billion-$1.4 billion", "$1.2 billion-$1.4 billion", 1.3e9, "money:usd"),
        ("sees $900 million-$1.1 billion", "$900 million-$1.1 billion", 1e9, "money:usd"),
        ("sees $40m-$45m", "$40m-$45m", 4.25e7, "money:usd"),
        ("sees 10 mln euros-12 mln euros", "10 mln euros-12 mln euros", 1.1e7, "money:eur"),
    ],
)
def test_a_figure_has_its_unit_and_value(text: str, written: str, value: float, unit: str) -> None:
    """Currencies, words for thousands and more, shares of a hundred, ranges and losses are read as they are written."""
    (figure,) = figures(text)
    assert text[figure.start : figure.end] == written
    assert figure.value == pytest.approx(value)
    assert figure.unit == unit


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("sales -1.2% vs +3.4%", [-1.2, 3.4]),
        ("a row of 5% -3% 2%", [5.0, -3.0, 2.0]),
        ("up 3% (-2%)", [3.0, -2.0]),
        ("$5m, -$3m", [5e6, -3e6]),
    ],
)
def test_a_minus_that_is_no_dash(text: str, values: list[float]) -> None:
    """A minus sign behind a space or a bracket is the figure's own, whatever stands before."""
    assert [figure.value for figure in figures(text)] == values


@pytest.mark.parametrize("text", ["sees -2%-3%", "sees 13%-15%-20%"])
def test_a_range_that_may_be_read_in_two_ways(text: str) -> None:
    """It gives no figure rather than a wrong one."""
    assert figures(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "in 2021 and 1986/87",
        "on March 5, on 12 June",
        "open from 8 am, at 10:30",
        "won 3-1",
        "odds of 3:1",
        "52-week high",
        "3 for 2",
        "Q3 FY15 of Nifty50",
        "Chapter 11",
        "S&P 500",
        "version 2.0.1",
        "the 4th one of two",
        "5450-5650 on the index",
        "Form 10K-1",
        "a 2x4 board of Onex",
        "an R2 unit, R2D2",
        "over two and a half years, or 2 and a half years",
        "the first half million-dollar deal",
        "on a linked quarter basis",
        "a quarter of a century, half the shops",
        "a fifth of a million",
    ],
)
def test_other_numbers_are_no_figures(text: str) -> None:
    """Years, dates, times, scores, ordinals, names with numbers, shares for shares and index levels are left out."""
    assert figures(text) == []


@settings(deadline=None)
@given(st.text(alphabet="0123456789.,-/() $€%mlnbcrvsfto\n", max_size=200))
def test_any_text_gives_figures_in_order(text: str) -> None:
    """Places lie inside the text, in order, and begin and end with something written."""
    last = 0
    for figure in figures(text):
        assert last <= figure.start < figure.end <= len(text)
        assert text[figure.start : figure.end].strip()
        last = figure.end


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("profit of 5 MİLLİON lira", 5e6),
        ("profit of ſix million", 6e6),
        ("profit of 5 mıllıon", 5e6),
        ("profit of 5 millionſ", 5e6),
    ],
)
def test_letters_that_are_latin_in_capitals_only(text: str, value: float) -> None:
    """A dotless or dotted i and a long s, which are Latin letters without regard to case, are read as these."""
    assert [figure.value for figure in figures(text)] == [value]
