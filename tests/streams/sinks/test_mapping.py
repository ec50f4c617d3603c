"""Names, mappings and templates, without a cluster."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from streams.settings import Settings
from streams.sinks import mapping
from streams.sinks.mapping import Names


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2026, 11, 24), "desk-news-2026.11.01-1"),
        (date(2000, 1, 31), "desk-news-2000.01.01-1"),
        (date(1999, 12, 31), "desk-news-1999.01.01-1"),
        (date(987, 6, 5), "desk-news-0987.01.01-1"),
    ],
)
def test_articles_are_filed_by_month_and_archives_by_year(day: date, expected: str) -> None:
    """The index is named by the first day of what it keeps."""
    assert Names.of(Settings(namespace="desk")).news_index(day) == expected


def test_a_century_of_news_stays_within_the_shards_of_one_node() -> None:
    """One article a day from 1927 to 2026 makes fewer indices than the thousand shards that a node takes."""
    names = Names.of(Settings())
    days = (date(1927, 1, 1) + timedelta(days=number) for number in range(365 * 100))
    assert len({names.news_index(day) for day in days}) < 500


def test_no_word_is_left_out() -> None:
    """English is read without stop words, or AT&T would be found wherever a T is; what has no English needs nothing."""
    english = mapping.news_component(english=True)["template"]
    analyzer = english["mappings"]["properties"]["tidewatch"]["properties"]["article"]["properties"]["title"][
        "analyzer"
    ]
    assert english["settings"]["index"]["analysis"]["analyzer"][analyzer] == {"type": "english", "stopwords": "_none_"}
    assert "settings" not in mapping.news_component(english=False)["template"]


def test_longer_namespace_has_the_priority() -> None:
    """Where the patterns of two namespaces both fit an index, the template of the one that it belongs to wins."""
    plain, longer = (Settings(namespace=name) for name in ("", "news-desk"))
    first = mapping.news_template(Names.of(plain), plain, lifecycle=False)
    second = mapping.news_template(Names.of(longer), longer, lifecycle=False)
    assert first["index_patterns"] == ["news-*"]
    assert second["index_patterns"] == ["news-desk-news-*"]
    assert second["priority"] > first["priority"]


def test_lifecycle_is_asked_for_only_where_there_is_one() -> None:
    """With ILM the templates name the policies, and articles are as old as their index's name says."""
    settings = Settings(namespace="desk")
    names = Names.of(settings)
    news = mapping.news_template(names, settings, lifecycle=True)["template"]["settings"]["index"]
    assert (news["lifecycle.name"], news["lifecycle.parse_origination_date"]) == ("desk-news", True)
    scores = mapping.stream_template(names, names.scores, mapping.score_fields(), settings, lifecycle=True)
    assert scores["index_patterns"] == ["desk-scores"]
    assert scores["template"]["settings"]["index"]["lifecycle.name"] == "desk-alerts"
    for without in (
        mapping.news_template(names, settings, lifecycle=False),
        mapping.stream_template(names, names.scores, mapping.score_fields(), settings, lifecycle=False),
    ):
        index = without["template"]["settings"]["index"]
        assert not [name for name in index if name.startswith("lifecycle")]


def test_last_article_of_a_month_is_kept_as_long_as_is_promised() -> None:
    """An index is as old as its first day; its last day's articles have their full time all the same."""
    policy = mapping.news_policy(Settings(elasticsearch_retention_days=100))
    assert policy["phases"]["delete"] == {"min_age": "131d", "actions": {"delete": {}}}


@pytest.mark.parametrize(
    "fields",
    [
        mapping.news_fields(english=True),
        mapping.profile_fields(),
        mapping.alert_fields(),
        mapping.novelty_fields(),
        mapping.score_fields(),
    ],
)
def test_mappings_are_strict(fields: mapping.Body) -> None:
    """What no mapping knows is refused, not guessed."""
    assert fields["dynamic"] == "strict"
    assert fields["properties"]["@timestamp"] == {"type": "date"}
    assert fields["properties"]["tidewatch"]["properties"]["record"]["index"] is False
