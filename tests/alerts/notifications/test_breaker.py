"""The circuit breaker."""

from __future__ import annotations

from datetime import timedelta

from alerts.notifications.breaker import FAILURES_TO_OPEN, FIRST_PAUSE_S, LONGEST_PAUSE_S, Breaker
from tests.alerts.people import NOW


def _failed(times: int) -> Breaker:
    breaker = Breaker()
    for _ in range(times):
        breaker = breaker.failed(NOW)
    return breaker


def test_it_opens_after_failures_in_a_row_only() -> None:
    """A success in between begins the count anew."""
    assert _failed(FAILURES_TO_OPEN - 1).wait_s(NOW) == 0
    assert _failed(FAILURES_TO_OPEN - 1).succeeded().failed(NOW).wait_s(NOW) == 0
    assert _failed(FAILURES_TO_OPEN).wait_s(NOW) == FIRST_PAUSE_S


def test_one_failure_makes_suspect() -> None:
    """An endpoint that failed last takes no place of those in good health, long before it is left alone."""
    assert [breaker.suspect for breaker in (Breaker(), _failed(1), _failed(1).succeeded())] == [False, True, False]


def test_a_probe_that_fails_doubles_the_pause_and_one_that_succeeds_closes() -> None:
    """After the pause one try may go; what comes of it decides."""
    breaker = _failed(FAILURES_TO_OPEN)
    later = NOW + timedelta(seconds=FIRST_PAUSE_S)
    assert breaker.wait_s(later) == 0
    assert breaker.failed(later).wait_s(later) == 2 * FIRST_PAUSE_S
    assert not breaker.succeeded().suspect
    assert _failed(400).wait_s(NOW) == LONGEST_PAUSE_S


def test_patience_that_is_asked_for_holds_for_the_whole_endpoint() -> None:
    """Retry-After opens at once."""
    assert Breaker().failed(NOW, 40).wait_s(NOW) == 40
    assert Breaker().failed(NOW, 1e9).wait_s(NOW) == LONGEST_PAUSE_S
