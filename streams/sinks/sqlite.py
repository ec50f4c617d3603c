"""The index in one SQLite file: for demonstrations, tests and a small desk."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from streams.alerting import AlertTransition, Novelty
from streams.clock import epoch_ms
from streams.enrichment import EnrichedArticle
from streams.errors import IndexUnavailable, MisconfiguredError
from streams.interests import Profile
from streams.records import ArticleId, EpisodeId, ReaderId
from streams.sinks import sqlite_rows as rows
from streams.sinks import sqlite_search as search
from streams.sinks.acceptance import check_space, settle_space
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
from streams.sinks.queries import decode_cursor, encode_cursor, phrases, without_vector
from streams.sinks.scores import Score
from streams.sinks.sqlite_connection import SqliteConnection, transaction
from streams.sinks.vectors import Vectors


class SqliteIndex:
    """Keep the index in a file; several processes may use it at once. See `Index` for the verbs."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._writer = SqliteConnection(path)
        self._reader = SqliteConnection(path)
        self._vectors: Vectors | None = None
        self._seen_change = 0

    async def prepare(self, space: EmbeddingSpace | None = None) -> None:
        """Make the file and its tables, and settle the embedding space where one is named."""

        def work(connection: sqlite3.Connection) -> None:
            with transaction(connection):
                kept = rows.read_space(connection)
                check_space(kept, space, str(self._path))
                if kept is None and space is not None:
                    rows.write_space(connection, space)

        await self._writer.run(work)

    async def put_articles(self, documents: Sequence[ArticleDocument]) -> list[Outcome]:
        """Store articles in one transaction."""

        def work(connection: sqlite3.Connection) -> list[Outcome]:
            with transaction(connection):
                space = rows.read_space(connection)
                if space is None:
                    space = settle_space(each.article.enrichment.embedding for each in documents)
                    if space is None:
                        detail = "the embedding is empty or cannot be unpacked"
                        return [Outcome(Written.REJECTED, detail) for _ in documents]
                    rows.write_space(connection, space)
                return [rows.put_article(connection, document, space) for document in documents]

        return await self._writer.run(work)

    async def put_profiles(self, profiles: Sequence[Profile]) -> list[Outcome]:
        """Store profiles in one transaction."""

        def work(connection: sqlite3.Connection) -> list[Outcome]:
            with transaction(connection):
                return rows.put_profiles(connection, profiles)

        return await self._writer.run(work)

    async def put_alerts(self, transitions: Sequence[AlertTransition]) -> list[Outcome]:
        """Append transitions in one transaction."""

        def work(connection: sqlite3.Connection) -> list[Outcome]:
            with transaction(connection):
                return rows.put_alerts(connection, transitions)

        return await self._writer.run(work)

    async def put_novelties(self, documents: Sequence[NoveltyDocument]) -> list[Outcome]:
        """Store novelties in one transaction."""

        def work(connection: sqlite3.Connection) -> list[Outcome]:
            with transaction(connection):
                return rows.put_novelties(connection, documents)

        return await self._writer.run(work)

    async def get_article(self, article_id: ArticleId) -> EnrichedArticle | None:
        """Return one article."""
        found = await self._records("SELECT record FROM articles WHERE article_id = ?", article_id)
        return EnrichedArticle.model_validate_json(found[0]) if found else None

    async def search_articles(self, query: ArticleQuery) -> Page:
        """Return a page of articles."""
        found, with_text = phrases(query.text), bool(query.text.strip())
        after = None if query.cursor is None else decode_cursor(query.cursor, with_score=with_text)
        if with_text and not found:
            return Page(hits=(), total=0)

        def work(connection: sqlite3.Connection) -> Page:
            matches = search.matching(query, found)
            (total,) = _fetch(connection, search.count(matches))[0]
            selected = _fetch(connection, search.page(matches, after, query.limit, with_score=with_text))
            hits = tuple(
                Hit(
                    article=without_vector(rows.read_article(connection, number)),
                    score=score,
                    highlight=rows.highlight(connection, number, found) if found else (),
                )
                for number, _, _, _, _, score in selected
            )
            if not selected or len(selected) < query.limit:
                return Page(hits, total)
            _, at, article_id, _, _, score = selected[-1]
            return Page(hits, total, encode_cursor((score, at, article_id) if with_text else (at, article_id)))

        return await self._reader.run(work)

    async def nearest_articles(
        self, space: str, vector: npt.NDArray[np.float32], limit: int, since: datetime | None = None
    ) -> list[Hit]:
        """Compare with every stored vector."""

        def work(connection: sqlite3.Connection) -> list[Hit]:
            kept = rows.read_space(connection)
            if kept is None or kept.name != space or vector.shape != (kept.dimensions,):
                return []
            vectors = self._fresh_vectors(connection, kept)
            nearest = vectors.nearest(vector, limit, None if since is None else epoch_ms(since))
            return [Hit(rows.read_article(connection, number), score) for number, score in nearest]

        return await self._reader.run(work)

    async def sentiment_timeline(
        self, query: ArticleQuery, bucket_s: int, most: int = MAX_SLICES
    ) -> list[SentimentBucket]:
        """Count by slices of time."""
        found = phrases(query.text)
        if query.text.strip() and not found:
            return []
        statement = search.timeline(search.matching(query, found), bucket_s * 1000, most)
        return rows.buckets(await self._reader.run(lambda connection: _fetch(connection, statement)))[:most]

    async def get_profile(self, reader_id: ReaderId) -> Profile | None:
        """Return a reader's latest profile."""
        found = await self._records("SELECT record FROM profiles WHERE reader_id = ?", reader_id)
        return Profile.model_validate_json(found[0]) if found else None

    async def search_alerts(self, query: AlertQuery) -> AlertPage:
        """Return a page of episodes."""
        after = None if query.cursor is None else decode_cursor(query.cursor, with_score=False)
        statement = search.alerts(query, after)
        found = await self._records(statement.sql, *statement.values)
        alerts = tuple(AlertTransition.model_validate_json(record) for record in found)
        if not alerts or len(alerts) < query.limit:
            return AlertPage(alerts)
        return AlertPage(alerts, encode_cursor((epoch_ms(alerts[-1].at), alerts[-1].episode_id)))

    async def get_alert(self, episode_id: EpisodeId) -> AlertTransition | None:
        """Return the latest transition of one episode."""
        found = await self._records(search.LATEST_OF_EPISODE, episode_id)
        return AlertTransition.model_validate_json(found[0]) if found else None

    async def novelties_of(self, article_id: ArticleId) -> list[Novelty]:
        """Return the novelties of one article."""
        return [Novelty.model_validate_json(record) for record in await self._records(search.NOVELTIES, article_id)]

    async def scores_of(self, article_id: ArticleId) -> list[Score]:
        """Return the scores of one article."""
        return [Score.model_validate_json(record) for record in await self._records(search.SCORES, article_id)]

    async def forget_reader(self, reader_id: ReaderId) -> bool:
        """Erase a profile; its bytes are overwritten."""

        def work(connection: sqlite3.Connection) -> bool:
            with transaction(connection):
                erased = connection.execute("DELETE FROM profiles WHERE reader_id = ?", (reader_id,)).rowcount
            # The log beside the file still holds what was written lately.
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
            return erased > 0

        return await self._writer.run(work)

    async def check(self) -> IndexHealth:
        """Say whether the file can be read, and what it holds."""

        def work(connection: sqlite3.Connection) -> IndexHealth:
            (articles,) = connection.execute("SELECT count(*) FROM articles").fetchone()
            space = rows.read_space(connection)
            return IndexHealth(True, f"the file {self._path}", articles, () if space is None else (space.name,))

        try:
            return await self._reader.run(work)
        except (IndexUnavailable, MisconfiguredError) as error:
            return IndexHealth(reachable=False, detail=str(error))

    async def close(self) -> None:
        """Close both connections."""
        await self._reader.close()
        await self._writer.close()

    async def _records(self, statement: str, *values: object) -> list[str]:
        """Return the records that a statement selects."""

        def work(connection: sqlite3.Connection) -> list[str]:
            return [record for (record,) in connection.execute(statement, values)]

        return await self._reader.run(work)

    def _fresh_vectors(self, connection: sqlite3.Connection, space: EmbeddingSpace) -> Vectors:
        """Return the vectors, with those that any process wrote since the last time."""
        if self._vectors is None:
            self._vectors = Vectors(space.dimensions)
        fresh = connection.execute(
            "SELECT number, published_ms, embedding, change FROM articles WHERE change > ? ORDER BY change",
            (self._seen_change,),
        )
        for number, published_ms, embedding, change in fresh:
            self._vectors.put([(number, published_ms, np.frombuffer(embedding, dtype="<f2").astype(np.float32))])
            self._seen_change = change
        return self._vectors


def _fetch(connection: sqlite3.Connection, statement: search.Statement) -> list[Any]:
    return connection.execute(statement.sql, statement.values).fetchall()
