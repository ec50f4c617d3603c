"""Records as documents: they say what they should, and the mapping knows every field of theirs."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import numpy as np
import orjson
import pytest

from streams.alerting import AlertTransition, Novelty
from streams.enrichment import Embedding
from streams.interests import Interest, Profile
from streams.records import ArticleId, EntityId, EpisodeId, ReaderId, SeriesId, StoryId
from streams.settings import Settings
from streams.sinks import mapping
from streams.sinks.documents import (
    alert_operations,
    article_operation,
    novelty_operation,
    profile_operation,
    score_operation,
)
from streams.sinks.index import ArticleDocument, EmbeddingSpace, NoveltyDocument
from streams.sinks.mapping import Names
from streams.sinks.scores import Score, score_of
from tests.streams.sinks.articles import NOON, enriched

NAMES = Names.of(Settings(namespace="desk"))


def unknown_fields(document: dict[str, Any], properties: dict[str, Any], path: str = "") -> list[str]:
    """Return the fields of a document that no mapping has."""
    unknown = []
    for name, value in document.items():
        here = f"{path}{name}"
        if name not in properties:
            unknown.append(here)
            continue
        if properties[name].get("type") == "flattened":
            continue
        for each in value if isinstance(value, list) else [value]:
            if isinstance(each, dict):
                unknown += unknown_fields(each, properties[name].get("properties", {}), f"{here}.")
    return unknown


def transition(rarity_days: float = 90.0) -> AlertTransition:
    """Return the first step of an episode."""
    return AlertTransition(
        transition_id="e1-0",
        episode_id=EpisodeId("e1"),
        series=SeriesId("entity:nwa"),
        entity_id=EntityId("nwa"),
        name="Northwind Airways",
        ticker="NWA",
        kind="opened",
        revision=0,
        rule="surge",
        rules_version="4f1c",
        labels={"desk": "transport"},
        topic="labour",
        acknowledged_by="ada",
        severity="medium",
        opened_at=NOON,
        at=NOON,
        received_at=NOON,
        observed=7.0,
        expected=1.0,
        window_s=3600.0,
        p_value=1e-5,
        rarity_days=rarity_days,
        stories=7,
        articles=9,
        model="test-1",
        detector="1",
    )


def test_article_is_filed_under_its_day_with_its_version() -> None:
    """The index follows from the day that is given, whatever the article's own date says now."""
    article = enriched(at=NOON + timedelta(days=60))
    operation = article_operation(NAMES, ArticleDocument(article, NOON.date()))
    assert orjson.loads(operation.action) == {
        "index": {
            "_index": "desk-news-2026.03.01-1",
            "_id": "a",
            "version": article.version,
            "version_type": "external",
        }
    }


def test_article_document_fits_its_mapping() -> None:
    """Every field is in the mapping, the vector's included, and the record is the article."""
    article = enriched(url="https://news.example:8443/a?b=c")
    source = orjson.loads(article_operation(NAMES, ArticleDocument(article, NOON.date())).source)
    properties = mapping.news_fields(english=True)["properties"]
    vector = mapping.news_embedding(EmbeddingSpace("test-space", 8))["template"]["mappings"]["properties"]
    properties["tidewatch"]["properties"] |= vector["tidewatch"]["properties"]
    assert unknown_fields(source, properties) == []
    assert type(article).model_validate_json(source["tidewatch"]["record"]) == article
    assert source["url"] == {"full": "https://news.example:8443/a?b=c", "domain": "news.example"}
    assert source["tidewatch"]["embedding"] == [1.0] + [0.0] * 7
    assert source["tidewatch"]["sentiment"] == {
        "label": "negative",
        "score": pytest.approx(-0.75),
        "negative": 0.8,
        "neutral": 0.15,
        "positive": 0.05,
    }


def test_article_without_direction_has_no_vector() -> None:
    """A zero vector is left out, for Elasticsearch would refuse the document."""
    article = enriched()
    zero = Embedding.of("test-space", np.zeros(8, dtype=np.float32))
    article = article.model_copy(update={"enrichment": article.enrichment.model_copy(update={"embedding": zero})})
    source = orjson.loads(article_operation(NAMES, ArticleDocument(article, NOON.date())).source)
    assert "embedding" not in source["tidewatch"]


def test_address_that_is_none_is_kept_as_it_is() -> None:
    """A URL that cannot be parsed has no domain, and stops nothing."""
    source = orjson.loads(article_operation(NAMES, ArticleDocument(enriched(url="http://[oops"), NOON.date())).source)
    assert source["url"] == {"full": "http://[oops", "domain": None}


def test_profile_document_fits_its_mapping() -> None:
    """Every field is in the mapping; the version is the moment, then the clicks."""
    interest = Interest(id="nwa", name="Northwind Airways", weight=1.5)
    profile = Profile(reader_id=ReaderId("r"), at=NOON, clicks=2, entities=(interest,), topics=(interest,))
    operation = profile_operation(NAMES, profile)
    source = orjson.loads(operation.source)
    assert unknown_fields(source, mapping.profile_fields()["properties"]) == []
    assert orjson.loads(operation.action)["index"]["version"] == int(NOON.timestamp()) * 10**9 + 2
    assert Profile.model_validate_json(source["tidewatch"]["record"]) == profile


def test_alert_is_appended_and_kept_as_the_latest() -> None:
    """One operation creates in the data stream, the other indexes under the episode with its revision."""
    step = transition(rarity_days=float("inf"))
    append, latest = alert_operations(NAMES, step)
    assert orjson.loads(append.action) == {"create": {"_index": "desk-alerts", "_id": "e1-0"}}
    assert orjson.loads(latest.action)["index"] == {
        "_index": "desk-episodes",
        "_id": "e1",
        "version": 0,
        "version_type": "external",
    }
    source = orjson.loads(append.source)
    assert append.source == latest.source
    assert unknown_fields(source, mapping.alert_fields()["properties"]) == []
    assert source["event"]["severity"] == 47
    assert source["tidewatch"]["alert"]["rarity_days"] is None
    assert AlertTransition.model_validate_json(source["tidewatch"]["record"]) == step


def test_novelty_document_fits_its_mapping() -> None:
    """Every field is in the mapping, and the id follows from article and series."""
    told = Novelty(
        article_id=ArticleId("a"),
        series=SeriesId("market"),
        story=StoryId("00ff"),
        first=True,
        before_24h=1,
        before_7d=2,
    )
    operation = novelty_operation(NAMES, NoveltyDocument(told, NOON))
    source, action = orjson.loads(operation.source), orjson.loads(operation.action)["create"]
    assert unknown_fields(source, mapping.novelty_fields()["properties"]) == []
    assert action["_index"] == "desk-novelties"
    later = NoveltyDocument(told.model_copy(update={"before_24h": 5}), NOON + timedelta(days=1))
    assert novelty_operation(NAMES, later).action == operation.action
    elsewhere = NoveltyDocument(told.model_copy(update={"series": SeriesId("entity:nwa")}), NOON)
    assert novelty_operation(NAMES, elsewhere).action != operation.action
    assert Novelty.model_validate_json(source["tidewatch"]["record"]) == told


def test_score_document_fits_its_mapping() -> None:
    """Every field is in the mapping, those of the entities too, and the id follows from article and version."""
    article = enriched()
    operation = score_operation(NAMES, article)
    source, action = orjson.loads(operation.source), orjson.loads(operation.action)["create"]
    assert unknown_fields(source, mapping.score_fields()["properties"]) == []
    assert action["_index"] == "desk-scores"
    assert source["tidewatch"]["score"]["entities"][0]["id"] == "nwa"
    assert Score.model_validate_json(source["tidewatch"]["record"]) == score_of(article)
    rescored = article.model_copy(update={"enrichment": article.enrichment.model_copy(update={"generation": 1})})
    assert score_operation(NAMES, rescored).action != operation.action
