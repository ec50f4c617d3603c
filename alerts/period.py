"""The period of a backtest: where the bulk of its articles lies in time, and those that are dated far outside it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from alerts.backtest import Known

EDGE = 10
"""At each end, one of so many articles, rounded up, has to be in reach of the others to belong to them …"""
LEAST_REACH = timedelta(days=30)
"""… which is the length of what lies between, and not less than this."""


@dataclass(frozen=True, slots=True)
class Period:
    """Be the time that the articles span, but for those whose date can only be a mistake, or another archive."""

    start: datetime
    end: datetime
    outside: tuple[Known, ...]
    """By their time."""

    @property
    def days(self) -> float:
        """Return its length."""
        return (self.end - self.start).total_seconds() / 86_400


def period_of(articles: Sequence[Known]) -> Period | None:
    """Return the period of articles in any order, or None where there is none."""
    if not articles:
        return None
    known = sorted(articles, key=lambda article: article.mentions[0].at)
    times = [article.mentions[0].at for article in known]
    first = min(math.ceil(len(times) / EDGE), (len(times) - 1) // 2)
    last = len(times) - 1 - first
    reach = max(LEAST_REACH, times[last] - times[first])
    while first > 0 and times[first] - times[first - 1] <= reach:
        first -= 1
    while last < len(times) - 1 and times[last + 1] - times[last] <= reach:
        last += 1
    return Period(times[first], times[last], (*known[:first], *known[last + 1 :]))
