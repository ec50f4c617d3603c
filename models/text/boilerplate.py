"""Boilerplate: what a page says about itself, beside its news."""

from __future__ import annotations

import re

_BOILERPLATE = re.compile(
    r"\W*(?:(?:please )?click (?:here|below|on the|the link)\b|(?:sign up|subscribe) (?:now|today|here|to|for|and)\b"
    r"|(?:like|follow|join|find) us on\b|get (?:our|the latest)\b.{0,60}\b(?:inbox|newsletter|app)\b"
    r"|download (?:our|the)\b.{0,20}\bapp\b|read (?:more\b|next:|also:|the full (?:story|article)\b)"
    r"|more on this story|related (?:articles?|stories|news):|media playback is (?:not supported|unsupported)"
    r"|for (?:more|further) (?:information|details|news)\b.{0,40}\b(?:visit|see|click|contact|go to)\b"
    r"|(?:copyright )?(?:©|(?:\(c\)|copyright) (?=copyright|(?:19|20)\d\d\b)(?![^.]*\b(?:rose|fell|said|costs?)\b))"
    r".{0,80}$|.{0,60}\ball rights reserved\b"
    r"|(?:additional )?(?:reporting|writing) by (?-i:[A-Z]).{0,80}(?:; | in (?-i:[A-Z])|\bediting by\b)"
    r"|editing by (?-i:[A-Z])|our standards:|past performance (?:is|does) (?:no|not)\b"
    r"|this (?:article|story|report|post|content) (?:was|is|has been) (?:first |originally |automatically )?"
    r"(?:generated|produced|created|published|provided|written|not (?:investment|financial))\b"
    r"|.{0,80}\bnot (?:constitute|intended (?:as|to be)|meant (?:as|to be)) (?:an? )?(?:investment|financial|legal)"
    r" advice\b)",
    re.I,
)


def is_boilerplate(sentence: str) -> bool:
    """Tell whether a sentence is about the page, not the news: what to click on, who wrote it, whose it is."""
    return bool(_BOILERPLATE.match(sentence))
