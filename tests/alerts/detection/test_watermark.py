"""The watermark: who moves it, and who cannot."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.detection.watermark import MAX_LEAD_MS, Watermark

HOUR = 3_600_000


def _pass(watermark: Watermark, *articles: tuple[int, int]) -> Watermark:
    for at_ms, source in articles:
        watermark = watermark.passing(at_ms, 1000 * HOUR, source)
    return watermark


def test_three_articles_of_two_sources_move_it() -> None:
    """It comes to the time that three have reached, not to the latest."""
    watermark = _pass(Watermark(), (1 * HOUR, 1), (2 * HOUR, 2))
    assert watermark.at_ms is None
    assert _pass(watermark, (3 * HOUR, 1)).at_ms == 1 * HOUR


def test_one_source_of_two_cannot_move_it_alone() -> None:
    """A source whose clock is eight hours ahead is not believed, however often it speaks."""
    watermark = _pass(Watermark(), (1 * HOUR, 1), (1 * HOUR, 2), (1 * HOUR, 1))
    assert _pass(watermark, *[(9 * HOUR + k, 2) for k in range(20)]).at_ms == 1 * HOUR


def test_two_sources_of_many_are_enough() -> None:
    """The others may be silent."""
    watermark = _pass(Watermark(), *[(1 * HOUR, source) for source in range(5)])
    assert _pass(watermark, (5 * HOUR, 1), (5 * HOUR, 2), (6 * HOUR, 1)).at_ms == 5 * HOUR


def test_a_source_that_fell_silent_is_waited_for_no_more() -> None:
    """After 64 articles without it the other one is the whole feed."""
    watermark = _pass(Watermark(), (1 * HOUR, 1), (1 * HOUR, 1), (1 * HOUR, 2))
    waiting = _pass(watermark, *[(2 * HOUR, 1)] * 64)
    assert waiting.at_ms == 1 * HOUR
    assert _pass(waiting, (2 * HOUR, 1)).at_ms == 2 * HOUR


def test_a_feed_of_one_source_moves_it_by_three_articles() -> None:
    """Where only one source speaks, its articles have to agree among themselves."""
    assert _pass(Watermark(), (1 * HOUR, 7), (1 * HOUR, 7), (2 * HOUR, 7)).at_ms == 1 * HOUR


def test_it_never_passes_arrival_plus_five_minutes() -> None:
    """When every source is stamped ahead, the broker's time bounds it."""
    watermark = Watermark()
    for source in range(5):
        watermark = watermark.passing(50 * HOUR, HOUR, source)
    assert watermark.at_ms == HOUR + MAX_LEAD_MS


def test_it_stays_bounded_and_never_goes_back() -> None:
    """Old articles leave it, and what is kept does not grow."""
    watermark = _pass(Watermark(), *[(k * HOUR, k % 40) for k in range(200)])
    reached = watermark.at_ms
    watermark = _pass(watermark, *[(k, k % 40) for k in range(100)])
    assert watermark.at_ms == reached
    assert len(watermark.ahead) <= 3
    assert len(watermark.sources) <= 16


@pytest.mark.parametrize("of_others", [0.5, 0.1, 0.05, 0.02])
def test_a_source_that_speaks_most_does_not_hold_it_up(of_others: float) -> None:
    """Where one source brings nearly all articles, the word of the other moves it, too."""
    rng, minute = random.Random(1), HOUR // 60
    watermark, last = Watermark(), {1: 0, 2: 0}
    for place in range(1, 4_000):
        source = 2 if rng.random() < of_others else 1
        watermark = _pass(watermark, (place * minute, source))
        last[source] = place
        assert (watermark.at_ms or 0) // minute >= min(last.values()) - 2


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(1, 3)), max_size=200))
def test_what_it_keeps_says_as_much_as_everything(articles: list[tuple[int, int]]) -> None:
    """In any order of times and sources it comes as far as with every article ahead kept, and three are enough."""
    watermark, ahead, reached = Watermark(), list[tuple[int, int]](), -1
    for place, article in enumerate(articles, start=1):
        watermark = _pass(watermark, article)
        assert len(watermark.ahead) <= 3
        ahead.append(article)
        needed = min(2, len({source for _, source in articles[max(0, place - 65) : place]}))
        for at_ms, _ in ahead:
            later = [source for other_ms, source in ahead if other_ms >= at_ms]
            if len(later) >= 3 and len(set(later)) >= needed:
                reached = max(reached, at_ms)
        assert (-1 if watermark.at_ms is None else watermark.at_ms) == reached
        ahead = [entry for entry in ahead if entry[0] > reached]
