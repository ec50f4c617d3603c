"""The sentences that speak for an alert."""

from __future__ import annotations

from datetime import datetime, timedelta

import orjson
import pytest

from alerts.detection.evidence import PIECES_KEPT, Piece, best_pieces, best_since, piece_of, shown
from alerts.rules import Rule, Rules
from streams.alerting import Mention
from streams.enrichment import Sentiment
from tests.alerts.people import NOW
from tests.alerts.timelines import BAD, START, Desk, article, background, in_order

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


def test_what_is_older_and_stronger_crowds_out_nothing_newer() -> None:
    """Each stretch keeps its own best six, and no piece that is among the best of none."""
    pieces = tuple(
        piece_of(_mention(NOW + timedelta(minutes=n)), n, AT_MS + n)._replace(score=-0.9 + 0.01 * n) for n in range(40)
    )
    kept = best_since(pieces, "negative-spike", {AT_MS - 1, AT_MS + 19, AT_MS + 37})
    assert kept == (*pieces[:PIECES_KEPT], *pieces[20 : 20 + PIECES_KEPT], *pieces[38:])
    assert best_since(kept, "negative-spike", {AT_MS + 19}) == pieces[20 : 20 + PIECES_KEPT]


@pytest.mark.parametrize(("window_h", "beside_h"), [(1, None), (6, 24)])
def test_an_alert_shows_what_was_said_in_its_window(window_h: int, beside_h: int | None) -> None:
    """Sentences from before it, however strong, stand in nobody's place; a rule with a wider window changes nothing."""
    named = {"asked": window_h, "beside": beside_h}
    rules = tuple(
        Rule(name=name, kind="negative-spike", budget_per_1000_series_days=20, window_s=hours * 3600)
        for name, hours in named.items()
        if hours
    )
    onset = START + timedelta(hours=30)
    strong = [
        mention
        for place in range(4)
        for mention in article(onset - timedelta(hours=window_h) * (1.1 + 1.25 * place), ["acme"], BAD)
    ]
    mild = [
        mention
        for place in range(4)
        for mention in article(onset + timedelta(minutes=3 * place), ["acme"], Sentiment.of(0.6, 0.3, 0.1))
    ]
    made = Desk(Rules(rules=rules)).take(in_order(background(START, 31, per_hour=30, names=200), strong, mild))
    opened = next(step for step in made if step.rule == "asked" and step.name == "Acme")
    assert len(opened.evidence) == opened.observed
    assert {piece.at for piece in opened.evidence} <= {mention.at for mention in mild}


def test_an_article_dated_ahead_pushes_out_nothing() -> None:
    """What was said until then stays evidence, and what is dated long after the alert is none."""
    desk = Desk(Rules(rules=(Rule(name="asked", kind="negative-spike", budget_per_1000_series_days=20),)))
    onset = START + timedelta(hours=30)
    times = [onset + timedelta(minutes=10 * place) for place in range(6)]
    said = [mention for at in times for mention in article(at, ["acme"], Sentiment.of(0.6, 0.3, 0.1))]
    ahead = article(onset + timedelta(days=2), ["acme"], BAD)
    desk.take(in_order(background(START, 30.1, per_hour=30, names=200), said[:2]))
    made = desk.take([*ahead, *said[2:]])
    shown_at = {piece.at for piece in next(step for step in made if step.name == "Acme").evidence}
    assert times[0] in shown_at <= set(times)
