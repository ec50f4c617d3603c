"""Times as others write them."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from pydantic import TypeAdapter, ValidationError

from streams.records import Moment

MOMENT: TypeAdapter[datetime] = TypeAdapter(Moment)
NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def elsewhere(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let the machine stand in another zone than UTC: a time that names no zone is not of the machine's."""
    with monkeypatch.context() as patched:
        patched.setenv("TZ", "Asia/Kathmandu")
        time.tzset()
        yield
    time.tzset()


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2026-03-02T09:00:00Z", NINE),
        ("2026-03-02T10:00:00+01:00", NINE),
        ("2026-03-02 09:00", NINE),
        ("2026-03-02", datetime(2026, 3, 2, tzinfo=UTC)),
        ("1987-02-26T15:01:01Z", datetime(1987, 2, 26, 15, 1, 1, tzinfo=UTC)),
        ("1970-01-01", datetime(1970, 1, 1, tzinfo=UTC)),
        ("20260302", datetime(2026, 3, 2, tzinfo=UTC)),
        (20260302, datetime(2026, 3, 2, tzinfo=UTC)),
        ("19870226", datetime(1987, 2, 26, tzinfo=UTC)),
        ("20260302090000", NINE),
        (20260302090000, NINE),
        ("202603020900", NINE),
        ("20260302T090000Z", NINE),
        ("20260302T0900", NINE),
        ("20260302T100000+0100", NINE),
        ("20260302T090000.250Z", NINE.replace(microsecond=250_000)),
        (1772442000, NINE),
        ("1772442000", NINE),
        (1772442000.25, NINE.replace(microsecond=250_000)),
        (1772442000000, NINE),
        ("1772442000250", NINE.replace(microsecond=250_000)),
        (1_000_000_000, datetime(2001, 9, 9, 1, 46, 40, tzinfo=UTC)),
        (1_000_000_000_000, datetime(2001, 9, 9, 1, 46, 40, tzinfo=UTC)),
    ],
)
def test_a_time_is_read_as_it_was_meant(written: object, meant: datetime) -> None:
    """Text of ISO 8601 with and without its marks, and seconds or milliseconds since 1970."""
    assert MOMENT.validate_python(written) == meant


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        (0, "from 2001-09-09 on only"),
        ("0", "from 2001-09-09 on only"),
        (-1, "from 2001-09-09 on only"),
        ("-62135596800", "from 2001-09-09 on only"),
        (2026, "from 2001-09-09 on only"),
        ("2026", "from 2001-09-09 on only"),
        ("2026.5", "from 2001-09-09 on only"),
        (20260302.5, "from 2001-09-09 on only"),
        (999_999_999, "from 2001-09-09 on only"),
        (99_999_999_999, "from 2001-09-09 on only"),
        ("20261302", "month must be in"),
        (20260230, "day is out of range"),
        ("02032026", "month must be in"),
        ("20260302250000", "hour must be in"),
        ("20260302T090000+9900", "it cannot be read"),
        ("99991231T235959-0500", "outside the calendar"),
        ("20260302Z", "valid datetime"),
        ("nan", "valid datetime"),
        (float("inf"), "valid datetime"),
        (True, "valid datetime"),
        ("", "valid datetime"),
    ],
)
def test_a_number_that_is_no_time_is_refused(written: object, reason: str) -> None:
    """A year, a day of another form or a zero is not a moment of 1970."""
    with pytest.raises(ValidationError, match=reason):
        MOMENT.validate_python(written)
