"""Who rates: the broker that downgrades a company is not the one that the news is bad for.

A small encoder hears the rating and not whose it is: of 90 names behind "at" or "by" in training tweets about ratings,
63 were read as good or bad news for themselves. Of 71 names that a headline of SEntFiN's training part has rate
another, 69 are labelled neutral.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from models.encoder import TextSpan

SAYS = (0.01, 0.98, 0.01)
"""What is said of who rates: negative, neutral, positive."""
HEAD_CHARS = 120
_QUOTE = "['\"\u2018\u2019\u201c\u201d]?"
_GRADE = (
    rf"{_QUOTE}(?:(?:strong|conviction)[ -])?(?:buy|sell|hold|neutral|accumulate|over-?weight|under-?weight"
    rf"|equal-?weight|out-?perform(?:er)?|under-?perform(?:er)?|(?:market|sector|peer)[ -]perform(?:er)?)\b{_QUOTE}"
)
_VIEW = (
    rf"{_QUOTE}(?:bullish|bearish|positive|negative|cautious|constructive|over-?weight|under-?weight|neutral){_QUOTE}"
)
_STOCK = r"(?:[\w&.$'()-]+\s+){0,6}?"
_TARGET = (
    r"(?:price\s+targets?|target\s+price|price\s+objective|rating|ratings\s+(?:of|on)"
    r"|target\s+(?:on|for)\s+(?-i:[A-Z$]))\b"
)
_PASSIVE = r"\b(?!\s*[,;.]|\s+\d+(?:[/:]|\s|$)|\s+(?:at|as|with|to|from|by|after|on|in|its|their|my)\b)"
"""Behind a verb: `Vantor started at buy` is rated, and so is `Vantor upgraded to buy`."""
_RATES = re.compile(
    r"\s+(?:also\s+|has\s+|have\s+)?(?:"
    rf"(?:up|down)grad(?:es?|ed|ing){_PASSIVE}"
    rf"|(?:initiat|start|resum|launch)(?:es|s|e|ing|ed{_PASSIVE})\s+{_STOCK}(?:coverage\b|(?:at|with|as)\s+(?:an?\s+)?{_GRADE})"
    rf"|(?:maintain|reiterat|retain|keep|reaffirm|assign|recommend)(?:s|es|e|ing|ed{_PASSIVE}|)\b\s+(?:its\s+|an?\s+|the\s+)?(?:{_GRADE}|{_TARGET})"
    rf"|(?:rais|lower|hik|trim|lift|slash|boost|increas|reduc|up|cut|set|maintain|keep)(?:s|es|e|ing|ed{_PASSIVE}|{_PASSIVE})\s+{_STOCK}{_TARGET}"
    rf"|(?:(?:remain|stay|turn|go|goe|get|sound)s?\s+|is\s+|are\s+|was\s+)?{_VIEW}\s+on\s+(?!the\s+(?:day|week|month|year)\b)"
    rf"|(?:has|have)\s+(?:an?\s+)?{_GRADE}\s+(?:rating|call|on)\b"
    rf"|(?:rais|lower|cut|lift)(?:s|es){_PASSIVE}\s+{_STOCK}to\s+{_GRADE}(?=\s*(?:$|[,;.:(]|(?:from|on|after|citing|as|ahead)\b))"
    r")",
    re.I,
)
_RATED_BY = re.compile(
    r"(?:\b(?:up|down)grad\w*|\brat(?:ed|ing)\b|\bprice\s+target\b|\bcoverage\b"
    rf"|\b(?:initiat|start|resum|maintain|reiterat|nam|cut|rais|lower|slapp)(?:ed)?\b{_QUOTE}\s+(?:[\w&.$'-]+\s+){{0,4}}?{_GRADE})"
    r"[^.;:]{0,60}\s(?:by|at)\s+(?:analysts?\s+(?:at|of)\s+)?(?:the\s+)?(?:brokerage\s+|broker\s+)?$"
    r"|\banalysts?\s+(?:at|of|from|with)\s+$",
    re.I,
)


def rates(text: str, start: int, end: int) -> bool:
    """Say whether a name in a text gives a rating, a price target or a view of another, or one is given by it."""
    return _RATES.match(text, end) is not None or _RATED_BY.search(text, max(0, start - HEAD_CHARS), start) is not None


def as_raters(
    probabilities: npt.NDArray[np.float64], texts: Sequence[str], spans: Sequence[TextSpan]
) -> npt.NDArray[np.float64]:
    """Return probabilities (N, 3) of what is said about spans, neutral where the span is of who rates."""
    rating = [rates(texts[span.text], span.start, span.end) for span in spans]
    return np.where(np.array(rating, dtype=bool)[:, None], SAYS, probabilities)
