"""Counts of stories in quarters of an hour."""

from __future__ import annotations

import pytest

from alerts.detection.slices import MAX_SLICES, STORIES, Slices, column_of
from alerts.detection.stories import NEGATIVE, NEUTRAL, POSITIVE, Count
from alerts.rules import Weighting

MILD, GRAVE, PRAISE, PLAIN = (
    Count(NEGATIVE, 51, 255),
    Count(NEGATIVE, 204, 102),
    Count(POSITIVE, 85, 170),
    Count(NEUTRAL, 3, 9),
)


def _sums(slices: Slices, label: int) -> list[int]:
    weightings: tuple[Weighting, ...] = ("count", "severity", "relevance")
    return [slices.sum(9, 3, column_of(label, weighting)) for weighting in weightings]


def test_a_slice_counts_stories_and_how_strongly_they_speak() -> None:
    """Each label has its number, severities and relevances; a neutral story is a story only."""
    slices = Slices()
    for number, count in ((7, MILD), (8, GRAVE), (9, PRAISE), (9, PLAIN)):
        slices.change(number, None, count)
    assert slices.sum(9, 3, STORIES) == 4
    assert _sums(slices, NEGATIVE) == [2, 255, 357]
    assert _sums(slices, POSITIVE) == [1, 85, 170]


@pytest.mark.parametrize(
    ("after", "negative", "positive"),
    [
        (MILD, [1, 51, 255], [0, 0, 0]),
        (GRAVE, [1, 204, 102], [0, 0, 0]),
        (PRAISE, [0, 0, 0], [1, 85, 170]),
        (PLAIN, [0, 0, 0], [0, 0, 0]),
    ],
)
def test_a_story_that_changes_is_counted_as_it_is_now(after: Count, negative: list[int], positive: list[int]) -> None:
    """It is still one story, and nothing is left of what it was."""
    slices = Slices()
    slices.change(9, None, MILD)
    slices.change(9, MILD, after)
    assert slices.sum(9, 3, STORIES) == 1
    assert (_sums(slices, NEGATIVE), _sums(slices, POSITIVE)) == (negative, positive)


def test_a_window_ends_with_its_last_slice_and_has_so_many() -> None:
    """What lies before it or after it is not counted."""
    slices = Slices()
    for number in range(4, 12):
        slices.change(number, None, MILD)
    assert [slices.sum(9, width, STORIES) for width in (0, 1, 3, 6, 100)] == [0, 1, 3, 6, 6]


def test_what_was_folded_away_is_left_alone() -> None:
    """Slices are taken out in their order; a story of one of them that changes later counts no more."""
    slices = Slices()
    for number in (5, 3, 8):
        slices.change(number, None, MILD)
    assert slices.fold(3) == []
    assert [number for number, _ in slices.fold(8)] == [3, 5]
    slices.change(5, MILD, PRAISE)
    assert list(slices.entries) == [8]


def test_the_slice_furthest_ahead_makes_room() -> None:
    """Only a mis-stamped article lies there: it does not crowd out the others, nor come in where all are taken."""
    slices = Slices()
    slices.change(10_000, None, MILD)
    for number in range(MAX_SLICES):
        slices.change(number, None, MILD)
    assert max(slices.entries) == MAX_SLICES - 1
    slices.change(20_000, None, MILD)
    assert sorted(slices.entries) == list(range(MAX_SLICES))
