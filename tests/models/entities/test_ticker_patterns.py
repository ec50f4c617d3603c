"""Tickers in a text."""

from __future__ import annotations

from datetime import date

import pytest

from models.entities.gazetteer import Gazetteer, GazetteerEntry
from models.entities.ticker_patterns import tickers_of
from streams.records import EntityId

GAZETTEER = Gazetteer(
    [
        GazetteerEntry(id=EntityId("t:next"), name="Nextdecade Corp", ticker="NEXT"),
        GazetteerEntry(id=EntityId("t:tide"), name="Tide Robotics Inc", ticker="TDE.B"),
        GazetteerEntry(id=EntityId("t:mills"), name="Mills Corp", ticker="M"),
        GazetteerEntry(id=EntityId("t:fund"), name="Orrin Coin Trust", ticker="ORC"),
        GazetteerEntry.model_validate(
            {"id": "currency:orc", "name": "Orcoin", "tickers": [{"ticker": "ORC", "from": "2019-01-01"}]}
            | {"kind": "currency"}
        ),
    ],
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


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Tide (TDE.B) cuts its outlook", ["TDE.B"]),
        ("Tide Robotics Inc. (TDE.B) cuts its outlook", ["TDE.B"]),
        ("Nextdecade (NEXT.O) falls", ["NEXT.O"]),
        ("the tide (TDE.B) turns", []),
        ("Tide of goods (TDE.B) turns", []),
        ("Orrin Robotics (TDE.B) falls", []),
        ("Nextdecade sold it (NEXT)", []),
    ],
)
def test_a_bracket_behind_a_name(text: str, named: list[str]) -> None:
    """A ticker in brackets names its holder right behind its name, or how that begins, and nobody elsewhere."""
    assert [place for _, place in _named(text)] == named


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Sales of its units ($M): pumps 120, mills 80", False),
        ("Sales (in $M) and costs ($M, except per share)", False),
        ("All figures in $M unless stated", False),
        ("Revenue ($BN) 3.1", False),
        ("Mills ($M) sells its pumps", True),
        ("Bought ($M) today", True),
        ("Net income ($M), up by a third", False),
        ("$M and $NEXT raise prices", True),
        ("A bid of 30 for $M", True),
        ("Sales rose, so they bought in $M", True),
    ],
)
def test_a_unit_of_a_table_is_no_cashtag(text: str, named: bool) -> None:
    """What a text counts in stands in brackets of its own, or behind what says so; a holder named before has it."""
    assert (bool(tickers_of(text, GAZETTEER, DAY).named) and "$M" in text) is named


def test_a_cashtag_is_a_currency_s_before_its_fund_s() -> None:
    """A currency with the date of its ticker is meant from then on, unless the text names who else has it."""
    for text, day, holder in (
        ("$ORC falls", DAY, "currency:orc"),
        ("$ORC falls as Orrin sells", DAY, "currency:orc"),
        ("$ORC: Orrin Coin Trust takes in money", DAY, "t:fund"),
        ("$ORC falls", date(2018, 1, 1), "t:fund"),
    ):
        assert [entry.id for entry, _ in tickers_of(text, GAZETTEER, day).named] == [holder]
