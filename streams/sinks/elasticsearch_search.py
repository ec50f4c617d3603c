"""Searches as Elasticsearch takes them: a query becomes the body of a request."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import numpy as np
import numpy.typing as npt

from streams.clock import epoch_ms
from streams.sinks.index import AlertQuery, ArticleQuery, State
from streams.sinks.mapping import Body
from streams.sinks.queries import MARK_CLOSE, MARK_OPEN, CursorValue

RECORD = "tidewatch.record"
TITLE, BODY, ARTICLE_ID = "tidewatch.article.title", "tidewatch.article.body", "tidewatch.article.id"
LABEL, SCORE = "tidewatch.sentiment.label", "tidewatch.sentiment.score"
FRAGMENT_CHARS, FRAGMENTS = 160, 2
MAX_HIGHLIGHTED_CHARS = 900_000
"""Below the index's own limit, past which it refuses the whole search."""
MAX_CANDIDATES = 10_000
MAX_LISTED = 1_000
SLICES_AT_ONCE = 10_000
"""Of a time line: a slice is up to four buckets, itself and three labels."""
_RESOLVED: Body = {"term": {"tidewatch.alert.kind": "resolved"}}
_ACKNOWLEDGED: Body = {"exists": {"field": "tidewatch.alert.acknowledged_by"}}
STATES: dict[State, Body] = {
    "open": {"must_not": [_RESOLVED]},
    "unacknowledged": {"must_not": [_RESOLVED, _ACKNOWLEDGED]},
    "acknowledged": {"filter": [_ACKNOWLEDGED], "must_not": [_RESOLVED]},
    "resolved": {"filter": [_RESOLVED]},
}


def search_body(
    query: ArticleQuery, found: Sequence[str], after: Sequence[CursorValue] | None, *, with_score: bool
) -> Body:
    """Return a search for one page: best first where there is text, then newest, then by id."""
    sort: list[Any] = [{"@timestamp": "desc"}, {ARTICLE_ID: "asc"}]
    body: Body = {
        "query": filtered(query, found),
        "sort": [{"_score": "desc"}, *sort] if with_score else sort,
        "size": query.limit,
        "track_total_hits": True,
        "source_includes": RECORD,
    }
    if found:
        body["highlight"] = {
            "pre_tags": [MARK_OPEN],
            "post_tags": [MARK_CLOSE],
            "max_analyzed_offset": MAX_HIGHLIGHTED_CHARS,
            "fields": {
                TITLE: {"number_of_fragments": 0},
                BODY: {"fragment_size": FRAGMENT_CHARS, "number_of_fragments": FRAGMENTS},
            },
        }
    if after is not None:
        body["search_after"] = list(after)
    return body


def filtered(query: ArticleQuery, found: Sequence[str]) -> Body:
    """Return the query that all phrases occur and all conditions hold; only the phrases count for the score."""
    conditions: list[Body] = [
        {"term": {field: value}}
        for field, value in (
            ("tidewatch.topics", query.topic),
            (LABEL, query.label),
            ("tidewatch.article.source", query.source),
        )
        if value is not None
    ]
    if query.entity_id is not None:
        entity = {"term": {"tidewatch.entities.id": query.entity_id}}
        conditions.append({"nested": {"path": "tidewatch.entities", "query": entity}})
    conditions += between(query.since, query.until)
    phrases: list[Body] = [
        {
            "multi_match": {
                "query": phrase,
                "type": "phrase",
                "fields": [f"{TITLE}^2", BODY],
                # An index from before all words counted leaves nothing of a phrase of stop words: it asks for nothing.
                "zero_terms_query": "all",
            }
        }
        for phrase in found
    ]
    return {"bool": {"must": phrases, "filter": conditions}}


def between(since: datetime | None, until: datetime | None = None) -> list[Body]:
    """Return the conditions on the time of publication; `until` is exclusive."""
    bounds = {"gte": since, "lt": until}
    limits = {name: epoch_ms(moment) for name, moment in bounds.items() if moment is not None}
    return [{"range": {"@timestamp": limits | {"format": "epoch_millis"}}}] if limits else []


def nearest_body(space: str, vector: npt.NDArray[np.float32], limit: int, since: datetime | None) -> Body:
    """Return a search for the nearest vectors: by quantised ones, then twice as many as wanted by the exact ones."""
    conditions = [{"term": {"tidewatch.embedding_space": space}}, *between(since)]
    knn = {
        "field": "tidewatch.embedding",
        "query_vector": [float(value) for value in vector],
        "k": limit,
        "num_candidates": min(MAX_CANDIDATES, max(200, 4 * limit)),
        "filter": conditions,
        "rescore_vector": {"oversample": 2.0},
    }
    return {"knn": knn, "size": limit, "source_includes": RECORD}


def timeline_body(query: ArticleQuery, found: Sequence[str], bucket_s: int, after: Body | None) -> Body:
    """Return the counts by slice and label of one page of slices, the earliest first.

    In pages, because a search makes no more than 65,536 buckets: of slices of 60 s those of some weeks.
    """
    inner = {"labels": {"terms": {"field": LABEL}}, "mean": {"avg": {"field": SCORE}}}
    start = {"date_histogram": {"field": "@timestamp", "fixed_interval": f"{bucket_s}s"}}
    slices: Body = {"size": SLICES_AT_ONCE, "sources": [{"start": start}]}
    if after is not None:
        slices["after"] = after
    return {"query": filtered(query, found), "size": 0, "aggs": {"slices": {"composite": slices, "aggs": inner}}}


def alerts_body(query: AlertQuery, after: Sequence[CursorValue] | None) -> Body:
    """Return a search for one page of the latest transitions of episodes, newest first, then by id."""
    terms = {
        "tidewatch.alert.entity_id": query.entity_id,
        "tidewatch.alert.severity": query.severity,
        "rule.name": query.rule,
    }
    conditions: list[Body] = [{"term": {field: value}} for field, value in terms.items() if value is not None]
    conditions += between(query.since, query.until)
    if query.state is not None:
        conditions.append({"bool": STATES[query.state]})
    body: Body = {
        "query": {"bool": {"filter": conditions}},
        "sort": [{"@timestamp": "desc"}, {"tidewatch.alert.episode_id": "asc"}],
        "size": query.limit,
        "source_includes": RECORD,
    }
    return body if after is None else body | {"search_after": list(after)}


def listed_body(article_id: str, kind: str, by: str) -> Body:
    """Return a search for all that is kept of one article under `tidewatch.<kind>`, in the order of a field."""
    order = f"tidewatch.{kind}.{by}"
    return {
        "query": {"term": {f"tidewatch.{kind}.article_id": article_id}},
        "sort": [{order: "asc"}],
        # Of what was written again after a rollover one is shown.
        "collapse": {"field": order},
        "size": MAX_LISTED,
        "source_includes": RECORD,
    }
