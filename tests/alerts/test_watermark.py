"""The watermark: who moves it, and who cannot."""

from __future__ import annotations

from alerts.watermark import MAX_LEAD_MS, Watermark

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
    assert len(watermark.ahead) <= 32
    assert len(watermark.sources) <= 16
