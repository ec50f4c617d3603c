"""What pydantic finds, in words."""

from __future__ import annotations

import pytest

from streams.validation import in_words

WORDS = {"int_type": "write a whole number"}


@pytest.mark.parametrize(
    ("kind", "message", "said"),
    [
        ("int_type", "Input should be a valid integer", "write a whole number"),
        ("value_error", "Value error, the end lies before the start", "the end lies before the start"),
        ("missing", "Field required", "Field required"),
    ],
)
def test_a_mistake_is_said_in_our_words_where_there_are_some(kind: str, message: str, said: str) -> None:
    """Else in those of pydantic, without its word for an error that we raised ourselves."""
    assert in_words({"type": kind, "msg": message}, WORDS) == said
    assert in_words({"type": kind, "msg": message}) == message.removeprefix("Value error, ")
