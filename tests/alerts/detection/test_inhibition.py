"""What holds names back while the market is, or may be about to be, alarmed."""

from __future__ import annotations

import pytest

from alerts.detection.baseline import hour_of_week
from alerts.detection.calibration import Calibration, bin_of
from alerts.detection.episodes import Reading, Subject, opened
from alerts.detection.inhibition import CROWD, held_back_by, is_crowd, uneasy_market
from alerts.detection.state import MARKET_KEY, SeriesState
from alerts.detection.tuning import HOUR_MS, Tuning
from alerts.rules import Rule, Rules
from streams.alerting import RuleKind

NOW_MS = 1_000 * HOUR_MS
RULES = Rules.default()
NAMES = next(rule for rule in RULES.rules if rule.kind == "negative-spike" and rule.scope == "entity")


def _market(p_value: float, ago_ms: int, rule: str = "market-negative") -> SeriesState:
    market = SeriesState.new(MARKET_KEY)
    track = market.track(rule)
    track.low_bin, track.low_ms, track.low_since_ms = bin_of(p_value), NOW_MS - ago_ms, NOW_MS - ago_ms
    return market


@pytest.mark.parametrize(
    ("p_value", "ago_ms", "expected"),
    [(0.001, 0, "market-negative"), (0.001, HOUR_MS + 1, None), (0.2, 0, None)],
)
def test_a_market_is_uneasy_for_an_hour_after_a_rare_reading(p_value: float, ago_ms: int, expected: str | None) -> None:
    """Neither a common reading nor an old one holds anybody back."""
    assert uneasy_market(NAMES, RULES, _market(p_value, ago_ms), NOW_MS, Tuning()) == expected


def test_a_market_that_was_uneasy_for_a_day_is_so_no_more() -> None:
    """What began a day ago or earlier is no onset, however rare the market's reading still is."""
    market = _market(0.001, 0)
    market.track("market-negative").low_since_ms = NOW_MS - Tuning().inhibited_ms
    assert uneasy_market(NAMES, RULES, market, NOW_MS, Tuning()) is None


def test_only_a_rule_of_the_same_kind_that_is_on_counts() -> None:
    """Good news of the market, or a rule switched off, says nothing about bad news of a name."""
    market = _market(0.001, 0)
    good = Rule(name="good", kind="positive-spike", budget_per_day=1)
    assert uneasy_market(good, RULES, market, NOW_MS, Tuning()) is None
    off = Rules(rules=tuple(r.model_copy(update={"enabled": r.scope != "market"}) for r in RULES.rules))
    assert uneasy_market(NAMES, off, market, NOW_MS, Tuning()) is None
    assert uneasy_market(NAMES, RULES, SeriesState.new(MARKET_KEY), NOW_MS, Tuning()) is None


@pytest.mark.parametrize(("kind", "expected"), [("negative-spike", "market-negative"), ("positive-spike", None)])
def test_only_what_the_market_opened_as_the_same_kind_holds_names_back(kind: RuleKind, expected: str | None) -> None:
    """A rule that has become another kind keeps what it opened before until that ends: it is no bad news of today."""
    reading = Reading(at_ms=NOW_MS, observed=9, expected=1, size=4, p_value=1e-9, stories=9, articles=9, window_ms=1)
    rule = Rule(name="market-negative", kind=kind, scope="market", budget_per_day=1)
    market = SeriesState.new(MARKET_KEY)
    market.track(rule.name).episode = opened(rule, "v", Subject(MARKET_KEY, "the market"), "a", reading, 0.01, (), "m")
    assert held_back_by(NAMES, RULES, market, Calibration(NAMES.name), NOW_MS, Tuning()) == expected


def test_a_crowd_holds_every_name_back_for_an_hour() -> None:
    """Without an episode of the market it is what holds them back; an hour later nothing does."""
    calibration = Calibration(NAMES.name, crowd_ms=NOW_MS)
    market = SeriesState.new(MARKET_KEY)
    assert held_back_by(NAMES, RULES, market, calibration, NOW_MS + HOUR_MS, Tuning()) == CROWD
    assert held_back_by(NAMES, RULES, market, calibration, NOW_MS + HOUR_MS + 1, Tuning()) is None


def test_five_openings_are_a_crowd_in_a_mean_hour_and_none_in_the_busiest() -> None:
    """Where half of the week's stories come in one hour, five names may well cross in it."""
    calibration = Calibration(NAMES.name, threshold=0.001, set_ms=NOW_MS, as_of_ms=NOW_MS)
    for name in range(40):
        calibration.see(name * 7919)
    calibration.onsets = [NOW_MS - minute * 60_000 for minute in range(5)]
    rule = NAMES.model_copy(update={"budget_per_1000_series_days": 20.0})
    assert is_crowd(rule, calibration, SeriesState.new(MARKET_KEY), NOW_MS, "UTC", Tuning())
    busy = SeriesState.new(MARKET_KEY)
    for hour in range(168):
        busy.total.add(hour, NOW_MS, 1.0, Tuning().half_life_ms)
    busy.total.add(hour_of_week(NOW_MS, "UTC"), NOW_MS, 168.0, Tuning().half_life_ms)
    assert not is_crowd(rule, calibration, busy, NOW_MS, "UTC", Tuning())


@pytest.mark.parametrize("names", [240, 3_000])
def test_openings_of_which_as_many_are_usual_are_no_crowd(names: int) -> None:
    """However many the budget allows: five where about ten, or over a hundred, an hour are to be expected."""
    calibration = Calibration(NAMES.name, threshold=0.001, set_ms=NOW_MS, as_of_ms=NOW_MS)
    for name in range(names):
        calibration.see(name * 7919)
    calibration.onsets = [NOW_MS - minute * 60_000 for minute in range(5)]
    rule = NAMES.model_copy(update={"budget_per_1000_series_days": 1_000.0})
    assert not is_crowd(rule, calibration, SeriesState.new(MARKET_KEY), NOW_MS, "UTC", Tuning())
