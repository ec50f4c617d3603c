"""Indices, currencies and commodities, and what only looks like them."""

from __future__ import annotations

import pytest

from models.instrument_evidence import is_instrument


@pytest.mark.parametrize(
    ("kind", "text", "word", "sure", "expected"),
    [
        ("currency", "the dollar fell against the yen", "dollar", False, True),
        ("currency", "it paid 3 million dollar", "dollar", True, False),
        ("currency", "shares of euro zone banks", "euro", True, False),
        ("currency", "a top dollar", "dollar", False, False),
        ("commodity", "gold climbs to a record", "gold", False, True),
        ("commodity", "she won a gold medal in futures", "gold", True, False),
        ("commodity", "a cup of tea", "tea", False, False),
        ("index", "the Dow rose", "Dow", False, True),
    ],
)
def test_what_is_traded(kind: str, text: str, word: str, sure: bool, expected: bool) -> None:
    """Amounts, medals and cups are none; a price or another currency beside it makes a word one."""
    start = text.index(word)
    assert is_instrument(kind, text, start, start + len(word), sure=sure) is expected
