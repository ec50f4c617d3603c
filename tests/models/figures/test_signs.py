"""Signs of figures that are compared: what is below zero, by a minus or in words."""

from __future__ import annotations

import pytest

from models.figures.directions import directions


@pytest.mark.parametrize(
    ("text", "values", "direction"),
    [
        ("Comparable sales -1.2% vs +3.4%", (-1.2, 3.4), "worse"),
        ("EBITDA of -$5m vs a loss of $3m", (-5e6, -3e6), "worse"),
        ("net loss per share was $0.32, compared with $0.21 a year earlier", (-0.32, -0.21), "worse"),
        ("Loss per share 15 cents vs. 22 cents: Vantor", (-0.15, -0.22), "better"),
        ("loss per basic and diluted share of $0.32 vs $0.21", (-0.32, -0.21), "worse"),
        ("loss before taxes was $5 million, compared with $3 million", (-5e6, -3e6), "worse"),
        ("Loss before income taxes widened to $5 million from $3 million", (-5e6, -3e6), "worse"),
        ("loss before interest and taxes was $5 million versus $3 million", (-5e6, -3e6), "worse"),
        ("loss before tax of £5.1m, compared with a profit of £3.2m", (-5.1e6, 3.2e6), "worse"),
        ("Loss after tax £5.1m vs £3.2m", (-5.1e6, -3.2e6), "worse"),
        ("Earnings per share 3 cts vs loss per share 5 cts", (0.03, -0.05), "better"),
        ("free cash flow was negative $1.2 billion, versus positive $300 million", (-1.2e9, 3e8), "worse"),
        ("free cash flow was a negative $1.2 billion, compared with $300 million", (-1.2e9, 3e8), "worse"),
        ("free cash flow was $300 million, versus negative $1.2 billion", (3e8, -1.2e9), "better"),
        (
            "new assets were negative at CHF 2.1 billion, compared with inflows of CHF 3.4 billion",
            (-2.1e9, 3.4e9),
            "worse",
        ),
        ("negative cash flow of €3m compared with positive cash flow of €5m", (-3e6, 5e6), "worse"),
        ("an outflow of $1.2 billion, compared with an inflow of $300 million", (-1.2e9, 3e8), "worse"),
        ("earned $0.02 per share vs lost $0.10", (0.02, -0.1), "better"),
        ("lost $0.10 per share vs earned $0.02", (-0.1, 0.02), "worse"),
        ("swung from minus 5% to plus 3%", (3.0, -5.0), "better"),
    ],
)
def test_a_figure_below_zero(text: str, values: tuple[float, float], direction: str) -> None:
    """A loss is one whatever it is told by, and a word right before a figure is as good as a minus."""
    (pair,) = directions(text)
    assert (pair.current_value, pair.previous_value) == pytest.approx(values)
    assert pair.direction == direction


@pytest.mark.parametrize(
    ("text", "direction"),
    [
        ("Profit before tax £5.1m vs £3.2m", "up"),
        ("Loss of $3m; sales $5m vs $4m", "up"),
        ("Loss was $3m before tax of $5m vs $4m", "up"),
        ("Despite the loss, tax was $5m vs $4m", "up"),
        ("Sales per share $5 vs $4", "up"),
    ],
)
def test_a_loss_is_not_that_of_another_thing(text: str, direction: str) -> None:
    """What follows a loss and is told of something else has no sign from it."""
    (pair,) = directions(text)
    assert pair.direction == direction


@pytest.mark.parametrize(
    ("text", "values", "direction"),
    [
        ("sales rose 1% vs fell 2% in April", (1.0, -2.0), "up"),
        ("costs rose 1% vs fell 2% in April", (1.0, -2.0), "up"),
        ("up 1%, compared with down 2% a year ago", (1.0, -2.0), "up"),
        ("Orders down 1% vs up 2%", (-1.0, 2.0), "down"),
        ("Orders dip 1% vs up 2%", (-1.0, 2.0), "down"),
        ("Sales down 3.8% vs down 1.1% a year ago", (-3.8, -1.1), "down"),
        ("comparable sales 1% vs down 2% a year ago", (1.0, -2.0), "up"),
        ("cuts outlook to down 2% from up 1%", (-2.0, 1.0), "down"),
        ("Orders rose 1% this year but fell 2% last year", (1.0, -2.0), "up"),
        ("Like-for-like sales were down 2.3% (2023: up 4.1%)", (-2.3, 4.1), "down"),
        ("Sales rose 3% vs up 2% last year", (3.0, 2.0), "up"),
    ],
)
def test_moves_have_signs(text: str, values: tuple[float, float], direction: str) -> None:
    """A rise is above a fall; whether that is good depends on what rises."""
    (pair,) = directions(text)
    assert (pair.current_value, pair.previous_value) == pytest.approx(values)
    assert pair.direction == direction


@pytest.mark.parametrize(
    "text",
    [
        "orders rose 1% vs a 2% fall",
        "Vantor up 1% vs Orrin down 2%",
        "Sales fell 5% this year and 3% last year",
        "a decline of 1% vs down 2%",
        "changed slightly by 1% vs down 2%",
        "free cash flow was negative $300 million, compared with $1.2 billion",
        "a rate of plus or minus 10 yen from 170 yen",
    ],
)
def test_a_sign_that_is_not_told(text: str) -> None:
    """Where it decides, or belongs to another thing, there is no pair rather than a wrong one."""
    assert directions(text) == ()
