"""What a series that opens again has to be rarer by."""

from __future__ import annotations

import pytest

from alerts.detection.calibration import Calibration
from alerts.detection.repeats import cooldown_factor, repeat_factor
from alerts.detection.state import Track
from alerts.detection.tuning import DAY_MS, HOUR_MS, Tuning
from alerts.rules import Rule

TUNING = Tuning()
NOW_MS = 1_000 * DAY_MS
RULE = Rule(name="bad", kind="negative-spike", budget_per_1000_series_days=2, cooldown_s=6 * 3_600)


@pytest.mark.parametrize(
    ("ended_ago_ms", "flaps", "cools"),
    [
        (None, 4, False),
        (0, 0, True),
        (6 * HOUR_MS - 1, 0, True),
        (6 * HOUR_MS, 0, False),
        (12 * HOUR_MS - 1, 1, True),
        (12 * HOUR_MS, 1, False),
        (96 * HOUR_MS - 1, 4, True),
    ],
)
def test_it_cools_down_after_an_end(ended_ago_ms: int | None, flaps: int, cools: bool) -> None:
    """For as long as the rule says, and twice as long each time that it flapped; what never ended cools not at all."""
    track = Track(resolved_ms=0 if ended_ago_ms is None else NOW_MS - ended_ago_ms, flaps=flaps)
    assert cooldown_factor(RULE, track, NOW_MS, TUNING) == (TUNING.reopen_factor if cools else 1.0)


def _factor(openings: int, ago_ms: int = 0, rule: Rule = RULE) -> float:
    track = Track()
    for _ in range(openings):
        track.openings.add(NOW_MS - ago_ms, 1.0, TUNING.repeats_half_life_ms)
    return repeat_factor(rule, track, Calibration("bad"), NOW_MS, TUNING)


def test_each_opening_past_the_first_asks_for_more() -> None:
    """Half as much once it is a half-life ago."""
    assert [_factor(openings) for openings in (0, 1)] == [1.0, 1.0]
    assert [_factor(openings) for openings in (2, 4)] == pytest.approx([TUNING.repeat_factor, TUNING.repeat_factor**3])
    assert _factor(4, round(TUNING.repeats_half_life_ms)) == pytest.approx(TUNING.repeat_factor)


def test_what_the_budget_gives_several_names_is_not_held_against_one() -> None:
    """A larger budget allows each name more openings before it has to be rarer."""
    large = RULE.model_copy(update={"budget_per_1000_series_days": 200})
    assert _factor(2, rule=RULE) < _factor(2, rule=large) == 1.0
    assert _factor(500, rule=large) < 1.0


def test_the_market_is_one_series_and_spends_its_budget_alone() -> None:
    """Nothing is held against it."""
    market = Rule(name="bad", kind="negative-spike", scope="market", budget_per_day=0.1)
    assert _factor(50, rule=market) == 1.0
