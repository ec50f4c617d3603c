"""The scripted day."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import orjson
import pytest

from streams.decoding import decode_article, decode_click
from streams.records import Article
from streams.sources.scenario import Scenario, scripted_day
from streams.sources.scenario_companies import COMPANIES
from streams.topics import Topic

START = datetime(2026, 3, 2, 6, tzinfo=UTC)
END = START + timedelta(hours=24)


@pytest.fixture(scope="module")
def day() -> Scenario:
    """Make the day once."""
    return scripted_day(START)


@pytest.fixture(scope="module")
def articles(day: Scenario) -> list[Article]:
    """Decode every article, as the enrich role does."""
    return [
        decode_article(orjson.dumps(fields), received_at=END, max_body_chars=200_000, max_future_s=0.0)
        for _, fields in day.articles
    ]


def test_the_same_seed_gives_the_same_day(day: Scenario) -> None:
    """Nothing depends on anything but start and seed."""
    assert scripted_day(START) == day
    assert scripted_day(START, seed=8) != day


def test_its_size(day: Scenario, articles: list[Article]) -> None:
    """Several hundred articles of all companies, two thousand clicks of forty readers, all within the day."""
    assert 500 <= len(day.articles) <= 700
    assert len(day.clicks) == 2000
    assert len({fields["reader_id"] for _, fields in day.clicks}) == 40
    assert {hint.id for article in articles for hint in article.entities} == {company.id for company in COMPANIES}
    assert all(START <= at <= END for at, _ in (*day.articles, *day.clicks))


def test_its_texts_are_whole(articles: list[Article]) -> None:
    """No slot or choice is left open, and every article but a rewrite has several sentences."""
    assert not any(mark in article.title + article.body for article in articles for mark in "{}[]|")
    assert sum(article.body.count(". ") >= 1 for article in articles) > 0.8 * len(articles)


def test_every_click_is_on_an_article_of_the_day(day: Scenario, articles: list[Article]) -> None:
    """Clicks name articles that come, and some come before theirs."""
    first: dict[str, datetime] = {}
    for (at, _), article in zip(day.articles, articles, strict=True):
        first.setdefault(article.article_id, at)
    clicks = [decode_click(orjson.dumps(f), received_at=END, max_future_s=0.0) for _, f in day.clicks]
    assert {click.article_id for click in clicks} <= set(first)
    early = [click for click in clicks if click.at < first[click.article_id]]
    assert 50 <= len(early) <= 200


def test_there_are_copies_corrections_and_market_news(articles: list[Article]) -> None:
    """The same text under other addresses, the same address with another text, and news of no company."""
    assert len({article.body for article in articles}) < len(articles) - 30
    assert len({article.article_id for article in articles}) < len(articles)
    assert sum(not article.entities for article in articles) > 50


def test_each_crisis_has_many_stories_of_many_sources(day: Scenario, articles: list[Article]) -> None:
    """Two companies have at least six distinct stories within two hours of the onset, from at least four sources."""
    assert len(day.crises) == 2
    for crisis in day.crises:
        early = [
            article
            for article in articles
            if crisis.onset <= article.published_at <= crisis.onset + timedelta(hours=2)
            and any(hint.id == crisis.entity_id for hint in article.entities)
        ]
        assert min(article.published_at for article in early) == crisis.onset
        assert len({article.title for article in early}) >= 6
        assert len({article.source for article in early}) >= 4


def test_events_are_in_order(day: Scenario) -> None:
    """Articles and clicks are merged by time."""
    events = day.events()
    assert [event.at for event in events] == sorted(event.at for event in events)
    assert sum(event.topic is Topic.NEWS_RAW for event in events) == len(day.articles)
    assert len(events) == len(day.articles) + len(day.clicks)
