"""What all indexes read alike."""

from __future__ import annotations

import pytest

from streams.errors import DeadLetterReason, UnreadableInput
from streams.sinks.queries import (
    MARK_CLOSE,
    MARK_OPEN,
    MAX_PHRASES,
    decode_cursor,
    encode_cursor,
    marked,
    phrases,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("airline strike", ("airline", "strike")),
        ('airline "strike vote" Monday', ("airline", "strike vote", "Monday")),
        ('"strike vote', (" strike", "vote")),
        ("U.S. -- 3M's", ("U.S.", "3M's")),
        ('"" " " !!! \x00', ()),
        ("Über 東京", ("Über", "東京")),
    ],
)
def test_text_becomes_phrases(text: str, expected: tuple[str, ...]) -> None:
    """Quotes hold words together; what has neither letter nor digit is dropped."""
    assert phrases(text) == expected


def test_endless_text_is_cut() -> None:
    """Words past the limit are not looked at."""
    assert len(phrases("word " * 1000)) == MAX_PHRASES


def test_marked_fragment_is_escaped_around_its_marks() -> None:
    """Only our own tags are tags."""
    fragment = f"<b> {MARK_OPEN}a&b{MARK_CLOSE} \"'"
    assert marked(fragment) == "&lt;b&gt; <mark>a&amp;b</mark> &quot;&#x27;"


@pytest.mark.parametrize("values", [[1.25, -5, "id"], [3, 7, 'odd "id" ü']])
def test_cursor_of_scored_search_comes_back(values: list[int | float | str]) -> None:
    """What is packed is unpacked, but not by a search of another kind."""
    cursor = encode_cursor(values)
    assert decode_cursor(cursor, with_score=True) == values
    with pytest.raises(UnreadableInput) as refused:
        decode_cursor(cursor, with_score=False)
    assert refused.value.reason is DeadLetterReason.WRONG_TYPE


def test_cursor_of_plain_search_comes_back() -> None:
    """Time and id are enough where nothing is scored."""
    assert decode_cursor(encode_cursor([1_700_000_000_000, "a"]), with_score=False) == [1_700_000_000_000, "a"]


@pytest.mark.parametrize(
    "made_up",
    ["", "x", "ü", "e30=", "W10=", encode_cursor([1]), encode_cursor([1, 2]), encode_cursor(["a", "b"])]
    + [encode_cursor([time_ms, "a"]) for time_ms in (1.5, 2**63, -(2**63))]
    + [encode_cursor([1, "a", "b"]), encode_cursor([1, "a"])[:-4], "W" * 10_000],
)
def test_a_cursor_that_was_made_up_is_refused(made_up: str) -> None:
    """Whatever it holds, it says to begin again, and no number is too large for the index."""
    with pytest.raises(UnreadableInput, match="begin again without one"):
        decode_cursor(made_up, with_score=False)


@pytest.mark.parametrize("time_ms", [2**63 - 1, 1 - 2**63])
def test_a_cursor_may_name_any_time(time_ms: int) -> None:
    """As far as the index can count."""
    assert decode_cursor(encode_cursor([time_ms, "a"]), with_score=False) == [time_ms, "a"]
