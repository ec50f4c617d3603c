"""Counts as people read them."""

from __future__ import annotations

import pytest

from alerts.amounts import amount


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (1_234.4, "1,234"),
        (104.3, "104"),
        (160, "160"),
        (10.4, "10"),
        (9.96, "10"),
        (9.94, "9.9"),
        (6, "6"),
        (0.534, "0.53"),
        (0.01, "0.01"),
        (0.00001, "0"),
        (0, "0"),
        (-0.00001, "0"),
        (-0.41, "-0.41"),
        (-1_500, "-1,500"),
    ],
)
def test_a_count_has_the_digits_that_matter_and_no_exponent(value: float, words: str) -> None:
    """From ten on it is whole, below it has two significant digits, and next to nothing is 0."""
    assert amount(value) == words
