"""Evidence that a word means an index, a currency or a commodity: not an amount, a medal, or a kind of shop."""

from __future__ import annotations

import re

_AMOUNT = re.compile(
    r"(?:\d[\d,.]*|\d/\d|\b(?:mln|bln|million|billion|trillion|thousand|hundred|lakh|crore|mn|bn|m|b|one|two|three|few))"
    r"[\s-]+(?:US\s|U\.S\.\s|(?:New Zealand|Australian|Canadian|Hong Kong|Singapore)\s)?$",
    re.I,
)
_NOT_A_CURRENCY = re.compile(
    r"(?:[\s-]+(?:zone|area|bloc|region|NCAP|Disney|bond|store|stores|tree|general|cup|qualif\w+|menu|bill|coin|sign"
    r"|amount|value of|volume|terms|denominated|\d{2,4}\b)|-(?:a|per|for)-)",
    re.I,
)
_NOT_A_COMMODITY = re.compile(
    r"[\s-]+(?:medal\w*|star|coast|standard|rush|cup|card|disc|record|jewel\w*|ring|watch|dust|plated|screen|lining"
    r"|painting|paint|lamp|shop|cups?|table|break|bowl|spoon|bags?|pudding|cake|on the cob|dog|flakes|candy|shirts?"
    r"|band|bullets?|boots?|poisoning|levels|chambers?|mask|station|tank\b|cooker|works|worker|beans?\b(?! prices))",
    re.I,
)
_TRADED = re.compile(
    r"\b(?:prices?|futures?|contracts?|spot|bullion|ounces?|oz|tonnes?|tons?|barrels?|bpd|bushels?|bags?|pounds? of|lb"
    r"|exports?|imports?|output|production|producers?|crops?|harvest\w*|demand|supply|supplies|stocks?|inventor\w+"
    r"|commodit\w+|metals?|mining|mines?|mined|refin\w+|smelt\w+|traders?|trading|market|markets|hedg\w+|rally|rallies"
    r"|rose|falls?|fell|rises?|gains?|gained|slips?|slid\w*|drops?|dropped|climb\w*|surge[sd]?|higher|lower|steady|firm"
    r"|eases?|edges?|dips?|declin\w+|stead\w+|firms?|firmed|soften\w*|shines?|glow|weak\w*|strength\w*|lifts?|tops|hits?|below|above|per|rs|records?|opec|lme|comex|nymex|mcx|ncdex|cbot|usda|tender|shipments?|quotas?|planting|acreage|sowing|farmers"
    r"|grain|grains|cents)\b",
    re.I,
)
_EXCHANGED = re.compile(
    r"\b(?:against|versus|vs|per dollar|exchange|currenc(?:y|ies)|forex|fx|central bank|intervention|rates?|strong\w*"
    r"|weak\w*|rose|falls?|fell|rises?|gain\w*|slip\w*|slid\w*|drop\w*|climb\w*|surge[sd]?|higher|lower|steady|firm\w*"
    r"|eases?|edges?|dips?|declin\w+|strength\w*|hits?|moves?|range|parity|devalu\w+|dollar|euro|yen|pound|sterling|peg\w*|traders?|trading|low|high|recover\w*"
    r"|depreciat\w+|appreciat\w+|hedg\w+|closes?|ends?|opens?|trims?|extends?)\b",
    re.I,
)
WINDOW_CHARS = 90


def is_instrument(kind: str, text: str, start: int, end: int, *, sure: bool) -> bool:
    """Say whether a word means an instrument here.

    Args:
        kind: `index`, `currency` or `commodity`.
        text: the field, readable.
        start: where the word begins.
        end: where it ends.
        sure: whether the name can mean nothing else, so that only an amount speaks against it.
    """
    if kind == "currency":
        if _AMOUNT.search(text[max(0, start - 24) : start]) or _NOT_A_CURRENCY.match(text, end):
            return False
        return sure or _EXCHANGED.search(_around(text, start, end)) is not None
    if kind == "commodity":
        if _NOT_A_COMMODITY.match(text, end):
            return False
        return sure or _TRADED.search(_around(text, start, end)) is not None
    return True


def _around(text: str, start: int, end: int) -> str:
    return text[max(0, start - WINDOW_CHARS) : start] + " | " + text[end : end + WINDOW_CHARS]
