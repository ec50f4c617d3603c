"""Calibration: the threshold follows from a budget and from past excursions alone."""

from __future__ import annotations

import math
import random

import pytest

from alerts.detection.calibration import BINS_PER_DECADE, COMMONEST, LOUD_KEPT, Calibration, bin_of
from alerts.detection.tuning import DAY_MS, HOUR_MS, Tuning
from alerts.rules import Rule

START_MS = 1_772_000_000_000
TUNING = Tuning()


def _rule(budget: float) -> Rule:
    return Rule(name="r", kind="negative-spike", budget_per_1000_series_days=budget)


def _run(budget: float, rate: float, slope: float, days: int = 84, series: int = 200) -> tuple[Calibration, list[int]]:
    """Let `series` make excursions at a daily rate, with p-values of a power law up to 0.05; count openings by week."""
    rng, rule, calibration = random.Random(5), _rule(budget), Calibration("r")
    opened = [0] * (days // 7)
    for hour in range(days * 24):
        now_ms = START_MS + hour * HOUR_MS
        for place in range(series):
            calibration.see(place * 7919)
        calibration.advance(rule, now_ms, TUNING)
        for _ in range(series):
            if rng.random() < rate / 24:
                p = 0.05 * rng.random() ** (1 / slope)
                opened[hour // 168] += p < calibration.threshold
                calibration.excursion(-1, bin_of(p), now_ms, TUNING)
    return calibration, opened


@pytest.mark.parametrize("slope", [0.6, 1.0])
def test_the_budget_is_spent_whatever_the_p_values_are_worth(slope: float) -> None:
    """After the first weeks as many episodes open as were asked for, also where p-values are too small or too large."""
    _, opened = _run(budget=20, rate=0.2, slope=slope)
    asked = 20 / 1000 * 200 * 7
    assert sum(opened[4:]) / (len(opened) - 4) == pytest.approx(asked, rel=0.25)


def test_a_rule_without_a_past_goes_by_exact_p_values() -> None:
    """At first the threshold is the budget over the independent chances of a day."""
    calibration = Calibration("r")
    calibration.advance(_rule(2), START_MS, TUNING)
    assert calibration.threshold == pytest.approx(0.002 / TUNING.looks_per_day, rel=0.05)


def test_true_events_do_not_make_it_deaf() -> None:
    """With ten times the budget in excursions that no chance explains, chance keeps most of the budget."""
    calibration, _ = _run(budget=20, rate=0.2, slope=1.0)
    now_ms = calibration.set_ms
    before = calibration.threshold
    for day in range(14):
        for _ in range(40):
            calibration.excursion(-1, bin_of(1e-9), now_ms + day * DAY_MS, TUNING)
        calibration.advance(_rule(20), now_ms + (day + 1) * DAY_MS, TUNING)
    assert before / 2 < calibration.threshold < before


def test_the_market_goes_by_its_own_past_sooner_than_a_name() -> None:
    """What is one series, always heard of, has more chances a day, and three weeks of its own days weigh as much."""
    rules = [_rule(2), Rule(name="r", kind="negative-spike", scope="market", budget_per_1000_series_days=2)]
    found = []
    for rule in rules:
        calibration = Calibration("r")
        calibration.see(1)
        for hour in range(40 * 24):
            calibration.advance(rule, START_MS + hour * HOUR_MS, TUNING)
        found.append(calibration.threshold)
    assert 0.002 / TUNING.looks_per_day_of_many < found[1] < 5 * 0.002 / TUNING.looks_per_day_of_many
    assert found[0] > 0.002 / TUNING.looks_per_day


def test_the_threshold_stands_within_an_hour_and_knows_only_the_past() -> None:
    """What happens within an hour moves it from the next hour on."""
    calibration, _ = _run(budget=5, rate=0.2, slope=1.0, days=14)
    now_ms = calibration.set_ms
    before = calibration.threshold
    for _ in range(200):
        calibration.excursion(-1, bin_of(1e-9), now_ms, TUNING)
    assert not calibration.advance(_rule(5), now_ms + 1, TUNING)
    assert calibration.threshold == before
    assert calibration.advance(_rule(5), now_ms + HOUR_MS, TUNING)
    assert calibration.threshold < before


def test_a_daily_budget_is_shared_by_the_series() -> None:
    """A budget a day is the same as that over the number of series for each series-day."""
    calibration = Calibration("r", as_of_ms=START_MS, set_ms=START_MS + HOUR_MS)
    for place in range(100):
        calibration.see(place * 7919)
    rule = Rule(name="r", kind="negative-spike", budget_per_day=1)
    assert calibration.series == pytest.approx(100, rel=0.05)
    assert calibration.target(rule) == pytest.approx(0.01, rel=0.05)


@pytest.mark.parametrize(
    ("rule", "is_wary"),
    [
        (Rule(name="r", kind="negative-spike", budget_per_day=5), True),
        (Rule(name="r", kind="silence", scope="source", budget_per_day=5), True),
        (Rule(name="r", kind="negative-spike", scope="market", budget_per_day=5), False),
        (Rule(name="r", kind="negative-spike", budget_per_1000_series_days=1_000), False),
    ],
    ids=["names", "sources", "market", "each"],
)
def test_a_daily_budget_is_spent_carefully_until_it_is_known_by_how_many(rule: Rule, is_wary: bool) -> None:
    """In its first hour only what is very rare opens where many series share the budget, however few were seen yet."""
    calibration = Calibration("r")
    thresholds = []
    for minutes in (0, 45, 105):
        calibration.advance(rule, START_MS // HOUR_MS * HOUR_MS + HOUR_MS // 4 + minutes * HOUR_MS // 60, TUNING)
        thresholds.append(calibration.threshold)
        for place in range(4):
            calibration.see(place * 7919)
    assert thresholds[2] == TUNING.max_p_value
    assert (max(thresholds[:2]) < 0.001) == is_wary


def test_series_that_are_heard_of_no_more_leave_after_two_periods() -> None:
    """The number of series is that of this period of 56 days and the one before."""
    calibration = Calibration("r")
    calibration.advance(_rule(2), START_MS, TUNING)
    calibration.see(12345)
    for days in (56, 113):
        calibration.advance(_rule(2), START_MS + days * DAY_MS, TUNING)
    assert calibration.series == 0


def test_the_loudest_names_are_few() -> None:
    """The register of loud names is bounded; the one noted longest ago makes room."""
    calibration = Calibration("r")
    for place in range(LOUD_KEPT + 1):
        calibration.note_loud(f"entity:{place}")
        calibration.note_loud("entity:0")
    assert len(calibration.loud) == LOUD_KEPT
    assert "entity:0" in calibration.loud
    assert "entity:1" not in calibration.loud


def test_bytes_hold_everything() -> None:
    """A calibration read back goes on as if it had not been written."""
    calibration, _ = _run(budget=5, rate=0.5, slope=1.0, days=14)
    calibration.note_loud("entity:1")
    assert calibration.once(7)
    again = Calibration.from_bytes(calibration.to_bytes())
    assert again == calibration
    assert not again.once(7)


def test_what_an_earlier_version_counted_is_passed_over() -> None:
    """A calibration that was kept with counts of answers is read."""
    written = Calibration("r", threshold=0.01).to_bytes()
    kept = written[:-1] + b',"useful":2,"false":1}'
    assert Calibration.from_bytes(kept) == Calibration("r", threshold=0.01)


def test_bins_hold_p_values_below_their_edge() -> None:
    """Eight bins a decade, from 0.25 down."""

    def edge_of(place: int) -> float:
        return COMMONEST * math.pow(10.0, -place / BINS_PER_DECADE)

    for p in (0.25, 0.05, 1e-3, 1e-9, 1e-28):
        assert edge_of(bin_of(p) + 1) < p * (1 + 1e-9) <= edge_of(bin_of(p)) * (1 + 1e-9)
    assert bin_of(0.0) == bin_of(1e-200)
