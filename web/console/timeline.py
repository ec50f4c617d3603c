"""The sentiment time line as the options of an ECharts chart; pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from streams.records import LABELS
from streams.sinks.index import SentimentBucket

COLOURS = {"negative": "#d1495b", "neutral": "#8d99ae", "positive": "#2a9d8f"}
SCORE_COLOUR = "#e9a23b"


def timeline_options(buckets: Sequence[SentimentBucket], bucket_s: int) -> dict[str, Any]:
    """Return stacked bars of the articles by label, with the mean score as a line on an axis from −1 to 1."""
    filled = _filled(buckets, bucket_s)
    text = {"color": "#8d99ae"}
    return {
        "animation": False,
        "aria": {"enabled": True},
        "grid": {"left": 40, "right": 44, "top": 36, "bottom": 28},
        "legend": {"top": 0, "textStyle": text, "itemWidth": 12, "itemHeight": 10},
        "tooltip": {"trigger": "axis"},
        "xAxis": {
            "type": "category",
            "data": [bucket.start.strftime("%H:%M") for bucket in filled],
            "axisLabel": text,
            "axisTick": {"show": False},
        },
        "yAxis": [
            {"type": "value", "minInterval": 1, "axisLabel": text, "splitLine": {"lineStyle": {"opacity": 0.15}}},
            {"type": "value", "min": -1, "max": 1, "interval": 1, "axisLabel": text, "splitLine": {"show": False}},
        ],
        "series": [
            {
                "name": label,
                "type": "bar",
                "stack": "articles",
                "barCategoryGap": "25%",
                "itemStyle": {"color": COLOURS[label]},
                "data": [bucket.counts.get(label, 0) for bucket in filled],
            }
            for label in LABELS
        ]
        + [
            {
                "name": "mean score",
                "type": "line",
                "yAxisIndex": 1,
                "symbol": "none",
                "connectNulls": True,
                "lineStyle": {"color": SCORE_COLOUR, "width": 2},
                "itemStyle": {"color": SCORE_COLOUR},
                "data": [round(b.mean_score, 3) if sum(b.counts.values()) else None for b in filled],
            }
        ],
    }


def _filled(buckets: Sequence[SentimentBucket], bucket_s: int) -> list[SentimentBucket]:
    """Put empty slices where the index has none, so that time runs evenly along the axis."""
    if not buckets:
        return []
    known: dict[datetime, SentimentBucket] = {bucket.start: bucket for bucket in buckets}
    step, at, last = timedelta(seconds=bucket_s), min(known), max(known)
    filled = []
    while at <= last:
        filled.append(known.get(at, SentimentBucket(at, {}, 0.0)))
        at += step
    return filled
