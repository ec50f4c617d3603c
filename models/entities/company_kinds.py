"""Kinds of company behind a name: `Vantor Bank` is not Vantor Robotics, nor is `Vantor Steel` its parent."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from models.entities.business_words import DEEDS, SAYINGS
from models.entities.legal_forms import NAMED_CHARS
from models.entities.longer_names import is_plain_sentence

_KIND_AFTER = re.compile(
    r"(?<!\w)([A-Z][\w'-]{0,32})(?=\s+(Foods?|Air\s?[Ll]ines?|airlines?|Banks?|Savings|Fidelity|Motors?|Energy|Resources|Pharma\w*|Therapeutics"
    r"|Insurance|Realty|Properties|Petroleum|Steel|Mining|Media|Communications|Municipal|Infotech|Systems|Software"
    r"|Technologies|Utilities|Pacific|Bancorp|Bancshares|Industries|Telephone|Trust|Securities|Holdings|Associates|Partners|Capital|Materials|Chemicals?|Cement|Textiles|Logistics|Spatial|Brands|Gaming|Growth|Oyj"
    r"|FOODS?|AIRLINES?|BANKS?|SAVINGS|MOTORS?|ENERGY|RESOURCES|INSURANCE|REALTY|PETROLEUM|STEEL|MINING|SYSTEMS|UTILITIES|BANCORP|BANCSHARES|INDUSTRIES|TELEPHONE|TRUST)\b)"
)
_SISTER = re.compile(
    r"\s+(Biologics|Cement|Chemicals?|Energy|Heavy Industr(?:ies|y)|Industries|Infotech|Realty|Shipbuilding|Steel"
    r"|Textiles|Therapeutics|BIOLOGICS|CEMENT|CHEMICALS?|ENERGY|HEAVY INDUSTR(?:IES|Y)|INDUSTRIES|INFOTECH|REALTY"
    r"|SHIPBUILDING|STEEL|TEXTILES|THERAPEUTICS)\b"
)
"""What a group calls its companies by, each listed for itself; a `Bank` or `Securities` is mostly a firm's own."""
_OWN = re.compile(r"\s+(?:arm|business|division|operations|segment|unit)s?\b", re.I)
_DOES = re.compile(rf"(?:'s\b|\s+(?:{DEEDS}|{SAYINGS}|earns|partners with)\b|\s*(?:$|[^\w\s&'-]))", re.I)
"""What shows in a headline that a name ends there: a deed, or a mark."""


def names_a_sister(text: str, start: int, end: int, names: Iterable[str]) -> bool:
    """Say whether a name goes on as a sister's: `Vantor Steel said`, but not `its Vantor Steel unit`.

    Where every word has a capital, something has to show that the name ends behind the kind.
    """
    kind = _SISTER.match(text, end)
    if kind is None or any(kind[1].casefold().rstrip("s") in name.casefold() for name in names):
        return False
    if is_plain_sentence(text, start, end):
        return _OWN.match(text, kind.end()) is None
    return _DOES.match(text, kind.end()) is not None


def is_called_a_kind(name: str, text: str, names: Iterable[str]) -> bool:
    """Say whether the text lets a word go on as companies are called, in a way in which no name of its entity does.

    After `Vantor Bank of Orrin` no `Vantor` is Vantor Robotics.
    """
    kinds = _kinds(text).get(name.casefold(), ())
    return any(not any(kind in known.casefold() for known in names) for kind in kinds)


@lru_cache(maxsize=4)  # every ordinary word of a text asks again
def _kinds(text: str) -> dict[str, set[str]]:
    """Return behind which words the beginning of a text says which kinds of company."""
    found: dict[str, set[str]] = {}
    for match in _KIND_AFTER.finditer(text[:NAMED_CHARS]):
        found.setdefault(match[1].casefold(), set()).add(match[2].casefold())
    return found
