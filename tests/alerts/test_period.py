"""The period of a backtest."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from alerts.backtest import Known
from alerts.period import Period, period_of
from tests.alerts.timelines import START, background

(MENTION,) = background(START, 1, per_hour=1)[:1]


def _period(*days: float) -> Period:
    times = [START + timedelta(days=day) for day in days]
    found = period_of([Known(at, (MENTION.model_copy(update={"at": at}),)) for at in times])
    assert found is not None
    return found


def _outside(period: Period) -> list[float]:
    return [(known.at - START).total_seconds() / 86_400 for known in period.outside]


@pytest.mark.parametrize("wrong", [[-20_000], [-20_000, -9_000, -400, 5_000], [-20_000.5] * 10])
def test_wrong_dates_are_outside(wrong: list[float]) -> None:
    """One, several at both ends, or a tenth of all at one date that stands for none."""
    period = _period(*wrong, *(place / 4 for place in range(100)))
    assert _outside(period) == wrong
    assert (period.start, period.days) == (START, 24.75)


@pytest.mark.parametrize(
    "days",
    [
        [0],
        [0, 400],
        [*range(30), *[12.5] * 1_000],
        [*range(0, 3_000, 29), *[3_000 + place / 100 for place in range(2_000)]],
        [*range(30), *range(800, 830)],
    ],
)
def test_what_is_thin_is_not_outside(days: list[float]) -> None:
    """Few articles, a crowded day, an archive that thickens, and two archives of a kind are one period."""
    period = _period(*days)
    assert not period.outside
    assert period.days == max(days)


@pytest.mark.parametrize("count", [10, 20, 30, 70])
def test_a_tenth_may_be_outside_and_no_more(count: int) -> None:
    """Whether as many articles are wrong or another archive does not depend on how many tens there are."""
    tenth = count // 10
    assert len(_period(*[-20_000] * tenth, *range(count - tenth)).outside) == tenth
    assert not _period(*[-20_000] * (tenth + 1), *range(count - tenth - 1)).outside


def test_nothing_has_no_period() -> None:
    """Without articles there is no time to tell of."""
    assert period_of([]) is None


def test_a_wrong_date_among_few() -> None:
    """Three articles are enough to say which one stands apart."""
    assert isinstance(_period(0, 1, -20_000).start, datetime)
    assert _outside(_period(0, 1, -20_000)) == [-20_000]
