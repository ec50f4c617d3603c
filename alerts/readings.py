"""Readings: what was seen of a series in the window, beside what its past and the market lead one to expect."""

from __future__ import annotations

import numpy as np

from alerts.baseline import Expectation, expected_of_entity, expected_of_market, hour_of_week
from alerts.config import DetectorConfig
from alerts.episodes import Reading
from alerts.mentions import MARKET
from alerts.slices import SLICES_A_WINDOW, Window
from alerts.state import SeriesState


def read(series: SeriesState, market: SeriesState, at_ms: int, config: DetectorConfig) -> Reading:
    """Return what a series looks like at a moment, beside what was to be expected."""
    last = at_ms // config.slice_ms
    window = series.slices.window(last)
    observed, stories = int(window[:, 2].sum()), int(window[:, 1].sum())
    if series.series == MARKET:
        expected = _expect_market(series, window, at_ms, config)
    else:
        expected = _expect_entity(series, market, window, at_ms, config)
    start_ms = (last - SLICES_A_WINDOW + 1) * config.slice_ms - 1
    return Reading(
        at_ms=at_ms,
        observed=observed,
        expected=expected.mean,
        size=expected.size,
        p_value=expected.tail(observed),
        stories=stories,
        articles=max(observed, series.stories.articles_within(start_ms, (last + 1) * config.slice_ms)),
        window_ms=config.window_ms,
    )


def _expect_market(market: SeriesState, window: Window, at_ms: int, config: DetectorConfig) -> Expectation:
    return expected_of_market(
        negative=market.negative.at(at_ms, config.half_life_ms),
        market=market.total.at(at_ms, config.half_life_ms),
        exposure=window[:, 1].astype(np.float64),
        exposure_hours=_hours(window, config),
        prior_share=config.prior_share,
        prior_exposure=config.prior_share_exposure,
        hour_strength=config.market_hour_strength,
        dispersion=config.market_dispersion,
    )


def _expect_entity(
    series: SeriesState, market: SeriesState, own: Window, at_ms: int, config: DetectorConfig
) -> Expectation:
    feed = market.slices.window(at_ms // config.slice_ms)
    if not len(feed):
        feed = own
    total, bad = int(feed[:, 1].sum()), int(feed[:, 2].sum())
    others = max(0, total - int(own[:, 1].sum()))
    others_bad = min(others, max(0, bad - int(own[:, 2].sum())))
    # The spike's own stories must not raise what is expected; yet a feed of one name has no others.
    share_of_others = max(0.5, others / total) if total else 1.0
    usual = _usual_share(market, at_ms, config)
    just_now = (others_bad + 10 * usual) / (others + 10)
    return expected_of_entity(
        own=series.negative.at(at_ms, config.half_life_ms),
        market=market.total.at(at_ms, config.half_life_ms),
        exposure=feed[:, 1].astype(np.float64) * share_of_others,
        exposure_hours=_hours(feed, config),
        market_ratio=max(1.0, just_now / usual),
        prior_stories=config.prior_stories,
        prior_exposure=config.prior_exposure,
        hour_strength=config.hour_strength,
        dispersion=config.dispersion,
    )


def _usual_share(market: SeriesState, at_ms: int, config: DetectorConfig) -> float:
    negative = float(market.negative.at(at_ms, config.half_life_ms).sum())
    total = float(market.total.at(at_ms, config.half_life_ms).sum())
    prior = config.prior_share_exposure
    return max(0.01, (negative + config.prior_share * prior) / (total + prior))


def _hours(window: Window, config: DetectorConfig) -> Window:
    zone = config.time_zone
    return np.array([hour_of_week(int(number) * config.slice_ms, zone) for number in window[:, 0]], dtype=np.int64)
