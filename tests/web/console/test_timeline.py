"""The options of the chart."""

from __future__ import annotations

from datetime import timedelta

from streams.sinks.index import SentimentBucket
from tests.web.conftest import NOW
from web.console.timeline import timeline_options


def test_bars_are_stacked_by_label_and_the_mean_has_its_own_axis() -> None:
    """Each label is a series of the same stack; a slice without articles has no mean."""
    full = SentimentBucket(NOW, {"negative": 2, "positive": 1}, -0.3333)
    empty = SentimentBucket(NOW + timedelta(hours=1), {}, 0.0)
    options = timeline_options([full, empty])
    assert [(s["name"], s["data"]) for s in options["series"]] == [
        ("negative", [2, 0]),
        ("neutral", [0, 0]),
        ("positive", [1, 0]),
        ("mean score", [-0.333, None]),
    ]
    assert {s.get("stack") for s in options["series"][:3]} == {"articles"}
    assert options["series"][3]["yAxisIndex"] == 1
    assert options["xAxis"]["data"] == ["15:00", "16:00"]


def test_a_long_stretch_names_the_days() -> None:
    """Past a day the hour alone would be ambiguous."""
    buckets = [SentimentBucket(NOW + timedelta(days=n), {}, 0.0) for n in range(3)]
    assert timeline_options(buckets)["xAxis"]["data"][0] == "02 Mar 15:00"
    assert timeline_options([])["xAxis"]["data"] == []
