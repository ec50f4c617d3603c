"""The report of a backtest."""

from __future__ import annotations

import re
from datetime import timedelta
from html.parser import HTMLParser

from alerts.backtest import Backtest, Known
from alerts.report import render
from alerts.rules import Rules
from tests.alerts.timelines import START, background, spike


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.names: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.append(tag)
        self.links += [value or "" for name, value in attrs if name in ("href", "src")]


def _report(*, name: str = "name3", sentence: str | None = None, url: str | None = None) -> str:
    feed = [*background(START, 72), *spike(START + timedelta(hours=50), name, 12)]
    changes = {"evidence": sentence, "url": url} if sentence is not None else {}
    alone = [Known(m.received_at, (m.model_copy(update=changes),)) for m in feed]
    # A mention of the market comes first among those of an article, and here each mention stands alone.
    articles = sorted(alone, key=lambda known: (known.at, known.mentions[0].series != "market"))
    run = Backtest({"asked": Rules.default(), "5": Rules.default()})
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


def test_nothing_to_tell() -> None:
    """A report of no articles says so."""
    assert "None." in render([], {"asked": []}, Rules.default())


def test_the_same_twice() -> None:
    """The same data give the same page, byte for byte."""
    assert _report() == _report()
