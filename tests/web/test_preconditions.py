"""Conditional requests."""

from __future__ import annotations

import pytest
from fastapi import HTTPException

from web.preconditions import Preconditions


@pytest.mark.parametrize(
    ("match", "none_match", "current", "status"),
    [
        (None, None, '"a"', None),
        ('"a"', None, '"a"', None),
        ('"b" , "a"', None, '"a"', None),
        ('"a,b"', None, '"a"', 412),
        ('W/"a"', None, '"a"', 412),
        ("*", None, '"a"', None),
        ("*", None, None, 412),
        ('"a"', None, None, 412),
        (None, "*", None, None),
        (None, "*", '"a"', 412),
        (None, 'W/"a"', '"a"', 412),
        (None, '"b"', '"a"', None),
        ("a", None, '"a"', 400),
        ('"a", *', None, '"a"', 400),
        ("", None, '"a"', 400),
    ],
)
def test_a_condition_holds_or_is_refused(
    match: str | None, none_match: str | None, current: str | None, status: int | None
) -> None:
    """If-Match compares strongly, If-None-Match weakly, and what is no entity tag is said to be none."""
    if status is None:
        Preconditions(match, none_match).check(current)
    else:
        with pytest.raises(HTTPException) as refused:
            Preconditions(match, none_match).check(current)
        assert refused.value.status_code == status
