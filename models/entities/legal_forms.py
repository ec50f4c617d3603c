"""Names of companies with their legal form, and without."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

_SUFFIX = (
    r"(?:inc|incorporated|corp|corporation|co|cos|company|companies|ltd|limited|plc|llc|lp|l\.p|n\.?v|s\.?a|ag|se"
    r"|s\.?p\.?a|asa|oyj|p\.l\.c)"
)
_TRAILING = re.compile(rf"(?:{_SUFFIX}|&|and)\.?", re.I)
_WORD = re.compile(r"[^\s,]+")
_FOLLOWING = re.compile(rf",?\s+(?!(?-i:compan(?:y|ies)|limited)\b){_SUFFIX}\b", re.I)
"""In small letters some are words like any other: `Tide company sales`."""
_OF_A_COUNTRY = re.compile(
    r"\b(?:(?P<us>inc|incorporated|corp|corporation)|(?P<uk>plc)|(?P<de>ag|se)|(?P<it>spa|s\.p\.a)|(?P<fi>oyj?))\b",
    re.I,
)
NAMED_CHARS = 4_000
"""Of a text, in which it says what its names are short for, and what form they have."""
_LEADING = re.compile(r"[A-Z][\w&.'-]*\s+$")
_GROUP = re.compile(r"[\s,]+(?:group|holdings?|the|trust|enterprises?)\.?$", re.I)
_NOTE = re.compile(r"(?:\([^)]*\)|[/\\][A-Za-z ]{2,5}[/\\]?)\s*$|^the\s+", re.I)


def short_name(name: str) -> str:
    """Return a company's name without its legal form: `Apple Inc.` is `Apple`."""
    bare = without_notes(name)
    words = list(_WORD.finditer(bare))
    kept = len(words)
    # Whatever the name is, its first word stays; a comma at its very end does as well.
    while kept and words[kept - 1].start() and _TRAILING.fullmatch(words[kept - 1][0]):
        kept -= 1
    if kept == len(words) or bare[words[-1].end() :].strip():
        return bare.strip(" ,") or bare
    return bare[: words[kept - 1].end() if kept else 0].strip(" ,") or bare


def without_group(name: str) -> str:
    """Return a short name without `Group` and the like; one word left over would be too little to go by."""
    grouped = _GROUP.sub("", name)
    return grouped if " " in grouped else name


def without_notes(name: str) -> str:
    """Return a name without what registers add to it: `(Class A)`, `/DE/`, a leading `The`."""
    bare = name.strip()
    while (noted := _NOTE.sub("", bare).strip()) != bare and noted:
        bare = noted
    return bare


def has_legal_form(text: str, start: int, end: int) -> bool:
    """Say whether a name in a text ends with a legal form, or is followed by one."""
    return short_name(text[start:end]) != text[start:end] or _FOLLOWING.match(text, end) is not None


def is_whole(text: str, start: int, end: int) -> bool:
    """Say whether a legal form follows, and no word before belongs to the name as well: not `Foo Apple Inc.`."""
    return _FOLLOWING.match(text, end) is not None and _LEADING.search(text, max(0, start - 40), start) is None


def has_another_form(text: str, name: str, names: Iterable[str], market: str | None) -> bool:
    """Say whether a text gives a name a legal form of another country than its entity's: Inc, not AG."""
    bare = name.casefold()
    given = {country for head, country in _forms(text).get(bare.rpartition(" ")[2], ()) if head.endswith(bare)}
    if not given:
        return False
    own = {form.lastgroup for known in names for form in _OF_A_COUNTRY.finditer(known)}
    if market is not None:
        own.add(market)
    return bool(own) and own.isdisjoint(given)


@lru_cache(maxsize=4)  # every ordinary word of a text asks again
def _forms(text: str) -> dict[str, set[tuple[str, str | None]]]:
    """Return behind which last words, and what else before, the beginning of a text has legal forms of a country."""
    found: dict[str, set[tuple[str, str | None]]] = {}
    for form in _OF_A_COUNTRY.finditer(text, 0, NAMED_CHARS):
        head = text[max(0, form.start() - 40) : form.start()].rstrip(", ").casefold()
        found.setdefault(re.split(r"[^\w&'-]", head)[-1], set()).add((head, form.lastgroup))
    return found
