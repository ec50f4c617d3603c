"""Exposure: what the whole feed brought in a window, against which the stories of one name are held."""

from __future__ import annotations

import math
from dataclasses import dataclass

from alerts.detection.baseline import Decayed, hour_of_week
from alerts.detection.slices import STORIES, column_of
from alerts.detection.state import SeriesState
from alerts.detection.tuning import DAY_MS, HOUR_MS, SLICE_MS, Tuning

JUST_NOW = HOUR_MS // SLICE_MS
_WEEK_MS = 7 * DAY_MS


@dataclass(frozen=True, slots=True)
class Feed:
    """Be what the whole feed had in a window, and within its last hour."""

    by_hour: dict[int, float]
    """Stories by hour of week."""
    stories: int
    labelled: int
    stories_now: int
    labelled_now: int


def feed_in_window(market: SeriesState, label: int, last: int, width: int, zone: str) -> Feed:
    """Return what the feed had in the window of `width` slices that ends with slice `last`."""
    by_hour: dict[int, float] = {}
    column = column_of(label)
    stories = labelled = stories_now = labelled_now = 0
    for number, entry in market.slices.entries.items():
        if last - width < number <= last:
            hour = hour_of_week(number * SLICE_MS, zone)
            by_hour[hour] = by_hour.get(hour, 0.0) + entry[STORIES]
            stories += entry[STORIES]
            labelled += entry[column]
            if last - JUST_NOW < number:
                stories_now += entry[STORIES]
                labelled_now += entry[column]
    return Feed(by_hour, stories, labelled, stories_now, labelled_now)


def exposure_for_late(
    market: SeriesState, feed: Feed, lag_ms: int, last: int, width: int, zone: str, tuning: Tuning
) -> dict[int, float]:
    """Return the stories of the feed by hour of week as a mention `lag_ms` behind the feed has to take them.

    While a feed catches up after an outage, what has not come yet is no sign of a quiet day: the later a mention came,
    the more of the usual stories are taken to be there.
    """
    if not lag_ms or not market.total.stored:
        return feed.by_hour
    moment_ms = (last + 1) * SLICE_MS
    lately = market.short.get("total", Decayed()).at(moment_ms, tuning.short_half_life_ms)
    a_week = lately / (tuning.short_half_life_ms / math.log(2)) * _WEEK_MS
    each = a_week * SLICE_MS / HOUR_MS / market.total.stored
    usual: dict[int, float] = {}
    for number in range(last - width + 1, last + 1):
        hour = hour_of_week(number * SLICE_MS, zone)
        usual[hour] = usual.get(hour, 0.0) + each * market.total.hours.get(hour, 0.0)
    total = sum(usual.values())
    lacking = min(1.0, lag_ms / tuning.late_ms) * total - feed.stories
    if lacking <= 0:
        return feed.by_hour
    return {hour: feed.by_hour.get(hour, 0.0) + stories * lacking / total for hour, stories in usual.items()}
