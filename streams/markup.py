"""Texts of feeds without their HTML."""

from __future__ import annotations

import html
import re

_BLOCKS = (
    "address|article|aside|blockquote|body|br|caption|div|dd|dl|dt|figcaption|figure|footer|h[1-6]|head|header|hr|html"
    "|iframe|li|main|noscript|ol|p|pre|section|table|tbody|td|tfoot|th|thead|tr|ul"
)
_INLINE = "a|abbr|b|cite|code|em|font|i|img|input|label|link|mark|meta|picture|s|small|span|strong|sub|sup|time|u|wbr"
_MORE_BLOCKS = "audio|canvas|center|details|dir|fieldset|form|menu|nav|option|select|summary|textarea|video"
_MORE_INLINE = "acronym|area|big|button|col|colgroup|del|dfn|ins|kbd|legend|map|nobr|q|samp|source|strike|tt|var"
# In capitals the rarer names are tickers: `<NAV>`, `<Q>`.
_TAG = re.compile(
    rf"</?(?:(?P<block>{_BLOCKS}|(?-i:{_MORE_BLOCKS}))|{_INLINE}|(?-i:{_MORE_INLINE}))(?:\s[^<>]*)?/?>", re.I
)
_HIDDEN = (
    (re.compile(r"<script\b[^<>]*>", re.I), re.compile(r"</script\s*>", re.I)),
    (re.compile(r"<style\b[^<>]*>", re.I), re.compile(r"</style\s*>", re.I)),
    (re.compile(r"<svg\b[^<>]*>", re.I), re.compile(r"</svg\s*>", re.I)),
    (re.compile("<!--"), re.compile("-->")),
)
"""How each kind of what is not shown begins and ends."""
REFERENCE = re.compile(r"&(?:#\d{1,7}|#x[0-9a-f]{1,6}|[a-z][a-z0-9]{1,30});", re.I)
"""`&amp;`, `&#8217;` and the like, by their form."""


def shown(text: str) -> str:
    """Return a text as a browser shows it: no tags, and the characters that references stand for."""
    if "<" in text:
        text = without_tags(text, "")
    return REFERENCE.sub(lambda match: html.unescape(match[0]), text) if "&" in text else text


def without_tags(text: str, filler: str) -> str:
    """Return a text without tags, comments and scripts, two line ends where one ends a paragraph.

    Tags are known by name: Reuters' `<XON>` is a ticker and stays. Each character that goes leaves a filler; where
    that is a blank, the length stays.
    """
    bare = without_hidden(text, filler)
    return _TAG.sub(lambda tag: "\n\n" + filler * (len(tag[0]) - 2) if tag["block"] else filler * len(tag[0]), bare)


def without_hidden(text: str, filler: str) -> str:
    """Return a text without comments, scripts and styles; each character that goes leaves a filler."""
    for opening, closing in _HIDDEN:
        text = _without(text, opening, closing, filler)
    return text


def _without(text: str, opening: re.Pattern[str], closing: re.Pattern[str], filler: str) -> str:
    """Fill what stands between two marks; to the end of the text nothing is searched for twice."""
    kept: list[str] = []
    start = 0
    while (first := opening.search(text, start)) and (last := closing.search(text, first.end())):
        kept.extend((text[start : first.start()], filler * (last.end() - first.start())))
        start = last.end()
    return "".join((*kept, text[start:]))
