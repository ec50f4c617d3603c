"""The sentiment time line as the options of an ECharts chart; pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from streams.enrichment import LABELS, Label
from streams.sinks.index import SentimentBucket

COLOURS: dict[Label, str] = {"negative": "#d1495b", "neutral": "#8592a6", "positive": "#2a9d8f"}
"""Of middling lightness, to be told from a dark ground as well as from a light one."""
SCORE_COLOUR = "#d98c1f"
DAY_S = 86_400
MINUS = "function (value) { return String(value).replace('-', '−'); }"


def timeline_options(buckets: Sequence[SentimentBucket]) -> dict[str, Any]:
    """Return stacked bars of the articles by label, with the mean score as a line on an axis from −1 to 1.

    The text has no colour of its own: the style sheet gives it one for each theme.
    """
    long = len(buckets) > 1 and (buckets[-1].start - buckets[0].start).total_seconds() > DAY_S
    faint = {"lineStyle": {"color": "#8592a6", "opacity": 0.22}}
    return {
        "animation": False,
        "aria": {"enabled": True},
        "grid": {"left": 4, "right": 4, "top": 52, "bottom": 6, "containLabel": True},
        "legend": {"top": 0, "left": 0, "itemWidth": 11, "itemHeight": 9, "itemGap": 10, "selectedMode": False},
        "tooltip": {"trigger": "axis", "axisPointer": {"type": "shadow"}},
        "xAxis": {
            "type": "category",
            "data": [bucket.start.strftime("%d %b %H:%M" if long else "%H:%M") for bucket in buckets],
            "axisLabel": {"hideOverlap": True},
            "axisTick": {"show": False},
            "axisLine": faint,
        },
        "yAxis": [
            {"type": "value", "name": "articles", "nameTextStyle": {"align": "left"}, "minInterval": 1}
            | {"splitNumber": 3, "splitLine": faint},
            {"type": "value", "name": "score", "nameTextStyle": {"align": "right"}, "min": -1, "max": 1, "interval": 1}
            | {"splitLine": {"show": False}, "axisLabel": {":formatter": MINUS}},
        ],
        "series": [_bars(label, buckets) for label in LABELS] + [_score(buckets)],
    }


def _bars(label: Label, buckets: Sequence[SentimentBucket]) -> dict[str, Any]:
    return {
        "name": label,
        "type": "bar",
        "stack": "articles",
        "barCategoryGap": "22%",
        "itemStyle": {"color": COLOURS[label]},
        "data": [bucket.counts.get(label, 0) for bucket in buckets],
    }


def _score(buckets: Sequence[SentimentBucket]) -> dict[str, Any]:
    return {
        "name": "mean score",
        "type": "line",
        "yAxisIndex": 1,
        "symbol": "circle",
        "symbolSize": 5,
        "lineStyle": {"color": SCORE_COLOUR, "width": 2},
        "itemStyle": {"color": SCORE_COLOUR},
        "data": [round(b.mean_score, 3) if sum(b.counts.values()) else None for b in buckets],
    }
