"""Readings: what is expected of a name and of the market."""

from __future__ import annotations

from datetime import timedelta

import pytest

from alerts.detection.calibration import Calibration
from alerts.detection.episodes import Reading
from alerts.detection.readings import read_spike
from alerts.detection.state import SeriesState
from alerts.detection.tuning import Tuning
from alerts.rules import Rule
from streams.alerting import Mention
from streams.clock import epoch_ms
from tests.alerts.timelines import BAD, FLAT, GOOD, START, Desk, article, background, in_order, spike

TUNING = Tuning()
HOUR = timedelta(hours=1)
NOW = START + 60 * HOUR
RULE = Rule(name="spikes", kind="negative-spike", budget_per_1000_series_days=2, min_stories=1)


def _read(desk: Desk, series: str, loud: tuple[SeriesState, ...] = ()) -> Reading:
    state, market = desk.state(series), desk.state("market")
    return read_spike(state, market, RULE, Calibration("spikes"), epoch_ms(NOW), "UTC", TUNING, loud)


def _desk(*parts: list[Mention]) -> Desk:
    desk = Desk()
    desk.take(in_order(background(START, 60), *parts))
    return desk


def test_what_is_expected_of_a_name_follows_from_all_its_stories() -> None:
    """Of a name that was often in neutral news more bad news is expected than of one that was in none."""
    heard = [m for k in range(24) for m in article(START + 2 * k * HOUR, ["heard"], FLAT)]
    desk = _desk(heard)
    assert _read(desk, "entity:heard").expected > 2 * _read(desk, "entity:unheard").expected


def test_no_name_is_quieter_than_what_can_be_known() -> None:
    """After a year of a busy feed the mean of a name never heard of is the least there is."""
    desk = _desk()
    market = desk.state("market")
    market.total.stored *= 10_000
    reading = read_spike(
        SeriesState.new("entity:unheard"), market, RULE, Calibration("spikes"), epoch_ms(NOW), "UTC", TUNING
    )
    assert reading.expected == TUNING.least_expected


def test_a_burst_of_good_news_makes_a_misread_story_likelier_and_two_good_stories_do_not() -> None:
    """Only beyond the usual few do stories of another label raise what is expected of this one."""
    few, many = (
        [m for k in range(count) for m in article(NOW - HOUR + timedelta(minutes=k), ["good"], GOOD)]
        for count in (2, 22)
    )
    without = _read(_desk(), "entity:good").expected
    assert _read(_desk(few), "entity:good").expected <= without
    assert _read(_desk(many), "entity:good").expected > without + 0.5


def test_one_name_has_at_most_its_part_in_the_market() -> None:
    """Sixty stories of one name count as five, or as a fifth of all."""
    desk = _desk(spike(NOW - 2 * HOUR, "name3", 60))
    everything = _read(desk, "market").observed
    held = _read(desk, "market", (desk.state("entity:name3"),)).observed
    of_name = _read(desk, "entity:name3").observed
    assert everything - held == of_name - max(TUNING.loud_stories, int(TUNING.loud_share * everything))


def test_the_flood_of_one_name_is_no_bad_day_of_the_market() -> None:
    """It opens the name's episode alone."""
    made = Desk().take(in_order(background(START, 60), spike(NOW - 4 * HOUR, "name3", 60, over=3 * HOUR), []))
    assert {t.series for t in made if t.kind == "opened"} == {"entity:name3"}


def test_bad_news_counts_by_its_label() -> None:
    """Good stories are not observed by a rule that looks for bad ones."""
    mixed = [m for k in range(8) for m in article(NOW - HOUR + timedelta(minutes=k), ["mixed"], BAD if k < 3 else GOOD)]
    reading = _read(_desk(mixed), "entity:mixed")
    assert (reading.observed, reading.stories) == (3, 8)


def test_a_bad_mood_of_the_rest_of_the_feed_raises_what_is_expected_and_a_good_one_lowers_nothing() -> None:
    """A few good hours of a small feed are mostly chance, and would make chance of a name look rare."""

    def expected(negative: float) -> float:
        desk = Desk()
        lately = background(START + 54 * HOUR, 6, negative=negative, per_hour=20, seed=8)
        desk.take(in_order(background(START, 54, negative=0.4), lately))
        return _read(desk, "entity:name3").expected

    assert expected(0.0) == pytest.approx(expected(0.4), rel=0.15)
    assert expected(0.4) < 0.7 * expected(0.9)


def test_the_market_learns_how_far_its_counts_spread() -> None:
    """After two weeks of steady news its size is larger than that of the tuning, and a restart keeps it."""
    desk = Desk()
    desk.take(background(START, 24 * 14, per_hour=20))
    market = desk.state("market")
    assert market.spread_ms > 0
    assert market.spreads["negative"].size(market.spread_ms, TUNING) > 1.2 * TUNING.market_dispersion
    assert SeriesState.from_bytes(market.to_bytes()).spreads == market.spreads
