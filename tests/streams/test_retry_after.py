"""What `Retry-After` says."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from streams.retry_after import retry_after_s

NOW = datetime(2026, 3, 2, 15, tzinfo=UTC)
MOST_S = 3_600.0


@pytest.mark.parametrize(
    ("value", "wait_s"),
    [
        ("120", 120.0),
        (" 0 ", 0.0),
        ("999999999", MOST_S),
        ("Mon, 02 Mar 2026 15:02:00 GMT", 120.0),
        ("Mon, 02 Mar 2026 14:00:00 GMT", 0.0),
        ("Mon, 02 Mar 2099 14:00:00 GMT", MOST_S),
        ("Mon, 02 Mar 2026 15:02:00", 120.0),
        ("Mon, 02 Mar 2026 10:02:00 -0500", 120.0),
        ("Mon, 02 Mar 99999999999999999999 15:02:00 GMT", None),
        ("-5", None),
        ("1e9", None),
        ("٣", None),
        ("²", None),
        ("soon", None),
        ("", None),
        (None, None),
    ],
)
def test_retry_after_is_read(value: str | None, wait_s: float | None) -> None:
    """Seconds and dates are read and capped; what is neither, whatever it is, counts for nothing."""
    assert retry_after_s(value, NOW, MOST_S) == wait_s
