"""Tickers in a text."""

from __future__ import annotations

from datetime import date

from models.gazetteer import Gazetteer, GazetteerEntry
from models.ticker_patterns import tickers_of
from streams.records import EntityId

GAZETTEER = Gazetteer(
    [GazetteerEntry(id=EntityId("t:next"), name="Nextdecade Corp", ticker="NEXT")],
    {"tide"},
)
DAY = date(2020, 1, 1)


def _named(text: str) -> list[tuple[str, str]]:
    return [(str(entry.id), text[start:end]) for entry, (start, end) in tickers_of(text, GAZETTEER, DAY).named]


def test_patterns() -> None:
    """A cashtag, an exchange with a ticker, and a ticker in brackets name its holder, or whoever is not known."""
    assert _named("$NEXT and (NYSE: NEXT) and <NEXT.O>") == [("t:next", t) for t in ("$NEXT", "NEXT", "NEXT")]
    assert _named("$QQXX") == [("ticker:QQXX", "$QQXX")]


def test_a_word_behind_an_exchange_is_no_ticker() -> None:
    """Tickers are written in capitals."""
    assert _named("RT CBOE: Next week in options") == []


def test_a_symbol_at_another_exchange_names_nobody() -> None:
    """An ordinary word is read as a symbol there; a name of its own stays one."""
    assert tickers_of("Vantor (TSE:TIDE) rose", GAZETTEER, DAY).places == ((8, 16),)
    assert tickers_of("Vantor (ETR:VNTR) rose", GAZETTEER, DAY).places == ()


def test_places_are_read_once() -> None:
    """A stretch that reaches into a ticker meets it."""
    tickers = tickers_of("Buy $NEXT now", GAZETTEER, DAY)
    assert tickers.meet(5, 9)
    assert not tickers.meet(0, 4)
    assert not tickers.meet(10, 13)
