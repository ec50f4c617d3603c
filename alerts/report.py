"""The report of a backtest: one HTML file that asks nothing of the network, with its time lines drawn in SVG."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

from alerts.amounts import amount
from alerts.backtest import Alert, Known
from alerts.detection.fanout import Fanout
from alerts.detection.mentions import MARKET
from alerts.detection.silent_feeds import SOURCE_PREFIX, WHOLE_FEED
from alerts.period import Period, period_of
from alerts.rules import Rules

if TYPE_CHECKING:
    from jinja2 import Template
    from matplotlib.figure import Figure

ASKED = "asked"
SERIES_DRAWN = 12
ALERTS_LISTED = 500
OUTSIDE_LISTED = 20
_MARGIN = timedelta(days=1)
_NEGATIVE, _OTHER, _MARK = "#b3261e", "#c9ced6", "#1f3a5f"


@dataclass(frozen=True, slots=True)
class Choice:
    """Be one budget of the comparison: what was asked for, and what came."""

    name: str
    alerts: int
    a_day: float
    high: int
    names: str
    """The names with most alerts."""


@dataclass(frozen=True, slots=True)
class Timeline:
    """Be one name with its drawing."""

    name: str
    alerts: int
    svg: str


def render(articles: Sequence[Known], alerts: Mapping[str, Sequence[Alert]], rules: Rules) -> str:
    """Return the report as HTML.

    Args:
        articles: everything that was read, sorted by when it was known.
        alerts: of each budget by its name in alerts a day, and of the rules as they were asked for under `asked`.
        rules: the rules as they were asked for.
    """
    period = period_of(articles)
    days = period.days if period else 0.0
    counts = _daily_counts(articles, rules)
    asked = list(alerts[ASKED])
    drawn = Counter(alert.series for alert in asked).most_common(SERIES_DRAWN)
    names = {alert.series: alert.name for alert in asked}
    return _template().render(
        articles=len(articles),
        mentions=sum(len(known.mentions) for known in articles),
        series=len({mention.series for known in articles for mention in known.mentions}),
        period=period,
        outside=[known.mentions[0] for known in period.outside[:OUTSIDE_LISTED]] if period else [],
        version=rules.version,
        enabled=[rule for rule in rules.rules if rule.enabled],
        choices=[_choice(name, list(found), days) for name, found in alerts.items()],
        overview=_overview(counts.get(MARKET, {}), alerts, period) if period else "",
        timelines=[
            Timeline(names[series], count, _timeline(names[series], counts.get(series, {}), asked, series, period))
            for series, count in drawn
            if period
        ],
        alerts=asked[:ALERTS_LISTED],
        turns={rule.name for rule in rules.rules if rule.kind == "turn"},
        more=max(0, len(asked) - ALERTS_LISTED),
    )


DailyCounts = dict[date, tuple[int, int]]
"""Articles of each day, and the negative ones among them."""


def _daily_counts(articles: Sequence[Known], rules: Rules) -> dict[str, DailyCounts]:
    found: dict[str, DailyCounts] = {}
    fanout = Fanout(rules)
    for known in articles:
        for mention in known.mentions:
            told = [address.subject.series for address in fanout.of(mention)]
            if mention.series == MARKET and fanout.of_sources:
                told += [WHOLE_FEED, SOURCE_PREFIX + mention.source]
            day, is_negative = mention.at.date(), mention.sentiment.label == "negative"
            for series in told:
                of_series = found.setdefault(series, {})
                total, negative = of_series.get(day, (0, 0))
                of_series[day] = (total + 1, negative + is_negative)
    return found


def _choice(name: str, alerts: Sequence[Alert], days: float) -> Choice:
    most = Counter(alert.name for alert in alerts).most_common(5)
    return Choice(
        name=name,
        alerts=len(alerts),
        a_day=len(alerts) / days if days else 0.0,
        high=sum(alert.severity == "high" for alert in alerts),
        names=", ".join(f"{known} ({count})" for known, count in most),
    )


def _overview(market: DailyCounts, alerts: Mapping[str, Sequence[Alert]], period: Period) -> str:
    figure = _figure(1.6 + 0.42 * len(alerts))
    upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=(2, max(1.0, 0.6 * len(alerts))))
    _bars(upper, market, period)
    upper.set_ylabel("articles a day")
    for row, found in enumerate(alerts.values()):
        lower.plot([a.opened_at for a in found], [row] * len(found), "|", color=_MARK, markersize=11)
    lower.set_yticks(range(len(alerts)), [_title(name) for name in alerts])
    lower.set_ylim(len(alerts) - 0.5, -0.5)
    return _svg(figure, "Articles of each day, the negative ones in red, and when each budget would have alerted")


def _timeline(name: str, counts: DailyCounts, alerts: Sequence[Alert], series: str, period: Period) -> str:
    figure = _figure(1.25)
    axes = figure.subplots()
    _bars(axes, counts, period)
    for alert in alerts:
        if alert.series == series:
            end = alert.resolved_at or alert.opened_at + timedelta(hours=6)
            axes.axvspan(alert.opened_at, end, color=_MARK, alpha=0.25, linewidth=0)  # type: ignore[arg-type]
            axes.axvline(alert.opened_at, color=_MARK, linewidth=1.2)  # type: ignore[arg-type]
    return _svg(figure, f"Articles of each day about {name}, the negative ones in red, alerts as blue lines")


def _bars(axes, counts: DailyCounts, period: Period) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001
    days = sorted(day for day in counts if period.start.date() <= day <= period.end.date())
    middles = [datetime(day.year, day.month, day.day, 12, tzinfo=UTC) for day in days]
    axes.bar(middles, [counts[day][0] for day in days], width=0.9, color=_OTHER)
    axes.bar(middles, [counts[day][1] for day in days], width=0.9, color=_NEGATIVE)
    axes.set_xlim(period.start - _MARGIN, period.end + _MARGIN)
    axes.spines[["top", "right"]].set_visible(False)


def _figure(height: float) -> Figure:
    # Drawing takes half a second to import, and only a report draws.
    from matplotlib.figure import Figure

    return Figure(figsize=(9.6, height), layout="constrained")


def _svg(figure: Figure, description: str) -> str:
    """Return a drawing to put into the page, the same for the same data."""
    import matplotlib as mpl

    buffer = io.StringIO()
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": description, "font.family": "sans-serif"}):
        figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None, "Title": description})
    drawing = buffer.getvalue()
    return drawing[drawing.index("<svg") :].replace("<svg", '<svg role="img"', 1)


def _title(name: str) -> str:
    return "as asked" if name == ASKED else f"{name} a day"


@lru_cache(maxsize=1)
def _template() -> Template:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("alerts", "templates"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    environment.filters["amount"] = amount
    environment.filters["budget"] = _title
    environment.filters["moment"] = lambda at: at.strftime("%Y-%m-%d %H:%M") if at else "still open"
    environment.filters["rarity"] = _rarity
    environment.tests["link"] = lambda url: bool(url) and str(url).startswith(("https://", "http://"))
    return environment.get_template("backtest.html")


def _rarity(days: float) -> str:
    if days >= 3650:
        return "less than once in ten years"
    if days >= 365:
        return f"once in {days / 365:.1f} years"
    if days >= 60:
        return f"once in {days / 30:.0f} months"
    return f"once in {days:.0f} days"
