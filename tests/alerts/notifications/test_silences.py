"""Silences."""

from __future__ import annotations

from datetime import timedelta

from alerts.notifications.matching import facets_of
from alerts.notifications.silences import Silences
from tests.alerts.people import NOW, alert, silence


def _silences(*given: object) -> Silences:
    silences = Silences()
    for each in given:
        silences.put(each)  # type: ignore[arg-type]
    return silences


def test_a_silence_withholds_what_it_matches_while_it_lasts() -> None:
    """Neither before its start, nor from its end on, nor anything else."""
    silences = _silences(silence(matchers={"entities": ["harbourline"]}))
    facets = facets_of(alert(), {})
    assert silences.covering(facets, NOW - timedelta(seconds=1)) is None
    assert silences.covering(facets, NOW) is not None
    assert silences.covering(facets, NOW + timedelta(hours=1)) is None
    assert silences.covering(facets_of(alert("quillon"), {}), NOW) is None


def test_of_several_the_one_that_ends_last_withholds() -> None:
    """Only then is the notice of the end the last word."""
    silences = _silences(silence("a"), silence("b", ends_at=NOW + timedelta(hours=3)), silence("c"))
    found = silences.covering(facets_of(alert(), {}), NOW)
    assert found is not None
    assert found.silence_id == "b"


def test_ends_come_in_order() -> None:
    """What is over is told in the order of the ends; what was removed is not told."""
    silences = _silences(silence("a", ends_at=NOW + timedelta(minutes=3)), silence("b", ends_at=NOW), silence("c"))
    silences.remove(silence("c").silence_id)
    assert silences.next_end() == NOW
    assert [s.silence_id for s in silences.ended(NOW + timedelta(hours=9))] == ["b", "a"]
    assert [s.silence_id for s in silences.ended(NOW)] == ["b"]
