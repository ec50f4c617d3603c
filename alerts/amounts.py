"""Amounts: counts and scores as people read them, in notices, reports and the console."""

from __future__ import annotations


def amount(value: float) -> str:
    """Write a count, whole from ten on and with two significant digits below: never with an exponent."""
    # What would be rounded up to ten is whole already; what is next to nothing is 0, and 0 has no sign.
    return f"{value:,.0f}" if abs(value) >= 9.95 else f"{round(value, 3) + 0.0:.2g}"


def score_text(score: float) -> str:
    """Return a score from −1 to 1 with its sign, a true minus for a negative one."""
    return f"{score:+.2f}".replace("-", "−")
