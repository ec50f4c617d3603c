"""What the simple detectors and the oracle count."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np

from alerts.detection.signatures import signature_of
from benchmarks.alerts.counting import (
    HOUR_S,
    Counts,
    count_articles,
    count_stories,
    grid_of,
    in_window,
    merged,
)
from streams.alerting import Mention
from streams.enrichment import Sentiment
from streams.records import ArticleId, SeriesId

AT = datetime(2026, 3, 2, tzinfo=UTC)
TEXT = "the mill at Vantor stands still after a fire and orders are lost for the season"


def _mention(hours: float, text: str, *, bad: bool = True) -> Mention:
    at = AT + timedelta(hours=hours)
    return Mention(
        series=SeriesId("entity:x"),
        name="x",
        article_id=ArticleId(f"{hours}"),
        at=at,
        received_at=at,
        sentiment=Sentiment.of(0.9, 0.1, 0.0) if bad else Sentiment.of(0.0, 0.1, 0.9),
        signature=signature_of("", text),
        model="test",
    )


def test_copies_count_once_within_72_hours() -> None:
    """An edited copy joins its story; another text, or the same after three days, is a new one."""
    mentions = [
        _mention(0, TEXT),
        _mention(2, f"RT @a: {TEXT}"),
        _mention(3, "a rival opens its second plant in the north of the country with two hundred people", bad=False),
        _mention(73, TEXT),
    ]
    assert len(count_articles(mentions).at_s) == 4
    stories = count_stories(mentions)
    assert ((stories.at_s - AT.timestamp()) / HOUR_S).tolist() == [0.0, 3.0, 73.0]
    assert stories.negative.tolist() == [True, False, True]


def test_windows_end_with_the_moment() -> None:
    """An item at the very moment counts, one that is exactly a window old does not."""
    times = np.array([0.0, 1.0, 2.0, 2.0]) * HOUR_S
    assert in_window(times, times, 2 * HOUR_S).tolist() == [1, 2, 3, 3]


def test_the_grid_and_merging() -> None:
    """Hours hold what was said in them, and merged moments come in order."""
    counts = merged(Counts(np.array([0.0, 2 * HOUR_S]), np.array([False, True])), [HOUR_S], negative=True)
    assert counts.negative.tolist() == [False, True, True]
    grid = grid_of({"x": counts}, 0.0, 4 * HOUR_S)
    assert grid.total[0, :3].tolist() == [1, 1, 1]
    assert grid.negative[0, :3].tolist() == [0, 1, 1]
