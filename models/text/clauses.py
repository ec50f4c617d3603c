"""Clauses: the parts of a sentence that can stand for it, found by marks and joining words, always verbatim."""

from __future__ import annotations

import re
from collections.abc import Iterator

FEWEST_WORDS = 4
MOST_RUNS = 1_000
"""Of a sentence, that are looked at; where there are more, marks part the words of a list, not clauses."""

_LEAD_IN = re.compile(
    r"(?:(?:so|and|but|now|overall|again|finally|in addition|additionally|as a result|for the quarter|with that"
    r"|(?:turning|moving) to [^,]{1,60}|looking at [^,]{1,60}|on slide \d+)\s*,\s+"
    r"|(?:I'm|I am|we're|we are) (?:very |extremely |also |really )?(?:pleased|proud|happy|delighted|excited|glad)"
    r" to (?:report|say|announce|share|note)(?: that)?,?\s+"
    r"|(?:and|so|but)\s+|as (?:you can see|we|I|noted|mentioned)[^,]{0,60},\s+)+",
    re.I,
)
_BEGINNINGS = re.compile(
    r",\s+(?:and|while|but)\s+|;\s+(?:and\s+)?"
    r"|,\s+(?=(?:we|our|net|adjusted|diluted|total|operating|consolidated|gross|GAAP|non-GAAP)\b)"
    r"|\s+and\s+(?=(?:we|our|adjusted|net income|net sales|diluted|revenues?|earnings|total|GAAP|non-GAAP|operating)\b)"
    r"|\breport(?:ed)? (?=(?:adjusted|net|diluted|revenue|earnings|record|total|sales)\b)"
)
_ENDS = re.compile(
    r"(?:,|;|:| -{1,2}| –| —)\s+"
    r"|\s+(?=(?:driven by|compared (?:to|with)|versus|due to|as a result of|primarily|reflecting|which|resulting"
    r"|representing|largely|mainly|as we|because|despite|while|although|excluding|including"
    r"|and (?:we|our|adjusted|net|operating|diluted|total|revenue|earnings|gross))\b)"
)
_ADDRESS = re.compile(r"https?://|www\.")
_STOPS = (".", "!", "?", "…", "。", "！", "？", "．", "।", "؟", "۔")


def clauses(sentence: str) -> Iterator[tuple[int, int]]:
    """Yield half-open offsets of the runs of clauses of a sentence that may stand alone.

    A run begins where the sentence does, past what leads in ("I'm pleased to report that"), or at a joined clause; it
    ends at a mark or before a word that only adds. Where nothing has four words, or it is a list, the sentence is its
    one clause.
    """
    lead_in = _LEAD_IN.match(sentence)
    starts = {lead_in.end() if lead_in else 0} | {match.end() for match in _BEGINNINGS.finditer(sentence)}
    ends = {match.start() for match in _ENDS.finditer(sentence)} | {len(sentence)}
    if len(starts) * len(ends) > MOST_RUNS:
        yield 0, len(sentence)
        return
    found = [
        (start, end)
        for start in sorted(starts)
        for end in sorted(ends)
        if end > start and len(sentence[start:end].split()) >= FEWEST_WORDS
    ]
    yield from found or [(0, len(sentence))]


def standing(clause: str) -> str:
    """Return a clause as a sentence: a capital at its beginning, a full stop at its end where it has none."""
    clause = clause.strip().rstrip(",;:")
    if not clause:
        return clause
    words = clause.split()
    # A stop would become part of an address, a capital too; and "eBay" is a name, not a word of small letters alone.
    stopped = clause.rstrip("\"'”’)]」』").endswith(_STOPS) or _ADDRESS.match(words[-1])
    small = words[0] == words[0].lower() and not _ADDRESS.match(words[0])
    return (clause[0].upper() + clause[1:] if small else clause) + ("" if stopped else ".")
