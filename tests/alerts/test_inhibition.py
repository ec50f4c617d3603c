"""What holds names back while the market is, or may be about to be, alarmed."""

from __future__ import annotations

import pytest

from alerts.calibration import Calibration, bin_of
from alerts.inhibition import CROWD, held_back_by, uneasy_market
from alerts.rules import Rule, Rules
from alerts.state import MARKET_KEY, SeriesState
from alerts.tuning import HOUR_MS, Tuning

NOW_MS = 1_000 * HOUR_MS
RULES = Rules.default()
NAMES = next(rule for rule in RULES.rules if rule.kind == "negative-spike" and rule.scope == "entity")


def _market(p_value: float, ago_ms: int, rule: str = "market-negative") -> SeriesState:
    market = SeriesState.new(MARKET_KEY)
    track = market.track(rule)
    track.low_bin, track.low_ms = bin_of(p_value), NOW_MS - ago_ms
    return market


@pytest.mark.parametrize(
    ("p_value", "ago_ms", "expected"),
    [(0.001, 0, "market-negative"), (0.001, HOUR_MS + 1, None), (0.2, 0, None)],
)
def test_a_market_is_uneasy_for_an_hour_after_a_rare_reading(p_value: float, ago_ms: int, expected: str | None) -> None:
    """Neither a common reading nor an old one holds anybody back."""
    assert uneasy_market(NAMES, RULES, _market(p_value, ago_ms), NOW_MS, Tuning()) == expected


def test_only_a_rule_of_the_same_kind_that_is_on_counts() -> None:
    """Good news of the market, or a rule switched off, says nothing about bad news of a name."""
    market = _market(0.001, 0)
    good = Rule(name="good", kind="positive-spike", budget_per_day=1)
    assert uneasy_market(good, RULES, market, NOW_MS, Tuning()) is None
    off = Rules(rules=tuple(r.model_copy(update={"enabled": r.scope != "market"}) for r in RULES.rules))
    assert uneasy_market(NAMES, off, market, NOW_MS, Tuning()) is None
    assert uneasy_market(NAMES, RULES, SeriesState.new(MARKET_KEY), NOW_MS, Tuning()) is None


def test_a_crowd_holds_every_name_back_for_an_hour() -> None:
    """Without an episode of the market it is what holds them back; an hour later nothing does."""
    calibration = Calibration(NAMES.name, crowd_ms=NOW_MS)
    market = SeriesState.new(MARKET_KEY)
    assert held_back_by(NAMES, RULES, market, calibration, NOW_MS + HOUR_MS) == CROWD
    assert held_back_by(NAMES, RULES, market, calibration, NOW_MS + HOUR_MS + 1) is None
