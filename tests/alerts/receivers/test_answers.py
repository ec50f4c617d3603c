"""What an answer means for the next try."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from yarl import URL

from alerts.receivers.answers import MAX_RETRY_AFTER_S, QUOTED_CHARS, Verdicts, judge, quote

NOW = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (200, "delivered"),
        (204, "delivered"),
        (301, "failed"),
        (308, "failed"),
        (400, "failed"),
        (401, "failed"),
        (404, "failed"),
        (408, "failed"),
        (410, "gone"),
        (425, "failed"),
        (429, "failed"),
        (500, "failed"),
        (503, "failed"),
    ],
)
def test_a_status_decides(status: int, outcome: str) -> None:
    """As Standard Webhooks says, only 2xx delivers, 410 ends the endpoint, and the rest is tried again."""
    assert judge(status, None, "", Verdicts(), NOW).outcome == outcome


@pytest.mark.parametrize(
    ("status", "said", "detail"),
    [
        (299, "taken", ""),
        (300, "", "status 300, a redirect, which is not followed"),
        (399, "moved", "status 399, a redirect, which is not followed: moved"),
        (400, "", "status 400"),
        (503, "busy", "status 503: busy"),
    ],
)
def test_what_was_said_is_told(status: int, said: str, detail: str) -> None:
    """A redirect is named as one: who set the address up has to write the other."""
    assert judge(status, None, said, Verdicts(), NOW).detail == detail


@pytest.mark.parametrize(("value", "wait_s"), [("120", 120.0), ("999999999", MAX_RETRY_AFTER_S), ("soon", None)])
def test_an_endpoint_says_when_to_come_again(value: str, wait_s: float | None) -> None:
    """A failure carries the endpoint's wish, a day at most."""
    assert judge(503, value, "", Verdicts(), NOW).retry_after_s == wait_s


def test_a_quotation_is_short_and_plain() -> None:
    """Control characters, bytes of no encoding and length do no harm."""
    quoted = quote(b"one\x1b[31m\r\ntwo \xff" + b"x" * 5_000, URL("https://news.example/"))
    assert quoted.startswith("one [31m two \ufffdxxx")
    assert len(quoted) == QUOTED_CHARS
