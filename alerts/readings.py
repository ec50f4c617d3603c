"""Readings of a spike: what was seen of a series in the window, beside what its past and the market promise."""

from __future__ import annotations

from alerts.baseline import Decayed, Expectation, WeekCounts, expected_of_market, expected_of_name, hour_of_week
from alerts.calibration import Calibration
from alerts.episodes import Reading
from alerts.rules import Kind, Rule
from alerts.slices import STORIES, column_of
from alerts.state import MARKET_KEY, SeriesState
from alerts.stories import NEGATIVE, POSITIVE
from alerts.tuning import HOUR_MS, SLICE_MS, Tuning

_JUST_NOW = HOUR_MS // SLICE_MS
_JUST_NOW_STRENGTH = 10.0
"""Stories that the feed must have had just now before its mood counts half."""


def label_of(kind: Kind) -> int:
    """Return the label of the stories that a spike counts."""
    return POSITIVE if kind == "positive-spike" else NEGATIVE


def slices_of(rule: Rule) -> int:
    """Return the number of slices in the window of a rule."""
    return rule.window_ms // SLICE_MS


def read_spike(
    series: SeriesState,
    market: SeriesState,
    rule: Rule,
    calibration: Calibration,
    at_ms: int,
    zone: str,
    tuning: Tuning,
) -> Reading:
    """Return what a series looks like at a moment, beside what was to be expected."""
    last, width, label = at_ms // SLICE_MS, slices_of(rule), label_of(rule.kind)
    stories = series.slices.sum(last, width, STORIES)
    count = series.slices.sum(last, width, column_of(label))
    if series.series == MARKET_KEY:
        expected = _expect_market(series, label, at_ms, width, zone, tuning)
    else:
        share = 1.0 / max(tuning.prior_names, calibration.series)
        expected = _expect_name(series, market, label, at_ms, width, zone, tuning, share)
    observed, typical, unit = float(count), 1.0, 1.0
    if rule.weighting != "count":
        n, total, squares = calibration.weights
        # A sum of weights spreads like so many whole stories of the size that weighs most in it.
        typical, unit = (total / n, squares / total) if total > 0 else (1.0, 1.0)
        observed = series.slices.sum(last, width, column_of(label, rule.weighting)) / 255
    scaled = Expectation(max(expected.mean * typical / unit, 1e-3), expected.size)
    start_ms = (last - width + 1) * SLICE_MS - 1
    return Reading(
        at_ms=at_ms,
        observed=observed,
        expected=expected.mean * typical,
        size=expected.size,
        p_value=scaled.tail(observed / unit),
        stories=stories,
        articles=max(count, series.stories.articles_within(label, start_ms, (last + 1) * SLICE_MS)),
        window_ms=rule.window_ms,
    )


def _counts(series: SeriesState, label: int) -> tuple[WeekCounts, Decayed]:
    if label == NEGATIVE:
        return series.negative, series.short.get("negative", Decayed())
    return series.positive, series.short.get("positive", Decayed())


def _exposure(market: SeriesState, last: int, width: int, zone: str) -> dict[int, float]:
    """Return the stories of the feed in the window by hour of week."""
    found: dict[int, float] = {}
    for number, entry in market.slices.entries.items():
        if last - width < number <= last:
            hour = hour_of_week(number * SLICE_MS, zone)
            found[hour] = found.get(hour, 0.0) + entry[STORIES]
    return found


def _expect_market(market: SeriesState, label: int, at_ms: int, width: int, zone: str, tuning: Tuning) -> Expectation:
    counts, _ = _counts(market, label)
    # Both sums to one moment: their weights need not be as of the same.
    counted = counts.scale(at_ms, tuning.half_life_ms)
    total = market.total.scale(at_ms, tuning.half_life_ms)
    exposure = _exposure(market, at_ms // SLICE_MS, width, zone)
    return expected_of_market(
        label={hour: counts.hours.get(hour, 0.0) * counted for hour in exposure},
        label_total=counts.stored * counted,
        feed={hour: market.total.hours.get(hour, 0.0) * total for hour in exposure},
        feed_total=market.total.stored * total,
        exposure=exposure,
        prior_share=tuning.prior_share,
        prior_exposure=tuning.prior_share_exposure,
        hour_strength=tuning.market_hour_strength,
        dispersion=tuning.market_dispersion,
    )


def _expect_name(
    series: SeriesState,
    market: SeriesState,
    label: int,
    at_ms: int,
    width: int,
    zone: str,
    tuning: Tuning,
    share_of_label: float,
) -> Expectation:
    last = at_ms // SLICE_MS
    own, own_short = _counts(series, label)
    own_scale = own.scale(at_ms, tuning.half_life_ms)
    feed_scale = market.total.scale(at_ms, tuning.half_life_ms)
    exposure = _exposure(market, last, width, zone)
    everything = sum(exposure.values())
    own_stories = series.slices.sum(last, width, STORIES)
    # The spike's own stories must not raise what is expected; yet a feed of one name has no others.
    others = max(0.5, (everything - own_stories) / everything) if everything else 1.0
    usual = _usual_share(market, label, at_ms, tuning)
    own_total, feed_total = own.stored * own_scale, market.total.stored * feed_scale
    prior_share = usual * share_of_label
    expected = expected_of_name(
        own={hour: own.hours.get(hour, 0.0) * own_scale for hour in exposure},
        own_total=own_total,
        feed={hour: market.total.hours.get(hour, 0.0) * feed_scale for hour in exposure},
        feed_total=feed_total,
        exposure={hour: stories * others for hour, stories in exposure.items()},
        prior_stories=tuning.prior_stories,
        prior_share=prior_share,
        hour_strength=tuning.hour_strength,
        dispersion=tuning.dispersion,
    )
    share = (own_total + tuning.prior_stories) / (feed_total + tuning.prior_stories / prior_share)
    of_short = share * market.short.get("total", Decayed()).at(at_ms, tuning.short_half_life_ms)
    lately = own_short.at(at_ms, tuning.short_half_life_ms)
    growth = (lately + tuning.short_strength) / (of_short + tuning.short_strength)
    mood = max(_mood(series, market, label, last, span, usual) for span in (width, _JUST_NOW))
    misread = tuning.misread_share * max(0, own_stories - series.slices.sum(last, width, column_of(label)))
    mean = expected.mean * min(tuning.max_growth, max(1.0, growth)) * max(1.0, mood) + misread
    return Expectation(mean, expected.size)


def _mood(series: SeriesState, market: SeriesState, label: int, last: int, width: int, usual: float) -> float:
    """Return how much more than usual the rest of the feed speaks with this label just now."""
    column = column_of(label)
    others = max(0, market.slices.sum(last, width, STORIES) - series.slices.sum(last, width, STORIES))
    labelled = max(0, market.slices.sum(last, width, column) - series.slices.sum(last, width, column))
    strength = _JUST_NOW_STRENGTH
    return (min(others, labelled) + strength * usual) / (others + strength) / usual


def _usual_share(market: SeriesState, label: int, at_ms: int, tuning: Tuning) -> float:
    counts, _ = _counts(market, label)
    labelled, total = counts.total(at_ms, tuning.half_life_ms), market.total.total(at_ms, tuning.half_life_ms)
    prior = tuning.prior_share_exposure
    return max(0.01, (labelled + tuning.prior_share * prior) / (total + prior))
