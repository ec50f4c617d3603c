"""The sentences that speak for an alert."""

from __future__ import annotations

from datetime import datetime, timedelta

import orjson

from alerts.evidence import Piece, best_pieces, piece_of, shown
from streams.alerting import Mention
from tests.alerts.people import NOW
from tests.alerts.timelines import BAD, article

AT_MS = int(NOW.timestamp() * 1000)


def _mention(at: datetime) -> Mention:
    return article(at, ["harbourline"], BAD)[1]


def test_a_piece_survives_being_written() -> None:
    """What is written as a plain row comes back equal, the topics of its article included."""
    said = _mention(NOW).model_copy(update={"topics": ("shipping", "legal")})
    piece = piece_of(said, 3, AT_MS)
    assert Piece.from_row(orjson.loads(orjson.dumps(list(piece)))) == piece
    assert shown(piece).topics == ("shipping", "legal")
    assert shown(piece).at == NOW


def test_each_story_speaks_once_and_the_strongest_first() -> None:
    """Of a story the sentence that speaks most for the alert is kept, and at most six stories."""
    pieces = [
        piece_of(_mention(NOW + timedelta(minutes=n)), n // 2, AT_MS + n)._replace(score=-0.1 * (n % 7))
        for n in range(20)
    ]
    best = best_pieces(pieces, "negative-spike")
    assert len(best) == 6
    assert len({piece.story for piece in best}) == 6
    assert [piece.score for piece in best] == sorted(piece.score for piece in best)
    assert best_pieces(pieces, "positive-spike")[0].score == max(piece.score for piece in pieces)
