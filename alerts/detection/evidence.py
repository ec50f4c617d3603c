"""Evidence: the sentences that speak for an alert, one a story, kept as plain rows so that states write quickly."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from streams.alerting import Evidence, Mention, RuleKind
from streams.records import ArticleId

EVIDENCE_SHOWN = 5
PIECES_KEPT = 6


class Piece(NamedTuple):
    """Be a sentence that may become evidence, with the story that it belongs to."""

    story: int
    article_id: str
    title: str
    sentence: str
    url: str | None
    source: str
    at_ms: int
    score: float
    topics: tuple[str, ...]

    @classmethod
    def from_row(cls, row: Sequence[Any]) -> Piece:
        """Read what was written as a plain row: JSON knows no tuples."""
        piece = cls(*row)
        return piece._replace(topics=tuple(piece.topics))


def piece_of(mention: Mention, story: int, at_ms: int) -> Piece:
    """Take the sentence of a mention."""
    score = mention.sentiment.score
    return Piece(
        story,
        mention.article_id,
        mention.title,
        mention.evidence,
        mention.url,
        mention.source,
        at_ms,
        score,
        mention.topics,
    )


def best_pieces(pieces: Iterable[Piece], kind: RuleKind) -> tuple[Piece, ...]:
    """Return the sentence of each story that speaks most for the alert, the strongest story first, at most six."""
    sign = -1.0 if kind == "positive-spike" else 1.0

    def order(piece: Piece) -> tuple[float, int, str]:
        return (sign * piece.score, piece.at_ms, piece.article_id)

    best: dict[int, Piece] = {}
    for piece in pieces:
        known = best.get(piece.story)
        if known is None or order(piece) < order(known):
            best[piece.story] = piece
    return tuple(sorted(best.values(), key=order)[:PIECES_KEPT])


def best_since(pieces: Sequence[Piece], kind: RuleKind, starts_ms: Iterable[int]) -> tuple[Piece, ...]:
    """Return the best pieces of each stretch that begins after a moment: what is older crowds out nothing newer."""
    kept = {piece for start_ms in starts_ms for piece in best_pieces((p for p in pieces if p.at_ms > start_ms), kind)}
    return tuple(piece for piece in pieces if piece in kept)


def shown(piece: Piece) -> Evidence:
    """Return the piece as it travels on an alert."""
    return Evidence(
        article_id=ArticleId(piece.article_id),
        title=piece.title,
        sentence=piece.sentence,
        url=piece.url,
        source=piece.source,
        at=datetime.fromtimestamp(piece.at_ms // 1000, UTC).replace(microsecond=piece.at_ms % 1000 * 1000),
        score=piece.score,
        topics=piece.topics,
    )
