"""What is usual: decayed counts by hour of week, and the chance of seeing so many more."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

HOURS_OF_WEEK = 168
_RESCALE_AT = 16.0
"""Half-lives after which stored weights are scaled back, long before they lose precision."""


@lru_cache(maxsize=8192)
def hour_of_week(at_ms: int, time_zone: str) -> int:
    """Return the local hour of week, 0 to 167 from Monday midnight: over a change of clocks it follows the wall."""
    local = datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(ZoneInfo(time_zone))
    return local.weekday() * 24 + local.hour


@dataclass(slots=True)
class Decayed:
    """Be a sum that loses half its weight in every half-life; the order of additions does not matter.

    What is stored is the weight as of `as_of_ms`: an addition scales itself to that, so that it costs one power.
    """

    stored: float = 0.0
    as_of_ms: int = 0

    def add(self, at_ms: int, amount: float, half_life_ms: float) -> None:
        """Add an amount at a time."""
        if not self.as_of_ms or at_ms - self.as_of_ms > _RESCALE_AT * half_life_ms:
            self.stored *= 2.0 ** ((self.as_of_ms - at_ms) / half_life_ms) if self.as_of_ms else 0.0
            self.as_of_ms = at_ms
        self.stored += amount * 2.0 ** ((at_ms - self.as_of_ms) / half_life_ms)

    def at(self, moment_ms: int, half_life_ms: float) -> float:
        """Return the sum decayed to a moment."""
        return self.stored * 2.0 ** ((self.as_of_ms - moment_ms) / half_life_ms) if self.as_of_ms else 0.0


@dataclass(slots=True)
class WeekCounts:
    """Be decayed counts by hour of week, with their sum: O(1) to add to."""

    hours: dict[int, float] = field(default_factory=dict)
    stored: float = 0.0
    as_of_ms: int = 0

    def add(self, hour: int, at_ms: int, amount: float, half_life_ms: float) -> None:
        """Add an amount at a time; the order of additions does not matter."""
        if not self.as_of_ms or at_ms - self.as_of_ms > _RESCALE_AT * half_life_ms:
            shrink = 2.0 ** ((self.as_of_ms - at_ms) / half_life_ms) if self.as_of_ms else 0.0
            self.hours = {known: value * shrink for known, value in self.hours.items()}
            self.stored *= shrink
            self.as_of_ms = at_ms
        weight = amount * 2.0 ** ((at_ms - self.as_of_ms) / half_life_ms)
        self.hours[hour] = self.hours.get(hour, 0.0) + weight
        self.stored += weight

    def scale(self, moment_ms: int, half_life_ms: float) -> float:
        """Return what stored weights are multiplied with at a moment."""
        return 2.0 ** ((self.as_of_ms - moment_ms) / half_life_ms) if self.as_of_ms else 0.0

    def total(self, moment_ms: int, half_life_ms: float) -> float:
        """Return the sum decayed to a moment."""
        return self.stored * self.scale(moment_ms, half_life_ms)


@dataclass(frozen=True, slots=True)
class Expectation:
    """Be a negative binomial: its mean, and its size (variance = mean + mean² / size)."""

    mean: float
    size: float

    def tail(self, count: float) -> float:
        """Return the chance of `count` or more; between whole numbers it is interpolated in the logarithm."""
        whole = math.floor(count)
        lower = tail_probability(whole, self.mean, self.size)
        part = count - whole
        if part < 1e-9 or lower <= 0.0:
            return lower
        upper = tail_probability(whole + 1, self.mean, self.size)
        return 0.0 if upper <= 0.0 else math.exp((1 - part) * math.log(lower) + part * math.log(upper))


def tail_probability(count: int, mean: float, size: float) -> float:
    """Return P(X ≥ count) of a negative binomial, summed upwards from `count` so that small values stay exact."""
    if count <= 0:
        return 1.0
    success = mean / (mean + size)
    log_term = (
        math.lgamma(count + size)
        - math.lgamma(size)
        - math.lgamma(count + 1)
        + size * math.log1p(-success)
        + count * math.log(success)
    )
    term = math.exp(log_term)
    total, k = 0.0, count
    while term > 0.0:
        total += term
        if k > mean and term < total * 1e-12:
            break
        term *= (k + size) / (k + 1) * success
        k += 1
    return min(1.0, total)


def expected_of_name(
    *,
    own: Mapping[int, float],
    own_total: float,
    feed: Mapping[int, float],
    feed_total: float,
    exposure: Mapping[int, float],
    prior_stories: float,
    prior_share: float,
    hour_strength: float,
    dispersion: float,
) -> Expectation:
    """Return how many stories of one label a name should have in a window.

    Its share of all stories so far, shrunk to the share of an average name, times the stories that the whole feed had
    in the window, each hour weighted by how much the name speaks in that hour of week compared with the feed.

    Args:
        own: decayed stories of the name by hour of week, before the window.
        own_total: their sum.
        feed: decayed stories of the whole feed by hour of week, before the window.
        feed_total: their sum.
        exposure: stories of the whole feed in the window by hour of week.
        prior_stories: weight of the average name, in its stories.
        prior_share: share of the average name among the stories of the feed.
        hour_strength: stories that an hour of week must have before it counts half.
        dispersion: size of the negative binomial when the share is known exactly.
    """
    share = (own_total + prior_stories) / (feed_total + prior_stories / prior_share)
    mean = 0.0
    for hour, stories in exposure.items():
        usual = feed.get(hour, 0.0) / feed_total if feed_total > 0 else 1 / HOURS_OF_WEEK
        factor = (own.get(hour, 0.0) + hour_strength) / (own_total * usual + hour_strength)
        mean += stories * factor
    # The share is itself uncertain: a gamma posterior of this many stories adds its own spread.
    return Expectation(max(share * mean, 1e-3), 1.0 / (1.0 / dispersion + 1.0 / (own_total + prior_stories)))


def expected_of_market(
    *,
    label: Mapping[int, float],
    label_total: float,
    feed: Mapping[int, float],
    feed_total: float,
    exposure: Mapping[int, float],
    prior_share: float,
    prior_exposure: float,
    hour_strength: float,
    dispersion: float,
) -> Expectation:
    """Return how many stories of one label the whole feed should have, given how many stories it had in the window."""
    share = (label_total + prior_share * prior_exposure) / (feed_total + prior_exposure)
    mean = sum(
        stories * (label.get(hour, 0.0) + hour_strength * share) / (feed.get(hour, 0.0) + hour_strength)
        for hour, stories in exposure.items()
    )
    # The share is itself uncertain, as a name's is: little is known of a feed on its first day.
    return Expectation(max(mean, 1e-3), 1.0 / (1.0 / dispersion + 1.0 / (label_total + prior_share * prior_exposure)))
