# ruff: noqa: S608 - statements are put together from constants; values go in by question marks
"""Searches as SQL: a query becomes a statement and its values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from streams.clock import epoch_ms
from streams.enrichment import LABELS
from streams.sinks.index import AlertQuery, ArticleQuery, State
from streams.sinks.queries import MARK_CLOSE, MARK_OPEN, CursorValue

TITLE_WEIGHT, BODY_WEIGHT = 2.0, 1.0
SNIPPET_TOKENS = 32
STATES: dict[State, str] = {
    "open": "kind != 'resolved'",
    "unacknowledged": "kind != 'resolved' AND field(record, 'acknowledged_by') IS NULL",
    "acknowledged": "kind != 'resolved' AND field(record, 'acknowledged_by') IS NOT NULL",
    "resolved": "kind = 'resolved'",
}


@dataclass(frozen=True, slots=True)
class Statement:
    """Be SQL with a value for each of its question marks."""

    sql: str
    values: tuple[object, ...]


def match_expression(found: Sequence[str]) -> str:
    """Return the FTS5 expression that all phrases occur."""
    return " AND ".join(f'"{phrase}"' for phrase in found)


def matching(query: ArticleQuery, found: Sequence[str]) -> Statement:
    """Select number, published_ms, article_id, label, sentiment and score of all that a query matches."""
    joins, score = "", "0.0"
    conditions: list[str] = []
    values: list[object] = []
    if found:
        joins = "JOIN article_texts ON article_texts.rowid = a.number"
        # bm25 is better the lower it is.
        score = f"-bm25(article_texts, {TITLE_WEIGHT}, {BODY_WEIGHT})"
        conditions.append("article_texts MATCH ?")
        values.append(match_expression(found))
    for condition, value in (
        ("a.number IN (SELECT number FROM article_entities WHERE entity_id = ?)", query.entity_id),
        ("a.number IN (SELECT number FROM article_topics WHERE topic = ?)", query.topic),
        ("a.label = ?", query.label),
        ("a.source = ?", query.source),
        ("a.published_ms >= ?", None if query.since is None else epoch_ms(query.since)),
        ("a.published_ms < ?", None if query.until is None else epoch_ms(query.until)),
    ):
        if value is not None:
            conditions.append(condition)
            values.append(value)
    where = f"WHERE {' AND '.join(conditions)}" if conditions else ""
    columns = f"a.number, a.published_ms, a.article_id, a.label, a.score AS sentiment, {score} AS score"
    return Statement(f"SELECT {columns} FROM articles a {joins} {where}", tuple(values))


def count(matches: Statement) -> Statement:
    """Count the matches."""
    return Statement(f"SELECT count(*) FROM ({matches.sql})", matches.values)


def page(matches: Statement, after: Sequence[CursorValue] | None, limit: int, *, with_score: bool) -> Statement:
    """Select the matches that follow a cursor: best first where there is a score, then newest, then by id."""
    order = ("score DESC, " if with_score else "") + "published_ms DESC, article_id"
    where, values = "", matches.values
    if after is not None:
        *scores, at, article_id = after
        later = "(published_ms < ? OR (published_ms = ? AND article_id > ?))"
        where = f"WHERE (score < ? OR (score = ? AND {later}))" if with_score else f"WHERE {later}"
        values = (*values, *scores, *scores, at, at, article_id)
    sql = f"WITH m AS MATERIALIZED ({matches.sql}) SELECT * FROM m {where} ORDER BY {order} LIMIT ?"
    return Statement(sql, (*values, limit))


def highlights(number: int, found: Sequence[str]) -> Statement:
    """Select the marked title and the best fragment of the body of one match."""
    sql = f"""SELECT highlight(article_texts, 0, ?, ?), snippet(article_texts, 1, ?, ?, '…', {SNIPPET_TOKENS})
        FROM article_texts WHERE article_texts MATCH ? AND rowid = ?"""
    return Statement(sql, (MARK_OPEN, MARK_CLOSE, MARK_OPEN, MARK_CLOSE, match_expression(found), number))


def timeline(matches: Statement, bucket_ms: int, most: int) -> Statement:
    """Count the matches of each slice and label, with the sum of their scores; slices begin at whole multiples.

    The first `most` slices are among what is selected, whole.
    """
    # SQLite's % keeps the sign of the dividend: times before 1970 need the second one.
    start = "published_ms - ((published_ms % ?) + ?) % ?"
    sql = f"""WITH m AS MATERIALIZED ({matches.sql})
        SELECT {start} AS start, label, count(*), sum(sentiment) FROM m GROUP BY 1, 2 ORDER BY 1 LIMIT ?"""
    return Statement(sql, (*matches.values, bucket_ms, bucket_ms, bucket_ms, most * len(LABELS)))


def alerts(query: AlertQuery, after: Sequence[CursorValue] | None) -> Statement:
    """Select the latest transitions of episodes that follow a cursor, newest first, then by id."""
    conditions = ["revision = (SELECT max(revision) FROM alerts b WHERE b.episode_id = a.episode_id)"]
    values: list[object] = []
    for condition, value in (
        ("at_ms >= ?", None if query.since is None else epoch_ms(query.since)),
        ("at_ms < ?", None if query.until is None else epoch_ms(query.until)),
        ("field(record, 'entity_id') = ?", query.entity_id),
        ("field(record, 'severity') = ?", query.severity),
        ("field(record, 'rule') = ?", query.rule),
    ):
        if value is not None:
            conditions.append(condition)
            values.append(value)
    if query.state is not None:
        conditions.append(STATES[query.state])
    if after is not None:
        at, episode_id = after
        conditions.append("(at_ms < ? OR (at_ms = ? AND episode_id > ?))")
        values += [at, at, episode_id]
    sql = f"SELECT record FROM alerts a WHERE {' AND '.join(conditions)} ORDER BY at_ms DESC, episode_id LIMIT ?"
    return Statement(sql, (*values, query.limit))


LATEST_OF_EPISODE = "SELECT record FROM alerts WHERE episode_id = ? ORDER BY revision DESC LIMIT 1"
NOVELTIES = "SELECT record FROM novelties WHERE article_id = ? ORDER BY series"
SCORES = "SELECT record FROM scores WHERE article_id = ? ORDER BY version"
