"""Text as the model reads it: what is not language becomes white space, and every offset stays where it was."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence

from streams.markup import REFERENCE, shown, without_tags

# Control characters but tab and line ends, and halves of surrogate pairs: no tokenizer takes the latter.
_UNREADABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufeff]")
# What `readable` leaves of `&amp;`, `&#8217;` and `&#8209;`; and white space that is more than one blank or line end.
_SPACES = re.compile(
    r"(?P<padding>(?<=\w&) {4,7}(?=\w)|(?<=&) {4}|(?<=\w') {4,7}(?=s\b)|(?<=\w-) {6,7}(?=\w))|[ \t\r\n]{2,}|[\t\r]"
)
_PLAIN = str.maketrans("‘’“”\u00a0\u2007\u202f\u2011", "''\"\"   -")
_LIKE_LATIN = str.maketrans("ſıİ", "siI")


def readable(text: str) -> str:
    """Return a text of the same length without HTML, control characters, typographic quotes and unbroken blanks.

    A tag of HTML becomes spaces (line ends where it ends a paragraph), so that `readable(text)[a:b]` is what stands
    at `text[a:b]`.
    """
    if "<" in text:
        text = without_tags(text, " ")
    if "&" in text:
        text = REFERENCE.sub(_unescaped, text)
    return _typed(text)


def plain_text(text: str) -> str:
    """Return a text for showing, in the characters of `readable`: nothing is left where HTML was."""
    return _typed(shown(text))


def folded(text: str) -> str:
    """Return a text of the same length in lower case, for comparing."""
    lower = text.lower()
    if len(lower) == len(text):
        return lower
    return "".join(low if len(low := character.lower()) == 1 else character for character in text)


def unpadded(text: str) -> tuple[str, Sequence[int]]:
    """Return a readable text with one blank or line end between words, and where each of its letters stood.

    Paragraphs stay apart as they are. Inside words, what keeps the length of a reference goes: `S&    P` is `S&P`.
    """
    kept: list[str] = []
    places: list[int] = []
    start = 0
    for spaces in _SPACES.finditer(text):
        ends = spaces[0].count("\n")
        stays = "" if spaces["padding"] else spaces[0] if ends > 1 else "\n" if ends else " "
        kept.extend((text[start : spaces.start()], stays))
        places.extend(range(start, spaces.start() + len(stays)))
        start = spaces.end()
    if not kept:
        return text, range(len(text))
    return "".join((*kept, text[start:])), [*places, *range(start, len(text))]


def one_line(text: str) -> tuple[str, Sequence[int]]:
    """Return a readable text as `unpadded` does, with blanks for its line ends: as names are looked for."""
    plain, places = unpadded(text)
    return plain.replace("\n", " "), places


def latin(text: str) -> str:
    """Return a text of the same length with Latin letters for those that `re.I` takes for them.

    It takes `ſ`, `ı` and `İ` for `s` and `i`, while `lower` does not: a word found so would be in no dictionary.
    """
    return text.translate(_LIKE_LATIN) if not text.isascii() else text


def word_places(word: str, text: str, end: int) -> Iterator[int]:
    """Yield where a word stands by itself in the beginning of a text: a pattern of its own would be compiled for it."""
    place = text.find(word, 0, end)
    while place >= 0:
        after = place + len(word)
        if not (_is_of_a_word(text, place - 1) or _is_of_a_word(text, after)):
            yield place
        place = text.find(word, place + 1, end)


def _is_of_a_word(text: str, place: int) -> bool:
    return 0 <= place < len(text) and (text[place].isalnum() or text[place] == "_")


def _typed(text: str) -> str:
    return _UNREADABLE.sub(" ", text).translate(_PLAIN)


def _unescaped(match: re.Match[str]) -> str:
    plain = html.unescape(match[0])
    return plain.ljust(len(match[0])) if len(plain) <= len(match[0]) and plain != match[0] else match[0]
