"""Readings of a spike: what was seen of a series in the window, beside what its past and the market promise."""

from __future__ import annotations

from collections.abc import Sequence

from alerts.detection.baseline import Decayed, Expectation, WeekCounts, expected_of_market, expected_of_name
from alerts.detection.calibration import Calibration
from alerts.detection.episodes import Reading
from alerts.detection.exposure import JUST_NOW, exposure_for_late, feed_in_window
from alerts.detection.slices import STORIES, column_of
from alerts.detection.spread import EVERY_MS, Spread
from alerts.detection.state import MARKET_KEY, SeriesState
from alerts.detection.stories import NEGATIVE, POSITIVE, SPOKEN
from alerts.detection.tuning import SLICE_MS, Tuning
from alerts.rules import Rule
from streams.alerting import RuleKind

_JUST_NOW_STRENGTH = 10.0
"""Stories that the feed must have had just now before its mood counts half."""


def label_of(kind: RuleKind) -> int:
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
    loud: Sequence[SeriesState] = (),
    lag_ms: int = 0,
) -> Reading:
    """Return what a series looks like at a moment, beside what was to be expected.

    Args:
        series: what is read.
        market: the market.
        rule: a rule for spikes.
        calibration: what the rule has learned.
        at_ms: the moment.
        zone: the time zone of the hour of week.
        tuning: the numbers to go by.
        loud: of the market, the names that may have more than their part in it.
        lag_ms: how far the mention that asks for the reading lies behind the feed, in event time.
    """
    last, width, label = at_ms // SLICE_MS, slices_of(rule), label_of(rule.kind)
    stories = series.slices.sum(last, width, STORIES)
    count = series.slices.sum(last, width, column_of(label))
    if series.series == MARKET_KEY:
        expected = _expect_market(series, label, at_ms, width, zone, tuning)
        count = _without_excess(count, [name.slices.sum(last, width, column_of(label)) for name in loud], tuning)
    else:
        names = max(float(tuning.prior_names), calibration.series)
        expected = _expect_name(series, market, label, at_ms, width, zone, tuning, names, lag_ms)
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


def _without_excess(count: int, of_names: Sequence[int], tuning: Tuning) -> int:
    """Return the count of the market with that of each name held to its part of the whole."""
    most = max(tuning.loud_stories, int(tuning.loud_share * count))
    return max(0, count - sum(max(0, of_name - most) for of_name in of_names))


def learn_spread(market: SeriesState, now_ms: int, zone: str, tuning: Tuning) -> bool:
    """Let the market learn from the window that ended last how far its counts spread; say whether it did.

    A label of which the market has an episode is left out: what it learns is what is usual.
    """
    end_ms = now_ms // EVERY_MS * EVERY_MS
    if end_ms <= market.spread_ms:
        return False
    first, market.spread_ms = market.spread_ms == 0, end_ms
    if first:
        return True
    last, width = end_ms // SLICE_MS - 1, EVERY_MS // SLICE_MS
    busy = {label_of(t.episode.kind) for t in market.tracks.values() if t.episode and t.episode.kind.endswith("spike")}
    for label, name in SPOKEN.items():
        expected = _expect_market(market, label, last * SLICE_MS, width, zone, tuning).mean
        if label not in busy and expected >= 1.0:
            observed = market.slices.sum(last, width, column_of(label))
            market.spreads.setdefault(name, Spread()).learn(observed, expected, end_ms, tuning)
    return True


def _counts(series: SeriesState, label: int) -> tuple[WeekCounts, Decayed]:
    if label == NEGATIVE:
        return series.negative, series.short.get("negative", Decayed())
    return series.positive, series.short.get("positive", Decayed())


def _expect_market(market: SeriesState, label: int, at_ms: int, width: int, zone: str, tuning: Tuning) -> Expectation:
    counts, _ = _counts(market, label)
    # Both sums to one moment: their weights need not be as of the same.
    counted = counts.scale(at_ms, tuning.half_life_ms)
    total = market.total.scale(at_ms, tuning.half_life_ms)
    exposure = feed_in_window(market, label, at_ms // SLICE_MS, width, zone).by_hour
    return expected_of_market(
        label={hour: counts.hours.get(hour, 0.0) * counted for hour in exposure},
        label_total=counts.stored * counted,
        feed={hour: market.total.hours.get(hour, 0.0) * total for hour in exposure},
        feed_total=market.total.stored * total,
        exposure=exposure,
        prior_share=tuning.prior_share,
        prior_exposure=tuning.prior_share_exposure,
        hour_strength=tuning.market_hour_strength,
        dispersion=market.spreads.get(SPOKEN[label], Spread()).size(at_ms, tuning),
    )


def _expect_name(
    series: SeriesState,
    market: SeriesState,
    label: int,
    at_ms: int,
    width: int,
    zone: str,
    tuning: Tuning,
    names: float,
    lag_ms: int,
) -> Expectation:
    last, column = at_ms // SLICE_MS, column_of(label)
    own, own_short = _counts(series, label)
    labelled = own.total(at_ms, tuning.half_life_ms)
    scale = series.total.scale(at_ms, tuning.half_life_ms)
    own_total = max(labelled, series.total.stored * scale)
    feed_scale = market.total.scale(at_ms, tuning.half_life_ms)
    feed_total = market.total.stored * feed_scale
    feed = feed_in_window(market, label, last, width, zone)
    stories = series.slices.sum(last, width, STORIES)
    of_label = series.slices.sum(last, width, column)
    # The spike's own stories must not raise what is expected; yet a feed of one name has no others.
    others = max(0.5, (feed.stories - stories) / feed.stories) if feed.stories else 1.0
    exposure = exposure_for_late(market, feed, lag_ms, last, width, zone, tuning)
    expected = expected_of_name(
        own={hour: series.total.hours.get(hour, 0.0) * scale for hour in exposure},
        own_total=own_total,
        feed={hour: market.total.hours.get(hour, 0.0) * feed_scale for hour in exposure},
        feed_total=feed_total,
        exposure={hour: heard * others for hour, heard in exposure.items()},
        prior_stories=tuning.prior_stories,
        prior_share=1.0 / names,
        hour_strength=tuning.hour_strength,
        dispersion=tuning.dispersion,
    )
    # How much a name speaks is known from all its stories, long before it is from the few of one label.
    usual = _usual_share(market, label, at_ms, tuning)
    share = (labelled + tuning.prior_label_stories * usual) / (own_total + tuning.prior_label_stories)
    of_feed = share * (own_total + tuning.prior_stories) / (feed_total + tuning.prior_stories * names)
    of_short = of_feed * market.short.get("total", Decayed()).at(at_ms, tuning.short_half_life_ms)
    lately = own_short.at(at_ms, tuning.short_half_life_ms)
    growth = (lately + tuning.short_strength) / (of_short + tuning.short_strength)
    now = (series.slices.sum(last, JUST_NOW, STORIES), series.slices.sum(last, JUST_NOW, column))
    mood = max(
        _mood(feed.stories - stories, feed.labelled - of_label, usual),
        _mood(feed.stories_now - now[0], feed.labelled_now - now[1], usual),
    )
    mean = expected.mean * share * min(tuning.max_growth, max(1.0, growth)) * max(1.0, mood)
    misread = tuning.misread_share * max(0, stories - of_label - tuning.misread_beyond)
    return Expectation(max(tuning.least_expected, mean) + misread, expected.size)


def _mood(others: int, labelled: int, usual: float) -> float:
    """Return how much more than usual the rest of the feed speaks with this label."""
    others, labelled = max(0, others), max(0, labelled)
    strength = _JUST_NOW_STRENGTH
    return (min(others, labelled) + strength * usual) / (others + strength) / usual


def _usual_share(market: SeriesState, label: int, at_ms: int, tuning: Tuning) -> float:
    counts, _ = _counts(market, label)
    labelled, total = counts.total(at_ms, tuning.half_life_ms), market.total.total(at_ms, tuning.half_life_ms)
    prior = tuning.prior_share_exposure
    return max(0.01, (labelled + tuning.prior_share * prior) / (total + prior))
