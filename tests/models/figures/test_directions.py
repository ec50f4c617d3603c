"""Pairs of figures and the words that mark them, on many ways of writing and on texts that only look like pairs."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.evaluation.sets import direction_pairs
from models.figures.directions import directions
from models.network.marks import marks
from models.text.cleaning import readable

BAD_WHEN_RISING = frozenset(
    {"costs", "debt", "loss", "churn", "defaults", "delays", "complaints", "accidents", "tax", "vacancies", "claims"}
)
WORDS = "8|5.2|mln|$|€|%|vs|from|to|after|loss|of|profit|in|2021|(|)|-|,|.|nil|rose"


@pytest.mark.parametrize(
    ("text", "direction"),
    [
        ("profit of 8 mln, after 5 mln", "up"),
        ("Net 5.2 mln vs 3.1 mln", "up"),
        ("Costs rose from 5 to 8", "up"),
        ("Orders rose to 8 from 5", "up"),
        ("8 mln compared with 5 mln a year earlier", "up"),
        ("Profit of $8m against $9m", "down"),
        ("Revenue 8.1 bn v 9.2 bn", "down"),
        ("EPS $1.00 vs. 40 cents a year ago; consensus 99 cents", "up"),
        ("margin of 5%, down from 8%", "down"),
        ("margin fell from 8% to 5%", "down"),
        ("8 mln, up 20 pct from 5 mln", "up"),
        ("margin rose 20 basis points to 8% from 7.8%", "up"),
        ("net of 15.4 mln dlrs, or 1.51 dlrs a share, versus 13.5 mln dlrs, or 1.32 dlrs a share", "up"),
        ("profit rose to 44.1 mln dlrs, after a one mln dlr gain, from 35.1 mln dlrs", "up"),
        ("rose to $1.2-billion from $900-million", "up"),
        ("sees EPS $4.75 to $4.95 vs. prior $5.15 to $5.45", "down"),
        ("340 stores, from 310 a year before", "up"),
        ("plantings at 460,000 hectares, against 425,000 in 1986", "up"),
        ("Now sees growth of 13%-15% vs 8%-10% before", "up"),
        ("Sees growth of 3%-4%, down from 5%-6%", "down"),
        ("raised its forecast to 5%-6% from 3%-4%", "up"),
        ("cuts rates to 4.25%-4.50% from 4.50%-4.75%", "down"),
        ("sees EPS of 50 cents-55 cents vs 40 cents-45 cents before", "up"),
        ("Q1 deliveries 336,681 vs 386,810: Vantor", "down"),
        ("Profit $15m vs $12m: company", "up"),
        ("Churn of 3.1%, below last year's 4%", "down"),
        ("Revenue was $52 million, an increase of $4 million from $48 million", "up"),
        ("Revenue was $44 million, a decrease of $4 million, or 8%, from $48 million", "down"),
        ("Expenses were $52 million, a $4 million increase from $48 million", "up"),
        ("Revenue of $52 million increased $4.2 million compared to $47.8 million a year earlier", "up"),
        ("Revenue of £20.4m (2023: £25.1m)", "down"),
        ("Profit of £20m for the half (H1 2023: £5m)", "up"),
        ("Cash of £12.1m at period end (30 June 2022: £33.4m)", "down"),
        ("Cash of £12.1m at period end (30 Sept. 2022: £33.4m)", "down"),
        ("Net sales EUR 120.3 million (Q3/2023: EUR 113.2 million)", "up"),
        ("Profit before tax £18m (H1 2023: £19m)", "down"),
        ("Group EBIT of EUR 3.4 million (prior-year quarter: EUR 5.6 million)", "down"),
        ("Net profit after tax was $12.1m (pcp: $14.2m)", "down"),
        ("Revenue of $88.4m (pcp $91.0m)", "down"),
        ("Average price US$78.2/bbl (Q2 2023: US$74.1/bbl)", "up"),
        ("Vantor's orders grew 1.6%, below the 2.4% expected", "down"),
        ("Payrolls rose by 250,000, more than the 240,000 that economists expected", "up"),
        ("LTV of 38.2% (31 Dec 2023: 36.1%)", "up"),
        ("Assets per share 512p (31 Dec: 530p)", "down"),
        ("Solvency ratio 212% (YE 2023: 221%)", "down"),
        ("Profit for the period AED 1.2 billion (2023: AED 0.9 billion)", "up"),
        ("Net income rose to P1.2 billion from P900 million", "up"),
        ("Costs of US$1,450/oz, up from US$1,320/oz", "up"),
        ("Revenue was $4.1 million and $3.2 million for the quarters ended June 30, 2024 and 2023, respectively", "up"),
        ("Revenue was $4.1 million and $3.2 million in 2023 and 2024", "down"),
        ("Sales of EUR 812 million were below the prior-year level of EUR 845 million", "down"),
        ("EBIT of €1.3 billion came in above the €1.2 billion of the prior-year quarter", "up"),
        ("A year ago it earned 45 cents a share; this quarter it earned 38 cents a share", "down"),
        ("Vantor cut its sales outlook to 3% to 4% growth from 5% to 7%", "down"),
        ("It raised its margin forecast to 7%-7.3% from an earlier 6.6% to 7%", "up"),
        ("Margin of 3% to 4%, which rose from 5% to 7%", "up"),
        ("Operating profit MSEK 312 (287)", "up"),
        ("Operating profit (EBIT) amounted to 312 MSEK (327)", "down"),
        ("Net sales NOK million 58 (45)", "up"),
        ("Net debt/EBITDA was 1.8x (2.4x)", "down"),
        ("Turnover slipped to R4.2bn from R4.6bn", "down"),
        ("Occupancy 82% (prior year 79%)", "up"),
        ("Dividend of EUR 0.30 per share (previous year: EUR 0.35)", "down"),
        ("Sales grew 12% (2022: 10%)", "up"),
        ("Q3 EPS 72c, est. 60c", "up"),
        ("Q3 adj EPS $1.20 a share (est. $1.30)", "down"),
        ("Q3 revenue $4.2B, consensus $4.5B", "down"),
        ("Q3 EBIT 1.2 bln crowns (f'cast 1.4 bln)", "down"),
        ("Q4 revenue $1.2 bln, analysts' average estimate $1.3 bln", "down"),
        ("EPS $1.20 v $1.10e", "up"),
        ("earned $1.20 a share, above the $1.10 that analysts expected", "up"),
        ("net profit of $12 million ($1.10 per share) vs $10 million ($0.90 per share)", "up"),
        ("revenue of 12 mln euros ($13.1 million), up from $11 million", "up"),
        ("loss of 12 mln euros ($13.1 million) against a loss of $11 million", "worse"),
        ("net income of $12 million (or $1.10 a share), compared with $10 million (or $0.90 a share)", "up"),
        ("claims rise to 242,000, more than the 220,000 expected", "up"),
        ("Qtly div 28-3/4 cts vs 28-3/4 cts prior", "flat"),
        ("Pref div 1 mln vs same", "flat"),
        ("unemployment unchanged at 5%", "flat"),
        ("EBIT fell to SEK 904m (1,011)", "down"),
        ("Operating profit was 9.8 million zlotys (14.9 million zlotys)", "down"),
        ("EPS EUR 0.12 (0.10)", "up"),
        ("Organic growth was 5% (3%)", "up"),
        ("Revenue £3.2m (2025: £4.1m)", "down"),
        ("Sales were £3.2m (last year: £3.1m)", "up"),
        ("Core earnings per share of $1.10 beat the $1.02 analysts expected", "up"),
        ("EPS of $0.90 missed the consensus estimate of $1.02", "down"),
        ("a profit of half a million dollars, against a million dollars a year earlier", "down"),
        ("Sales grew two and a half percent, compared with one and a quarter percent last year", "up"),
        ("Margin benefited from 1 basis point of hedging gain compared to a gain of 3 basis points", "down"),
        ("The rate was unchanged at 5.64 pct, while another was one basis point higher", "flat"),
        ("Revenue of $1.1 billion, short of analysts' forecasts of $1.2 billion", "down"),
    ],
)
def test_the_current_figure_is_set_against_the_previous_one(text: str, direction: str) -> None:
    """Whatever connects two figures, the word says how the current one stands to the other."""
    (pair,) = directions(text)
    assert pair.direction == direction


@pytest.mark.parametrize(
    ("text", "direction"),
    [
        ("The figure was 5 mln in 2020 and 8 mln in 2021", "up"),
        ("Debt was 5 mln in 2021 and 8 mln in 2020", "down"),
        ("profit of 5 million in 2019 against 8 million in 2020", "up"),
        ("A year ago costs were 5 mln; now they are 8 mln", "up"),
        ("Profit came to 8 mln euros. A year earlier it was 5 mln euros.", "up"),
    ],
)
def test_periods_decide_which_figure_is_current(text: str, direction: str) -> None:
    """Years, and words such as "a year ago" and "now", go before the order of the text."""
    (pair,) = directions(text)
    assert pair.direction == direction


@pytest.mark.parametrize(
    ("text", "values", "direction"),
    [
        ("loss 12.1 mln vs profit 3.4 mln", (-12.1e6, 3.4e6), "worse"),
        ("net profit of 1.4 mln, as compared to a net loss of 3.2 mln", (1.4e6, -3.2e6), "better"),
        ("Net loss per share was $0.12 compared to net loss per share of $0.30", (-0.12, -0.30), "better"),
        ("Net loss of $(12.3) million compared to $4.5 million of profit", (-12.3e6, 4.5e6), "worse"),
        ("Earnings per share, diluted, SEK -0.35 (-0.12)", (-0.35, -0.12), "worse"),
        ("an outflow of £12m (2023: inflow of £8m)", (-12e6, 8e6), "worse"),
        ("Loss before tax of £3.4m (2023 restated: profit of £1.2m)", (-3.4e6, 1.2e6), "worse"),
        ("Net result EUR 4.5 million (2023: EUR -1.3 million)", (4.5e6, -1.3e6), "better"),
        (
            "Headline loss per share of 12.3 cents (2023: headline earnings per share of 4 cents)",
            (-0.123, 0.04),
            "worse",
        ),
        ("net income of $3.2 billion, reversing a loss of $1.1 billion a year ago", (3.2e9, -1.1e9), "better"),
        ("Last year's profit of $5 million turned into a loss of $2 million", (-2e6, 5e6), "worse"),
        (
            "A loss of A$2.3 million was an improvement on the A$4.1 million loss of last year",
            (-2.3e6, -4.1e6),
            "better",
        ),
        ("EPS $1.88 vs. loss per share $1.23", (1.88, -1.23), "better"),
        (
            "Income from operations was $3.4 million compared to a loss from operations of $1.2 million",
            (3.4e6, -1.2e6),
            "better",
        ),
        (
            "Loss from operations was $1.4 million compared to income from operations of $3.2 million",
            (-1.4e6, 3.2e6),
            "worse",
        ),
        ("Net income (loss) of $1.1 million versus $(0.9) million", (1.1e6, -0.9e6), "better"),
        ("Net (loss) income was $(3.1) million compared to $2.1 million", (-3.1e6, 2.1e6), "worse"),
        ("Profit/(loss) before tax £1.2m (2023: £(0.4)m)", (1.2e6, -0.4e6), "better"),
        ("Cash outflow of £2.1m (H1 2023: £3.4m inflow)", (-2.1e6, 3.4e6), "worse"),
        ("a loss per share of 9 cents, better than the 12-cent loss analysts expected", (-0.09, -0.12), "better"),
        ("Net loss was $4.1 million and $3.2 million in 2024 and 2023", (-4.1e6, -3.2e6), "worse"),
        ("Cash flow from operating activities was MSEK 45 (-12)", (45e6, -12e6), "better"),
        ("adj. loss/shr $0.12 vs est. loss/shr $0.15", (-0.12, -0.15), "better"),
        ("EBIT was KSEK -312 (-45)", (-312e3, -45e3), "worse"),
        ("EBIT of EUR −23.4 million compared with EUR (5.6) million", (-23.4e6, -5.6e6), "worse"),
        ("Earnings per share EUR 0.12 (-0.10)", (0.12, -0.10), "better"),
        ("Profit before tax £3.2m (2025: loss before tax £1.1m)", (3.2e6, -1.1e6), "better"),
        ("Cash used in operations was $5 million, versus cash provided of $4 million", (-5e6, 4e6), "worse"),
        ("Shr loss 5 cts vs profit 10 cts", (-0.05, 0.1), "worse"),
        ("(5.2) vs 3.1", (-5.2, 3.1), "worse"),
        ("a profit of 8 mln, against a year-earlier loss of 3 mln", (8e6, -3e6), "better"),
        ("Loss narrowed to 3 mln from 7 mln", (-3e6, -7e6), "better"),
        ("Loss widened from 3 mln to 7 mln", (-7e6, -3e6), "worse"),
        ("swung to a 5 mln profit from a 3 mln loss", (5e6, -3e6), "better"),
        ("lost 5 mln in 2020 against a profit of 3 mln in 2019", (-5e6, 3e6), "worse"),
        ("Net 57 mln dlrs vs loss 69 mln", (57e6, -69e6), "better"),
        ("trade deficit narrowed to $5bn from $6bn", (-5e9, -6e9), "better"),
        ("operating margin of -2% vs 3%", (-2.0, 3.0), "worse"),
        ("Net loss was $52 million, an increase of $4 million from $48 million", (-52e6, -48e6), "worse"),
        ("Loss before tax of £12m (2022: £3m)", (-12e6, -3e6), "worse"),
        ("Loss before tax of £12m (2022: profit of £3m)", (-12e6, 3e6), "worse"),
        ("Adjusted EBITDA of $12m (H1 2023: loss of $3m)", (12e6, -3e6), "better"),
        ("loss of 12 cents per share, narrower than the 20 cents loss analysts expected", (-0.12, -0.2), "better"),
        ("Loss/share 35c vs 20c", (-0.35, -0.2), "worse"),
    ],
)
def test_losses_make_the_values_signed(text: str, values: tuple[float, float], direction: str) -> None:
    """With a loss on either side more is not "up" but better or worse."""
    (pair,) = directions(text)
    assert (pair.current_value, pair.previous_value) == pytest.approx(values)
    assert pair.direction == direction


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("Net 42.1 mln vs 43.0", (42.1e6, 43e6)),
        ("to 8 bn euros from 5", (8e9, 5e9)),
        ("Net 1.2 mln vs 85,000", (1.2e6, 85e3)),
        ("Net 37.5 mln vs 7,835,000", (37.5e6, 7.835e6)),
        ("Shr 1.58 dlrs vs 98 cts", (1.58, 0.98)),
        ("Shr 8.4 rupees vs seven", (8.4, 7.0)),
    ],
)
def test_a_figure_lends_the_other_its_scale(text: str, values: tuple[float, float]) -> None:
    """What one figure leaves unsaid it has from the other, unless it is written in full."""
    (pair,) = directions(text)
    assert (pair.current_value, pair.previous_value) == pytest.approx(values)


@pytest.mark.parametrize(
    "text",
    [
        "8% vs 5 mln",
        "$8 mln vs £5 mln",
        "300 jobs from 5 plants",
        "won 3-1 against 2-0",
        "Rovers 3 v 2",
        "open from 9 to 5",
        "on a scale from 1 to 10",
        "3 shares for 2",
        "from 8 May to 12 June",
        "Shares fall 3% after $200M offering",
        "Shares rise 5% after 8% drop",
        "The stock surges 20% after a fund buys 6.7%",
        "Sales rose 2% from 6%",
        "orders rose 3.8 pct, compared with a January decline of 7.7 pct",
        "prices from $5 to $8 a ticket",
        "Profit of 8 mln compared with sales of 20 mln",
        "a profit of 8 mln and sales of 20 mln compared with 5 mln and 18 mln",
        "S&P 500 vs FTSE 100",
        "The company makes valves in 2 plants",
        "Costs fell from 10:30 to 9:15",
        "Vantor: orders at 3:1 vs 2:1",
        "Revenue of $45.1 million ($52.3 million including acquisitions)",
        "The company paid 100 million euros ($120 million)",
        "Shares rose to $12.10 (+$0.30)",
        "Shares closed at $12.10 (-$0.30)",
        "net income of $4.5 million ($0.12 per share)",
        "sales rose $12 million (5%)",
        "It sold 12 million shares (10)",
        "Vantor beat by $0.08 on EPS of $1.10",
        "It agreed to buy Orrin for $50 million ahead of $40 million in planned sales",
        "Costs rose $4 million from $48 million",
        "A $4 million increase from $48 million",
        "Revenue fell by £2m (2022: £10m)",
        "Margin fell 12% (2022: 10%)",
        "Capex of £10m in 2023 (2024: £8m)",
        "In 2023 capex was £10m (2024: £8m)",
        "Pays $20 million, estimates $30 million in savings",
        "Sales fell 2.3% (2023: 4.1%)",
        "Orders fell 1.6%, less than the 2.4% expected",
        "Orders rose 1.6%, less than the 2.4% of Orrin",
        "a net loss of $58.1 million on a loss from operations of $42.3 million",
        "generated $450 million in cash flow from operations and $420 million in free cash flow",
        "Sales and profit were $4.1 million and $3.2 million for 2024 and 2023",
        "Sales fell $4.1 million and $3.2 million in 2024 and 2023",
        "Capex (plan: £12m) was £10m in 2023 (2024: £8m)",
        "Revenue of £20.4m (Mayfair 2022: £5.1m)",
        "Invests $20 million (Orrin: $15 million)",
        "Beats by $0.10 (est. $1.10)",
        "Sales rose 29% compared to the prior year and 45% compared to that before",
        "Cash flow was $1.28 billion, up over the prior year, and free cash flow was $1.21 billion",
        "EPS $1.20, revenue $4.2B, 1921 est. $30 million",
        "",
    ],
)
def test_what_only_looks_like_a_pair_is_none(text: str) -> None:
    """No pair is better than a wrong one."""
    assert directions(text) == ()


def test_a_run_of_result_lines_gives_every_pair() -> None:
    """Reuters' lines follow each other without a mark between them."""
    text = "Shr loss 11 cts vs profit six cts Net loss 515,000 vs profit 294,000 Sales 62.8 mln vs 65.4 mln"
    assert [pair.direction for pair in directions(text)] == ["worse", "worse", "down"]


def test_marks_stand_behind_the_current_figure() -> None:
    """The encoder reads the word right after the figure that it is about, in the order of the text."""
    text = "Sales rose to €8.4 million from €5.1 million, costs fell from $3m to $2m, debt is unchanged at $9m."
    read = text
    for mark in reversed(marks(text)):
        read = f"{read[: mark.at]} {mark.word}{read[mark.at :]}"
    assert read == (
        "Sales rose to €8.4 million up from €5.1 million, costs fell from $3m to $2m down,"
        " debt is unchanged at $9m unchanged."
    )


@settings(deadline=None)
@given(st.lists(st.sampled_from(WORDS.split("|")), max_size=40))
def test_any_text_is_read(words: list[str]) -> None:
    """Whatever the order of its words, a text gives marks inside it, in order, and no error."""
    text = " ".join(words)
    found = marks(text)
    assert all(0 < mark.at <= len(text) for mark in found)
    assert [mark.at for mark in found] == sorted(mark.at for mark in found)


def test_the_pairs_written_by_hand_are_read() -> None:
    """Nine in ten sentences have a mark, and where the good and bad things are known, the first tells the sign."""
    right, marked = 0, 0
    for pair in direction_pairs():
        found = marks(pair.text)
        if found:
            marked += 1
            good = found[0].word == "better" or (found[0].word == "up") != (pair.thing in BAD_WHEN_RISING)
            good = good and found[0].word != "worse"
            right += ("positive" if good else "negative") == pair.sign
    assert marked >= 270
    assert right >= 0.97 * marked


@pytest.mark.parametrize("between", ["  ", "\n", "\u00a0", "&nbsp;"])
def test_white_space_before_a_scale(between: str) -> None:
    """Figures are compared in their scales whatever white space stands before these, and keep their places."""
    text = f"Net profit of $900{between}million vs $1.2{between}billion"
    (pair,) = directions(readable(text))
    assert (pair.current_value, pair.previous_value, pair.direction) == (9e8, 1.2e9, "down")
    assert text[pair.current.start : pair.current.end] == f"$900{between}million"
