"""What Elasticsearch answers, read: records, hits and slices of time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from streams.enrichment import LABELS, EnrichedArticle
from streams.sinks.elasticsearch_search import BODY, TITLE
from streams.sinks.index import Hit, SentimentBucket
from streams.sinks.queries import marked, without_vector

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def record_of(hit: Any) -> str:
    """Return the record that a document keeps, as it was written."""
    return str(hit["_source"]["tidewatch"]["record"])


def hit_of(hit: Any) -> Hit:
    """Return an article that a search found."""
    fragments = hit.get("highlight", {})
    return Hit(
        article=without_vector(EnrichedArticle.model_validate_json(record_of(hit))),
        score=hit["_score"] or 0.0,
        highlight=tuple(marked(each) for field in (TITLE, BODY) for each in fragments.get(field, ())),
    )


def bucket_of(found: Any) -> SentimentBucket:
    """Return the counts of one slice of time."""
    by_label = {each["key"]: each["doc_count"] for each in found["labels"]["buckets"]}
    start = EPOCH + timedelta(milliseconds=found["key"]["start"])
    return SentimentBucket(start, {label: by_label.get(label, 0) for label in LABELS}, found["mean"]["value"])
