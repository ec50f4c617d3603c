"""What is usual: negative stories by hour of week, decayed, and the chance of seeing so many more."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

HOURS_OF_WEEK = 168
HOUR_MS = 3_600_000

Hours = npt.NDArray[np.float64]
"""Shape (168,), by local hour of week from Monday 00:00."""


@lru_cache(maxsize=4096)
def hour_of_week(at_ms: int, time_zone: str) -> int:
    """Return the local hour of week, 0 to 167 from Monday midnight: over a change of clocks it follows the wall."""
    local = datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(ZoneInfo(time_zone))
    return local.weekday() * 24 + local.hour


@dataclass(frozen=True, slots=True)
class WeekCounts:
    """Be decayed counts by hour of week, as of `as_of_ms`."""

    hours: Hours
    as_of_ms: int = 0

    @classmethod
    def empty(cls) -> WeekCounts:
        """Return no counts."""
        return cls(np.zeros(HOURS_OF_WEEK))

    def adding(self, hour: int, at_ms: int, count: float, half_life_ms: float) -> WeekCounts:
        """Add a count at a time; the order of additions does not matter."""
        if not self.as_of_ms:
            hours, as_of_ms = self.hours.copy(), at_ms
        else:
            as_of_ms = max(self.as_of_ms, at_ms)
            hours = self.hours * 2.0 ** ((self.as_of_ms - as_of_ms) / half_life_ms)
        hours[hour] += count * 2.0 ** ((at_ms - as_of_ms) / half_life_ms)
        return WeekCounts(hours, as_of_ms)

    def at(self, moment_ms: int, half_life_ms: float) -> Hours:
        """Return the counts decayed to a moment."""
        if not self.as_of_ms or moment_ms <= self.as_of_ms:
            return self.hours
        decayed: Hours = self.hours * 2.0 ** ((self.as_of_ms - moment_ms) / half_life_ms)
        return decayed


@dataclass(frozen=True, slots=True)
class Expectation:
    """Be a negative binomial: its mean, and its size (variance = mean + mean² / size)."""

    mean: float
    size: float

    def tail(self, count: int) -> float:
        """Return the chance of `count` or more."""
        return tail_probability(count, self.mean, self.size)


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


def expected_of_entity(
    *,
    own: Hours,
    market: Hours,
    exposure: npt.NDArray[np.float64],
    exposure_hours: npt.NDArray[np.int64],
    market_ratio: float,
    prior_stories: float,
    prior_exposure: float,
    hour_strength: float,
    dispersion: float,
) -> Expectation:
    """Return how many negative stories a name should have in a window.

    Its share of all stories so far, shrunk to a prior share, times the stories that the whole feed had in the window,
    each hour weighted by how much the name speaks in that hour of week compared with the feed, times how negative the
    whole market is just now.

    Args:
        own: decayed negative stories of the series by hour of week, before the window.
        market: decayed stories of the whole feed by hour of week, before the window.
        exposure: stories of the whole feed in the slices of the window, shape (B,).
        exposure_hours: hour of week of each slice, shape (B,).
        market_ratio: negative share of the market in the window over its usual share, 1 at least.
        prior_stories: negative stories that a name unheard of is taken to have had …
        prior_exposure: … among so many stories of the feed.
        hour_strength: stories that an hour of week must have before it counts half.
        dispersion: size of the negative binomial when the share is known exactly.
    """
    stories, feed = float(own.sum()), float(market.sum())
    share = (stories + prior_stories) / (feed + prior_exposure)
    usual = market / feed if feed > 0 else np.full(HOURS_OF_WEEK, 1 / HOURS_OF_WEEK)
    factors = (own + hour_strength) / (stories * usual + hour_strength)  # (168,)
    mean = share * float((exposure * factors[exposure_hours]).sum()) * market_ratio
    # The share is itself uncertain: a gamma posterior of this many stories adds its own spread.
    return Expectation(max(mean, 1e-3), 1.0 / (1.0 / dispersion + 1.0 / (stories + prior_stories)))


def expected_of_market(
    *,
    negative: Hours,
    market: Hours,
    exposure: npt.NDArray[np.float64],
    exposure_hours: npt.NDArray[np.int64],
    prior_share: float,
    prior_exposure: float,
    hour_strength: float,
    dispersion: float,
) -> Expectation:
    """Return how many negative stories the whole feed should have, given how many stories it had in the window."""
    share = (float(negative.sum()) + prior_share * prior_exposure) / (float(market.sum()) + prior_exposure)
    by_hour = (negative + hour_strength * share) / (market + hour_strength)  # (168,)
    return Expectation(max(float((exposure * by_hour[exposure_hours]).sum()), 1e-3), dispersion)
