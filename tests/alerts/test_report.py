"""The report of a backtest."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser

import pytest

from alerts.backtest import Alert, Backtest, Known
from alerts.detection.tuning import Tuning
from alerts.report import render
from alerts.rules import Rule, Rules
from tests.alerts.people import alert
from tests.alerts.timelines import START, background, spike


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.names: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.append(tag)
        self.links += [value or "" for name, value in attrs if name in ("href", "src")]


def _report(
    *, name: str = "name3", sentence: str | None = None, url: str | None = None, wrong: datetime | None = None
) -> str:
    feed = [*background(START, 72), *spike(START + timedelta(hours=50), name, 12)]
    changes = {"evidence": sentence, "url": url} if sentence is not None else {}
    if wrong is not None:
        moved = {"article_id": "old", "title": "A bill", "at": wrong, "received_at": wrong}
        feed.append(feed[0].model_copy(update=moved))
    alone = [Known(m.received_at, (m.model_copy(update=changes),)) for m in feed]
    # A mention of the market comes first among those of an article, and here each mention stands alone.
    articles = sorted(alone, key=lambda known: (known.at, known.mentions[0].series != "market"))
    run = Backtest({"asked": Rules.default(), "5": Rules.default()}, Tuning())
    run.take(articles)
    return render(articles, {"asked": run.alerts("asked"), "5": run.alerts("5")}, Rules.default())


def test_it_shows_budgets_time_lines_and_evidence() -> None:
    """Each budget is a row, the names with alerts have drawings, and each alert shows its evidence."""
    page = _report()
    tags = _Tags()
    tags.feed(page)
    assert "5 a day" in page
    assert "as asked" in page
    assert tags.names.count("svg") == 2
    assert "Name3" in page
    assert 'href="https://' in page


def test_large_counts_are_written_out() -> None:
    """A busy market has no exponents in its row."""
    busy = Alert.of(alert("market", observed=1_234, expected=104.3))
    page = render([], {"asked": [busy]}, Rules.default())
    assert '<td class="number">1,234</td><td class="number">104</td>' in page


@pytest.mark.parametrize(
    "series", ["entity:name3", "topic:energy", "entity-topic:name3:energy", "source:herald", "source:*", "market"]
)
def test_the_time_line_of_every_series_shows_its_articles(series: str) -> None:
    """A topic, a name on a topic and a source have bars as a name and the market do."""
    feed = [m.model_copy(update={"topics": ("energy", "results")}) for m in background(START, 24)]
    articles = [Known(pair[0].received_at, tuple(pair)) for pair in zip(feed[::2], feed[1::2], strict=True)]
    rules = Rules(rules=tuple(rule.model_copy(update={"enabled": True}) for rule in Rules.default().rules))
    page = render(articles, {"asked": [Alert.of(alert(series=series, at=START))]}, rules)
    overview, line = re.findall(r"<svg.*?</svg>", page, re.DOTALL)
    assert "fill: #b3261e" in overview
    assert "fill: #b3261e" in line


def test_the_mean_of_a_turn_is_no_number_of_stories() -> None:
    """Its row says what the number is."""
    rules = Rules(rules=(Rule(name="soured", kind="turn", budget_per_day=1),))
    page = render([], {"asked": [Alert.of(alert(rule="soured", observed=-0.62, expected=0.1))]}, rules)
    assert '<td class="number">mean sentiment -0.62</td>' in page


def test_it_asks_nothing_of_the_network() -> None:
    """No script, picture, sheet or font is loaded; only the links to articles lead out."""
    page = _report()
    tags = _Tags()
    tags.feed(page)
    assert not {"script", "img", "link", "iframe", "image"} & set(tags.names)
    assert all(link.startswith(("#", "https://")) for link in tags.links)
    assert "default-src 'none'" in page
    assert not re.search(r"url\(\s*['\"]?http|@import|@font-face", page)


def test_hostile_text_stays_text() -> None:
    """What came with the news is escaped, and an address that is no web address is no link."""
    page = _report(sentence="<script>alert(1)</script>", url="javascript:alert(1)")
    assert "<script>" not in page
    assert "&lt;script&gt;alert(1)" in page
    assert "javascript:" not in page


def test_an_article_dated_far_from_the_others_is_told_and_not_drawn() -> None:
    """The time lines and the rates are those of the days where the others lie."""
    page, plain = _report(wrong=datetime(1970, 1, 1, tzinfo=UTC)), _report()
    assert "1 article dated far outside" in page
    assert "1970-01-01 00:00 A bill" in page
    assert "over 3.0 days" in page
    drawings = re.compile(r"<svg.*?</svg>", re.DOTALL)
    assert drawings.findall(page) == drawings.findall(plain)
    assert "far outside" not in plain


def test_nothing_to_tell() -> None:
    """A report of no articles says so."""
    assert "None." in render([], {"asked": []}, Rules.default())


def test_the_same_twice() -> None:
    """The same data give the same page, byte for byte."""
    assert _report() == _report()
