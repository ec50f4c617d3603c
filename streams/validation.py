"""Validation: what pydantic finds, in the words of who wrote what it read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

NO_SUCH_FIELD = "there is no such field"
WRITE_A_LIST = "write a list, such as [one, two]"


def in_words(problem: Mapping[str, Any], words: Mapping[str, str] | None = None) -> str:
    """Return what one of pydantic's errors says.

    Args:
        problem: one of `ValidationError.errors()`.
        words: what is said instead, by pydantic's name for the kind of error.
    """
    said = (words or {}).get(problem["type"])
    return said or str(problem["msg"]).removeprefix("Value error, ")
