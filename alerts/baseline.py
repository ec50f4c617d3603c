"""What is usual: how many negative stories a series is expected to have in a window.

The whole feed has a level by hour of week; a series has its share of it, shrunk to that of an average series while
little is known. On a day when the whole market is bad, the expectation of every series rises with it. Counts vary
more than a Poisson process would, so surprise is the tail of a negative binomial (as in Farrington flexible;
Noufaily et al., 2013).
"""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from pydantic import Field

from streams.records import Moment, Record

HOURS_OF_WEEK = 168
PRIOR_STORIES = 20.0
"""Stories of the whole feed that the share of an average series counts for, against what a series itself has shown."""
PRIOR_WEEKS = 2.0
"""Weeks that the overall level counts for, against what one hour of the week itself has shown."""
DISPERSION = 5.0
"""Size r of the negative binomial: variance μ + μ²/r."""
MOST_WEEKS = 16.0
"""History past this is halved, so that the level follows a feed that grows."""
SERIES_PRIOR = 12.0
"""Series that a young feed is taken to have besides those that it has shown."""
RECENT_HOURS = 80


class Feed(Record):
    """Be what is known of the whole feed: counts of new negative stories over all series, bounded to about 6 kB."""

    format: Literal[1] = 1
    began_at: Moment | None = None
    latest_at: Moment | None = None
    series: int = 0
    stories: float = 0.0
    by_hour_of_week: tuple[float, ...] = (0.0,) * HOURS_OF_WEEK
    recent: dict[int, int] = Field(default_factory=dict)
    """New negative stories by hour since 1970, for the last `RECENT_HOURS`."""
    halved_weeks: float = 0.0
    sources: dict[str, Moment] = Field(default_factory=dict)
    """The latest time that each source has reached: the watermark comes from them."""

    def weeks(self) -> float:
        """Return the weeks of history behind the counts; at least a day's worth."""
        if self.began_at is None or self.latest_at is None:
            return 1 / 7
        return max(1 / 7, (self.latest_at - self.began_at) / timedelta(weeks=1) - self.halved_weeks)

    def adding(self, at: datetime, zone: ZoneInfo, *, new_series: bool, weight: float) -> Feed:
        """Count one new negative story of some series."""
        hours = list(self.by_hour_of_week)
        hours[hour_of_week(at, zone)] += weight
        stories, halved = self.stories + weight, self.halved_weeks
        weeks = self.weeks()
        if weeks > MOST_WEEKS:
            hours, stories, halved = [count / 2 for count in hours], stories / 2, halved + weeks / 2
        hour = _hour(at)
        recent = self.recent | {hour: self.recent.get(hour, 0) + 1}
        oldest = max(recent) - RECENT_HOURS
        return self.model_copy(
            update={
                "by_hour_of_week": tuple(hours),
                "stories": stories,
                "halved_weeks": halved,
                "recent": {h: count for h, count in recent.items() if h > oldest},
                "series": self.series + new_series,
            }
        )

    def usual(self, end: datetime, window_s: float, zone: ZoneInfo) -> float:
        """Return the stories that the whole feed usually has in the window that ends at a moment."""
        weeks = self.weeks()
        level = self.stories / (weeks * HOURS_OF_WEEK)  # stories an hour, over all hours of the week
        total, left_s, at = 0.0, window_s, end
        while left_s > 0:
            part = min(left_s, 3600.0)
            shown = self.by_hour_of_week[hour_of_week(at, zone)]
            total += part / 3600.0 * (shown + PRIOR_WEEKS * level) / (max(1.0, weeks) + PRIOR_WEEKS)
            at -= timedelta(seconds=part)
            left_s -= part
        return total

    def seen(self, end: datetime, window_s: float) -> int:
        """Return the stories that the whole feed has shown in the hours of the window that ends at a moment."""
        last, first = _hour(end), _hour(end - timedelta(seconds=window_s))
        return sum(self.recent.get(hour, 0) for hour in range(first + 1, last + 1))


def expected_stories(feed: Feed, own: float, end: datetime, window_s: float, observed: int, zone: ZoneInfo) -> float:
    """Return the negative stories that a series is expected to have in a window.

    Args:
        feed: the whole feed.
        own: stories that the series has shown in the feed's history, those of the window at hand left out.
        end: the end of the window.
        window_s: its length.
        observed: stories that the series shows in it: they do not count as the market's mood.
        zone: the time zone of the hour of week.
    """
    share = (own + PRIOR_STORIES / (feed.series + SERIES_PRIOR)) / (feed.stories + PRIOR_STORIES)
    mood = max(feed.usual(end, window_s, zone), float(feed.seen(end, window_s) - observed))
    return max(share * mood, 1e-3)


def tail(observed: int, mean: float, size: float = DISPERSION) -> float:
    """Return the chance that a negative binomial of this mean and size shows `observed` or more."""
    if observed <= 0:
        return 1.0
    log_p, log_q = math.log(size / (size + mean)), math.log(mean / (size + mean))

    def log_mass(count: int) -> float:
        return math.lgamma(count + size) - math.lgamma(size) - math.lgamma(count + 1) + size * log_p + count * log_q

    # Summed upwards from the observed count: subtracting from 1 would lose the small values that matter.
    total, count = 0.0, observed
    while True:
        mass = math.exp(log_mass(count))
        total += mass
        count += 1
        if count > mean and mass <= total * 1e-12:
            return min(1.0, total)


def hour_of_week(at: datetime, zone: ZoneInfo) -> int:
    """Return 0 for Monday's first local hour, up to 167."""
    local = at.astimezone(zone)
    return local.weekday() * 24 + local.hour


def _hour(at: datetime) -> int:
    return int(at.timestamp() // 3600)
