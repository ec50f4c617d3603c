"""Episodes: when one is calm, and when it ends."""

from __future__ import annotations

from dataclasses import replace

import pytest

from alerts.detection import episodes
from alerts.detection.episodes import Reading, Subject
from alerts.detection.tuning import HOUR_MS
from alerts.rules import Rules

OPENED_MS = 100 * HOUR_MS
READING = Reading(
    at_ms=OPENED_MS, observed=5, expected=0.2, size=4, p_value=1e-5, stories=5, articles=5, window_ms=6 * HOUR_MS
)
EPISODE = episodes.opened(
    Rules.default().rules[0], "v", Subject("entity:vantor", "Vantor"), "cause", READING, 0.01, (), "test-1"
)


@pytest.mark.parametrize(
    ("readings", "due_h"),
    [
        ([], 7),
        ([(1, 0.5)], 2),
        ([(1, 0.5), (2, 0.5)], 2),
        ([(1, 0.5), (2, 0.01)], 9),
        ([(-2, 0.5)], 7),
        ([(-2, 0.5), (1, 0.5)], 2),
        ([(1, 0.5), (-2, 0.5)], 2),
        ([(2, 0.01), (1, 0.5)], 9),
    ],
    ids=["none", "calm", "still calm", "not any more", "earlier", "earlier, then calm", "calm, then earlier", "late"],
)
def test_calm_begins_with_a_reading_that_no_other_is_later_than(
    readings: list[tuple[int, float]], due_h: float
) -> None:
    """Each reading is of an hour after the opening, with its rarity; the episode is due an hour after calm began."""
    episode = EPISODE
    for hours, p_value in readings:
        reading = replace(READING, at_ms=OPENED_MS + hours * HOUR_MS, p_value=p_value)
        episode = episodes.continued(episode, reading, 0.1, ())
    assert episodes.due_ms(episode, HOUR_MS) == OPENED_MS + due_h * HOUR_MS
