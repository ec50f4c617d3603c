# ruff: noqa: S608 - what is put into SQL here is the name of a table; values go in by question marks
"""Rows of the SQLite index: how records are put in and read back, inside somebody's transaction."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

from streams.alerting import AlertTransition
from streams.clock import epoch_ms
from streams.enrichment import LABELS, EnrichedArticle, Label
from streams.interests import Profile
from streams.sinks import sqlite_search as search
from streams.sinks.acceptance import refuse_embedding, refuse_id
from streams.sinks.index import (
    ArticleDocument,
    EmbeddingSpace,
    NoveltyDocument,
    Outcome,
    SentimentBucket,
    Written,
    profile_version,
)
from streams.sinks.queries import MARK_OPEN, marked
from streams.sinks.scores import score_of

NEW, STALE = Outcome(Written.NEW), Outcome(Written.STALE)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

PUT_ARTICLE = """INSERT INTO articles
    (article_id, version, day, published_ms, source, label, score, change, embedding, record)
    VALUES (?, ?, ?, ?, ?, ?, ?, (SELECT coalesce(max(change), 0) + 1 FROM articles), ?, ?)
    ON CONFLICT (article_id) DO UPDATE SET version = excluded.version, published_ms = excluded.published_ms,
        source = excluded.source, label = excluded.label, score = excluded.score, change = excluded.change,
        embedding = excluded.embedding, record = excluded.record
    WHERE excluded.version > version
    RETURNING number"""
PUT_PROFILE = """INSERT INTO profiles (reader_id, version, record) VALUES (?, ?, ?)
    ON CONFLICT (reader_id) DO UPDATE SET version = excluded.version, record = excluded.record
    WHERE excluded.version > version"""
PUT_ALERT = """INSERT INTO alerts (transition_id, episode_id, revision, kind, at_ms, record) VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT DO NOTHING"""
PUT_NOVELTY = "INSERT INTO novelties (article_id, series, record) VALUES (?, ?, ?) ON CONFLICT DO NOTHING"
PUT_SCORE = "INSERT INTO scores (article_id, version, record) VALUES (?, ?, ?) ON CONFLICT DO NOTHING"


def read_space(connection: sqlite3.Connection) -> EmbeddingSpace | None:
    """Return the embedding space that the file keeps, if it is settled."""
    meta = dict(connection.execute("SELECT name, value FROM meta").fetchall())
    return EmbeddingSpace(meta["space"], int(meta["dimensions"])) if "space" in meta else None


def write_space(connection: sqlite3.Connection, space: EmbeddingSpace) -> None:
    """Settle the embedding space."""
    values = [("space", space.name), ("dimensions", str(space.dimensions))]
    connection.executemany("INSERT INTO meta (name, value) VALUES (?, ?)", values)


def read_article(connection: sqlite3.Connection, number: int) -> EnrichedArticle:
    """Return the article in a row."""
    (record,) = connection.execute("SELECT record FROM articles WHERE number = ?", (number,)).fetchone()
    return EnrichedArticle.model_validate_json(record)


def put_article(connection: sqlite3.Connection, document: ArticleDocument, space: EmbeddingSpace) -> Outcome:
    """Store one article, unless a later version is there; its day stays what it was first. Its score is kept anyhow."""
    article, enrichment = document.article.article, document.article.enrichment
    refusal = refuse_id(article.article_id) or refuse_embedding(enrichment.embedding, space)
    if refusal is not None:
        return Outcome(Written.REJECTED, refusal)
    score = score_of(document.article)
    connection.execute(PUT_SCORE, (score.article_id, score.version, score.model_dump_json()))
    row = connection.execute(
        PUT_ARTICLE,
        (
            article.article_id,
            document.article.version,
            document.day.isoformat(),
            epoch_ms(article.published_at),
            article.source,
            enrichment.sentiment.label,
            enrichment.sentiment.score,
            enrichment.embedding.array().astype("<f2").tobytes(),
            document.article.model_dump_json(),
        ),
    ).fetchone()
    if row is None:
        return STALE
    number = int(row[0])
    for table in ("article_entities", "article_topics"):
        connection.execute(f"DELETE FROM {table} WHERE number = ?", (number,))
    connection.execute("DELETE FROM article_texts WHERE rowid = ?", (number,))
    _insert_names(connection, "article_entities", {entity.id for entity in enrichment.entities}, number)
    _insert_names(connection, "article_topics", {topic.topic for topic in enrichment.topics}, number)
    texts = (number, article.title, article.body)
    connection.execute("INSERT INTO article_texts (rowid, title, body) VALUES (?, ?, ?)", texts)
    return NEW


def _insert_names(connection: sqlite3.Connection, table: str, names: Iterable[str], number: int) -> None:
    connection.executemany(f"INSERT INTO {table} VALUES (?, ?)", [(name, number) for name in names])


def put_profiles(connection: sqlite3.Connection, profiles: Sequence[Profile]) -> list[Outcome]:
    """Store profiles, each unless a later one is there."""
    rows = [(each.reader_id, profile_version(each), each.model_dump_json()) for each in profiles]
    return _put_rows(connection, PUT_PROFILE, rows)


def put_alerts(connection: sqlite3.Connection, transitions: Sequence[AlertTransition]) -> list[Outcome]:
    """Append transitions, each unless it is there."""
    rows = [
        (each.transition_id, each.episode_id, each.revision, each.kind, epoch_ms(each.at), each.model_dump_json())
        for each in transitions
    ]
    return _put_rows(connection, PUT_ALERT, rows)


def put_novelties(connection: sqlite3.Connection, documents: Sequence[NoveltyDocument]) -> list[Outcome]:
    """Store novelties, each unless one of the same article and series is there."""
    novelties = [document.novelty for document in documents]
    rows = [(each.article_id, each.series, each.model_dump_json()) for each in novelties]
    return _put_rows(connection, PUT_NOVELTY, rows)


def _put_rows(
    connection: sqlite3.Connection, statement: str, rows: Sequence[tuple[str, *tuple[object, ...]]]
) -> list[Outcome]:
    """Run a statement for each row, its id first; one that changes nothing found something at least as new."""
    outcomes = []
    for row in rows:
        if (refusal := refuse_id(row[0])) is not None:
            outcomes.append(Outcome(Written.REJECTED, refusal))
            continue
        outcomes.append(NEW if connection.execute(statement, row).rowcount > 0 else STALE)
    return outcomes


def highlight(connection: sqlite3.Connection, number: int, found: Sequence[str]) -> tuple[str, ...]:
    """Return the fragments of one article in which phrases were found."""
    statement = search.highlights(number, found)
    fragments = connection.execute(statement.sql, statement.values).fetchone()
    return tuple(marked(fragment) for fragment in fragments if MARK_OPEN in fragment)


def buckets(rows: Iterable[tuple[int, Label, int, float]]) -> list[SentimentBucket]:
    """Gather rows of slice, label, count and sum of scores into one bucket a slice."""
    counts: dict[int, dict[Label, int]] = {}
    sums: dict[int, float] = {}
    for start_ms, label, count, total in rows:
        counts.setdefault(start_ms, dict.fromkeys(LABELS, 0))[label] = count
        sums[start_ms] = sums.get(start_ms, 0.0) + total
    return [
        SentimentBucket(EPOCH + timedelta(milliseconds=start_ms), by_label, sums[start_ms] / sum(by_label.values()))
        for start_ms, by_label in counts.items()
    ]
