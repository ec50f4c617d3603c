"""What all indexes read alike: the words of a search, its highlights and its cursors."""

from __future__ import annotations

import base64
import html
import re
from collections.abc import Sequence

import orjson

from streams.enrichment import EnrichedArticle
from streams.errors import DeadLetterReason, UnreadableInput

MARK_OPEN, MARK_CLOSE = "\ue000", "\ue001"
"""What an index puts around a match: characters of private use, so that the rest can be escaped afterwards."""
MAX_PHRASES = 32
"""Words and phrases past this are not looked at: no person types as many."""

_PHRASE = re.compile(r'"([^"]*)"|(\S+)')
CursorValue = int | float | str


def phrases(text: str) -> tuple[str, ...]:
    """Split what a person typed: what stands between double quotes, and each other word by itself.

    >>> phrases('airline "strike vote" -- Monday')
    ('airline', 'strike vote', 'Monday')
    """
    found = ((quoted or word).replace("\0", " ").replace('"', " ") for quoted, word in _PHRASE.findall(text))
    return tuple(phrase for phrase in found if any(map(str.isalnum, phrase)))[:MAX_PHRASES]


def marked(fragment: str) -> str:
    """Escape a fragment for HTML, its matches between <mark> and </mark>."""
    return html.escape(fragment).replace(MARK_OPEN, "<mark>").replace(MARK_CLOSE, "</mark>")


def encode_cursor(values: Sequence[CursorValue]) -> str:
    """Pack the sort values of a page's last hit."""
    return base64.urlsafe_b64encode(orjson.dumps(list(values))).decode("ascii")


def decode_cursor(cursor: str, *, with_score: bool) -> list[CursorValue]:
    """Unpack the sort values: the score where the search has text, the time in milliseconds, the article id.

    Raises:
        UnreadableInput: the cursor did not come from such a search.
    """
    kinds: tuple[type | tuple[type, ...], ...] = ((int, float), int, str) if with_score else (int, str)
    try:
        values = orjson.loads(base64.urlsafe_b64decode(cursor))
    except ValueError:
        values = None
    if (
        not isinstance(values, list)
        or len(values) != len(kinds)
        or not all(map(isinstance, values, kinds))
        or any(abs(value) >= 2**63 for value in values if not isinstance(value, str))
    ):
        detail = "the cursor did not come from a search with these conditions: begin again without one"
        raise UnreadableInput(DeadLetterReason.WRONG_TYPE, detail)
    return values


def without_vector(article: EnrichedArticle) -> EnrichedArticle:
    """Return the article with the vector of its embedding left empty."""
    enrichment = article.enrichment
    bare = enrichment.model_copy(update={"embedding": enrichment.embedding.model_copy(update={"vector": ""})})
    return article.model_copy(update={"enrichment": bare})
