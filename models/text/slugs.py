"""Slugs of wires: the words in capitals and the hyphen that stand before a headline, as in `UPDATE 2-Vantor rises`."""

from __future__ import annotations

import re

_SLUG = re.compile(
    r"(?:(?:[A-Z]{2,}|\d+)[ :-]{1,2}){0,6}"
    r"(?:(?:[A-Z]{5,}|BUZZ|POLL|RPT|TEXT|WEEK)(?: \d+)?"
    r"|(?:Update|Wrapup) \d+|Analysis|Breakingviews|Column|Correct(?:ed|ion)|Exclusive|Explainer|Factbox|Feature|Focus"
    r"|Insight|Interview|Newsmaker|Preview|Timeline)-(?=\w)"
)
"""Fewer capitals are a name's more often than a desk's: `VTR-Orrin deal`."""


def end_of_slug(text: str) -> int:
    """Return where a headline begins behind its slug; where all is in capitals no slug can be told, and it is 0."""
    slug = None if text.isupper() else _SLUG.match(text)
    return slug.end() if slug else 0
