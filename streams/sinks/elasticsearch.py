"""The index in Elasticsearch 9."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from streams.alerting import AlertTransition, Novelty
from streams.enrichment import EnrichedArticle
from streams.errors import IndexUnavailable, MisconfiguredError
from streams.interests import Profile
from streams.records import ArticleId, EpisodeId, ReaderId
from streams.settings import Settings
from streams.sinks import elasticsearch_search as search
from streams.sinks.acceptance import check_space, refuse_embedding, refuse_id, settle_space
from streams.sinks.documents import (
    Operation,
    alert_operations,
    article_operation,
    novelty_operation,
    profile_operation,
    score_operation,
)
from streams.sinks.elasticsearch_answers import bucket_of, hit_of, record_of
from streams.sinks.elasticsearch_bulk import write_operations
from streams.sinks.elasticsearch_client import connect
from streams.sinks.elasticsearch_errors import asks_for_patience, translated
from streams.sinks.elasticsearch_templates import make_templates, read_space, settle
from streams.sinks.index import (
    MAX_SLICES,
    AlertPage,
    AlertQuery,
    ArticleDocument,
    ArticleQuery,
    EmbeddingSpace,
    Hit,
    IndexHealth,
    NoveltyDocument,
    Outcome,
    Page,
    SentimentBucket,
    Written,
)
from streams.sinks.mapping import Body, Names
from streams.sinks.queries import decode_cursor, encode_cursor, phrases
from streams.sinks.scores import Score


class ElasticsearchIndex:
    """Keep the index in a cluster. See `Index` for the verbs.

    What the cluster is told beforehand is in `mapping`. Needs the privileges `monitor`, `manage_index_templates` and,
    where the cluster has it, `manage_ilm`, and `manage`, `read` and `write` on the namespace's indices.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._names = Names.of(settings)
        self._client = connect(settings)
        self._prepared = False
        self._space: EmbeddingSpace | None = None
        self._made: set[str] = set()

    async def prepare(self, space: EmbeddingSpace | None = None) -> None:
        """Put the templates, and settle the embedding space where one is named."""
        with self._translated():
            await make_templates(self._client, self._names, self._settings)
            self._prepared = True
            kept = await self._kept_space()
            if kept is None and space is not None:
                kept = self._space = await settle(self._client, self._names, space)
            check_space(kept, space, f"Elasticsearch at {self._settings.elasticsearch_place}")

    async def put_articles(self, documents: Sequence[ArticleDocument]) -> list[Outcome]:
        """Index articles by the month of their day, and append their scores."""
        with self._translated():
            await self._ensure_prepared()
            space = await self._kept_space()
            if space is None:
                wanted = settle_space(each.article.enrichment.embedding for each in documents)
                if wanted is None:
                    detail = "the embedding is empty or cannot be unpacked"
                    return [Outcome(Written.REJECTED, detail) for _ in documents]
                space = self._space = await settle(self._client, self._names, wanted)
            prepared = [_article(self._names, document, space) for document in documents]
            good = (document for document, each in zip(documents, prepared, strict=True) if isinstance(each, Operation))
            await self._make_indices(self._names.news_index(document.day) for document in good)
            scores = [
                score_operation(self._names, document.article) if isinstance(each, Operation) else each
                for document, each in zip(documents, prepared, strict=True)
            ]
            outcomes = await write_operations(self._client, prepared + scores)
        return _worst(outcomes, len(documents))

    async def put_profiles(self, profiles: Sequence[Profile]) -> list[Outcome]:
        """Index profiles."""
        with self._translated():
            await self._ensure_prepared()
            await self._make_indices([self._names.profiles])
            operations = [refuse_id(each.reader_id) or profile_operation(self._names, each) for each in profiles]
            return await write_operations(self._client, operations)

    async def put_alerts(self, transitions: Sequence[AlertTransition]) -> list[Outcome]:
        """Append transitions to the data stream, and keep the latest of each episode."""
        with self._translated():
            await self._ensure_prepared()
            await self._make_indices([self._names.episodes])
            appended: list[Operation | str] = []
            latest: list[Operation | str] = []
            for each in transitions:
                refusal = refuse_id(each.transition_id) or refuse_id(each.episode_id)
                first, second = (refusal, refusal) if refusal else alert_operations(self._names, each)
                appended.append(first)
                latest.append(second)
            outcomes = await write_operations(self._client, appended + latest)
        return _worst(outcomes, len(transitions))

    async def put_novelties(self, documents: Sequence[NoveltyDocument]) -> list[Outcome]:
        """Append novelties to their data stream."""
        with self._translated():
            await self._ensure_prepared()
            operations = [
                refuse_id(each.novelty.article_id) or novelty_operation(self._names, each) for each in documents
            ]
            return await write_operations(self._client, operations)

    async def get_article(self, article_id: ArticleId) -> EnrichedArticle | None:
        """Return one article; its month is not known, so all are asked."""
        hits = await self._hits(self._names.news, query={"ids": {"values": [article_id]}}, size=1)
        return EnrichedArticle.model_validate_json(record_of(hits[0])) if hits else None

    async def search_articles(self, query: ArticleQuery) -> Page:
        """Return a page of articles."""
        found, with_text = phrases(query.text), bool(query.text.strip())
        after = None if query.cursor is None else decode_cursor(query.cursor, with_score=with_text)
        if with_text and not found:
            return Page(hits=(), total=0)
        # Months differ in what they hold: without common statistics their scores could not be compared.
        kind: Literal["dfs_query_then_fetch"] | None = "dfs_query_then_fetch" if with_text else None
        body = search.search_body(query, found, after, with_score=with_text)
        answer = await self._search(self._names.news, search_type=kind, **body)
        found_hits = answer["hits"]["hits"]
        cursor = encode_cursor(found_hits[-1]["sort"]) if found_hits and len(found_hits) == query.limit else None
        return Page(tuple(hit_of(hit) for hit in found_hits), answer["hits"]["total"]["value"], cursor)

    async def nearest_articles(
        self, space: str, vector: npt.NDArray[np.float32], limit: int, since: datetime | None = None
    ) -> list[Hit]:
        """Search the graph of vectors."""
        with self._translated():
            kept = await self._kept_space()
        unusable = kept is None or kept.name != space or vector.shape != (kept.dimensions,)
        if unusable or limit < 1 or not np.linalg.norm(vector):
            return []
        hits = await self._hits(self._names.news, **search.nearest_body(space, vector, limit, since))
        # Elasticsearch scores a cosine as (1 + cosine) / 2.
        return [Hit(EnrichedArticle.model_validate_json(record_of(hit)), 2 * hit["_score"] - 1) for hit in hits]

    async def sentiment_timeline(
        self, query: ArticleQuery, bucket_s: int, most: int = MAX_SLICES
    ) -> list[SentimentBucket]:
        """Count by slices of time."""
        found = phrases(query.text)
        if query.text.strip() and not found:
            return []
        buckets: list[SentimentBucket] = []
        after: Body | None = None
        while True:
            body = search.timeline_body(query, found, bucket_s, after)
            slices = (await self._search(self._names.news, **body)).get("aggregations", {}).get("slices", {})
            page = slices.get("buckets", [])
            buckets += map(bucket_of, page)
            if len(page) < search.SLICES_AT_ONCE or len(buckets) >= most:
                return buckets[:most]
            after = slices["after_key"]

    async def get_profile(self, reader_id: ReaderId) -> Profile | None:
        """Return a reader's latest profile, at once after it was written."""
        record = await self._get(self._names.profiles, reader_id)
        return None if record is None else Profile.model_validate_json(record)

    async def search_alerts(self, query: AlertQuery) -> AlertPage:
        """Return a page of episodes."""
        after = None if query.cursor is None else decode_cursor(query.cursor, with_score=False)
        hits = await self._hits(self._names.episodes, **search.alerts_body(query, after))
        cursor = encode_cursor(hits[-1]["sort"]) if hits and len(hits) == query.limit else None
        return AlertPage(tuple(AlertTransition.model_validate_json(record_of(hit)) for hit in hits), cursor)

    async def get_alert(self, episode_id: EpisodeId) -> AlertTransition | None:
        """Return the latest transition of one episode, at once after it was written."""
        record = await self._get(self._names.episodes, episode_id)
        return None if record is None else AlertTransition.model_validate_json(record)

    async def novelties_of(self, article_id: ArticleId) -> list[Novelty]:
        """Return the novelties of one article."""
        hits = await self._hits(self._names.novelties, **search.listed_body(article_id, "novelty", "series"))
        return [Novelty.model_validate_json(record_of(hit)) for hit in hits]

    async def scores_of(self, article_id: ArticleId) -> list[Score]:
        """Return the scores of one article."""
        hits = await self._hits(self._names.scores, **search.listed_body(article_id, "score", "version"))
        return [Score.model_validate_json(record_of(hit)) for hit in hits]

    async def forget_reader(self, reader_id: ReaderId) -> bool:
        """Delete a profile."""
        if refuse_id(reader_id):
            return False
        with self._translated():
            answer = await self._client.options(ignore_status=404).delete(index=self._names.profiles, id=reader_id)
        return bool(answer.get("result") == "deleted")

    async def check(self) -> IndexHealth:
        """Ask for the cluster's health and count the articles."""
        try:
            with self._translated():
                health = await self._client.options(request_timeout=5).cluster.health()
                count = await self._client.count(index=self._names.news, ignore_unavailable=True)
                space = await self._kept_space()
        except (IndexUnavailable, MisconfiguredError) as error:
            return IndexHealth(reachable=False, detail=str(error))
        detail = f"cluster {health['cluster_name']!r} at {self._settings.elasticsearch_place} is {health['status']}"
        return IndexHealth(True, detail, count["count"], () if space is None else (space.name,))

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()

    async def _get(self, index: str, identity: str) -> str | None:
        if refuse_id(identity):
            return None
        with self._translated():
            answer = await self._client.options(ignore_status=404).get(index=index, id=identity)
        return record_of(answer) if answer.get("found") else None

    async def _search(self, index: str, **body: Any) -> Any:
        """Search all shards or none: an answer from some of them would pass for the whole truth."""
        with self._translated():
            return await self._client.search(
                index=index, ignore_unavailable=True, allow_partial_search_results=False, **body
            )

    async def _hits(self, index: str, **body: Any) -> list[Any]:
        return list((await self._search(index, **body))["hits"]["hits"])

    async def _ensure_prepared(self) -> None:
        if not self._prepared:
            await make_templates(self._client, self._names, self._settings)
            self._prepared = True

    async def _kept_space(self) -> EmbeddingSpace | None:
        if self._space is None:
            self._space = await read_space(self._client, self._names)
        return self._space

    async def _make_indices(self, names: Iterable[str]) -> None:
        """Make indices before they are written to, so that a failure to make one is no failure of its documents."""
        for name in sorted(set(names) - self._made):
            answer = await self._client.options(ignore_status=400).indices.create(index=name)
            error = answer.get("error", {})
            if asks_for_patience(400, error.get("type")):
                raise IndexUnavailable(f"Elasticsearch has no room for index {name!r}: {error.get('reason')}")
            if error and error.get("type") != "resource_already_exists_exception":
                raise MisconfiguredError(f"Elasticsearch makes no index {name!r}: {error.get('reason')}")
            self._made.add(name)

    def _translated(self) -> AbstractContextManager[None]:
        return translated(self._settings.elasticsearch_place)


def _article(names: Names, document: ArticleDocument, space: EmbeddingSpace) -> Operation | str:
    enriched = document.article
    refusal = refuse_id(enriched.article.article_id) or refuse_embedding(enriched.enrichment.embedding, space)
    return refusal or article_operation(names, document)


def _worst(outcomes: Sequence[Outcome], count: int) -> list[Outcome]:
    """Return the outcomes of `count` documents that were written twice: those of the first, or the second's refusal."""
    pairs = zip(outcomes[:count], outcomes[count:], strict=True)
    return [second if second.written is Written.REJECTED else first for first, second in pairs]
