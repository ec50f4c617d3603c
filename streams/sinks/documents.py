"""Records as Elasticsearch documents, ready for a bulk request: two lines of JSON each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import orjson

from streams.alerting import AlertTransition
from streams.enrichment import LABELS, EnrichedArticle, Sentiment
from streams.identity import digest_of
from streams.interests import Profile
from streams.sinks.acceptance import unit
from streams.sinks.index import ArticleDocument, NoveltyDocument, profile_version
from streams.sinks.mapping import ECS_VERSION, Names
from streams.sinks.scores import score_of

SEVERITIES = {"low": 21, "medium": 47, "high": 73}
"""Of `event.severity`: the numbers that the Elastic stack's own rules use."""


@dataclass(frozen=True, slots=True)
class Operation:
    """Be one operation of a bulk request: where a document goes, and the document."""

    action: bytes
    source: bytes


def article_operation(names: Names, document: ArticleDocument) -> Operation:
    """Index an article unless a later version is there."""
    enriched = document.article
    article, enrichment = enriched.article, enriched.enrichment
    tidewatch: dict[str, Any] = {
        "article": {
            "id": article.article_id,
            "title": article.title,
            "body": article.body,
            "source": article.source,
            "language": enrichment.language,
            "updated_at": article.updated_at,
            "received_at": article.received_at,
            "published_at_source": article.published_at_source,
        },
        "summary": enrichment.summary.text,
        "sentiment": _sentiment(enrichment.sentiment),
        "evidence": enrichment.evidence,
        "topics": [topic.topic for topic in enrichment.topics],
        "entity_names": [entity.name for entity in enrichment.entities],
        "entities": [
            {
                "id": entity.id,
                "name": entity.name,
                "ticker": entity.ticker,
                "kind": entity.kind,
                "relevance": entity.relevance,
                "first_sentence": entity.first_sentence,
                "companions": entity.companions,
                "sentiment": _sentiment(entity.sentiment),
            }
            for entity in enrichment.entities
        ],
        "embedding_space": enrichment.embedding.space,
        "model": enrichment.model,
        "gazetteer": enrichment.gazetteer,
        "scored_at": enrichment.scored_at,
        "generation": enrichment.generation,
        "truncated": enrichment.truncated,
        "record": enriched.model_dump_json(),
    }
    # A vector without direction is near nothing, and Elasticsearch would refuse it.
    if (direction := unit(enrichment.embedding.array())) is not None:
        tidewatch["embedding"] = direction
    source: dict[str, Any] = {
        "@timestamp": article.published_at,
        "ecs": {"version": ECS_VERSION},
        "event": {
            "kind": "event",
            "id": article.article_id,
            "dataset": "tidewatch.news",
            "module": "tidewatch",
            "provider": article.source,
            "created": article.received_at,
        },
        "tidewatch": tidewatch,
    }
    if article.url:
        source["url"] = {"full": article.url, "domain": _domain(article.url)}
    index = names.news_index(document.day)
    return Operation(_versioned(index, article.article_id, enriched.version), _dump(source))


def profile_operation(names: Names, profile: Profile) -> Operation:
    """Index a profile unless a later one is there."""
    source = {
        "@timestamp": profile.at,
        "ecs": {"version": ECS_VERSION},
        "event": {"kind": "state", "dataset": "tidewatch.profiles", "module": "tidewatch"},
        "tidewatch": {
            "profile": profile.model_dump(include={"reader_id", "clicks", "entities", "topics"}),
            "record": profile.model_dump_json(),
        },
    }
    return Operation(_versioned(names.profiles, profile.reader_id, profile_version(profile)), _dump(source))


def alert_operations(names: Names, transition: AlertTransition) -> tuple[Operation, Operation]:
    """Append a transition to the data stream, and make it its episode's latest unless a later one is."""
    alert = transition.model_dump(
        exclude={"format", "transition_id", "rule", "at", "received_at", "evidence"}, exclude_none=True
    )
    source = _dump(
        {
            "@timestamp": transition.at,
            "ecs": {"version": ECS_VERSION},
            "event": {
                "kind": "alert",
                "id": transition.transition_id,
                "action": transition.kind,
                "dataset": "tidewatch.alerts",
                "module": "tidewatch",
                "created": transition.received_at,
                "severity": SEVERITIES[transition.severity],
            },
            "rule": {"name": transition.rule},
            "tidewatch": {"alert": alert, "record": transition.model_dump_json()},
        }
    )
    latest = _versioned(names.episodes, transition.episode_id, transition.revision)
    return Operation(_created(names.alerts, transition.transition_id), source), Operation(latest, source)


def novelty_operation(names: Names, document: NoveltyDocument) -> Operation:
    """Append a novelty, unless one of the same article and series is there."""
    novelty = document.novelty
    source = {
        "@timestamp": document.received_at,
        "ecs": {"version": ECS_VERSION},
        "event": {"kind": "enrichment", "dataset": "tidewatch.novelties", "module": "tidewatch"},
        "tidewatch": {"novelty": novelty.model_dump(exclude={"format"}), "record": novelty.model_dump_json()},
    }
    return Operation(_created(names.novelties, digest_of(novelty.article_id, novelty.series)), _dump(source))


def score_operation(names: Names, enriched: EnrichedArticle) -> Operation:
    """Append the score of an article, unless that of the same version is there."""
    score = score_of(enriched)
    entities = [{"id": key, "sentiment": _sentiment(sentiment)} for key, sentiment in score.entities.items()]
    parts = {"sentiment": _sentiment(score.sentiment), "entities": entities}
    source = {
        "@timestamp": score.scored_at or enriched.article.received_at,
        "ecs": {"version": ECS_VERSION},
        "event": {"kind": "enrichment", "dataset": "tidewatch.scores", "module": "tidewatch"},
        "tidewatch": {"score": score.model_dump(exclude={"format"}) | parts, "record": score.model_dump_json()},
    }
    return Operation(_created(names.scores, digest_of(score.article_id, str(score.version))), _dump(source))


def _created(stream: str, identity: str) -> bytes:
    return orjson.dumps({"create": {"_index": stream, "_id": identity}})


def _versioned(index: str, identity: str, version: int) -> bytes:
    action = {"_index": index, "_id": identity, "version": max(0, version), "version_type": "external"}
    return orjson.dumps({"index": action})


def _dump(source: dict[str, Any]) -> bytes:
    # What is not finite becomes null here, and stays what it is in the record.
    return orjson.dumps(source, option=orjson.OPT_SERIALIZE_NUMPY)


def _sentiment(sentiment: Sentiment) -> dict[str, Any]:
    probabilities: dict[str, Any] = {label: sentiment.probabilities.get(label) for label in LABELS}
    return {"label": sentiment.label, "score": sentiment.score} | probabilities


def _domain(url: str) -> str | None:
    try:
        return urlsplit(url).hostname
    except ValueError:
        return None
