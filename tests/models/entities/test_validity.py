"""Tickers and when they were whose."""

from __future__ import annotations

from datetime import date

import pytest

from models.entities.validity import Listing, TickerIndex


def _index(*holdings: tuple[str, str, str | None, str | None]) -> TickerIndex[str]:
    index: TickerIndex[str] = TickerIndex()
    for holder, ticker, since, until in holdings:
        index.add(Listing.model_validate({"ticker": ticker, "from": since, "until": until}), holder)
    return index


INDEX = _index(
    ("tide", "TDE", "2012-05-18", "2022-06-09"),
    ("tide", "TIDE", "2022-06-09", None),
    ("vantor", "VTR", None, None),
    ("harbour", "VTR", "1990-01-01", "1999-01-01"),
    ("brk", "BRK.B", None, None),
)


@pytest.mark.parametrize(
    ("ticker", "on", "holder"),
    [
        ("TDE", date(2022, 6, 8), "tide"),
        ("TIDE", date(2022, 6, 9), "tide"),
        ("TIDE", date(2022, 6, 8), None),
        ("TDE", date(2025, 1, 1), "tide"),
        ("TDE", date(2010, 1, 1), None),
        ("TDE", None, "tide"),
        ("VTR", date(1995, 1, 1), "harbour"),
        ("VTR", date(2005, 1, 1), "vantor"),
        ("VTR", None, "vantor"),
        ("BRK-B", None, "brk"),
        ("NONE", None, None),
    ],
)
def test_the_date_decides(ticker: str, on: date | None, holder: str | None) -> None:
    """A dated holder wins in its time; a ticker that lapsed means its last holder; a later one means nobody."""
    assert INDEX.find(ticker, on) == holder


def test_all_holders_of_a_day() -> None:
    """Whoever had a ticker on a day is a holder, the first added first."""
    assert INDEX.holders("VTR", date(1995, 1, 1)) == ["vantor", "harbour"]
    assert INDEX.holders("VTR") == ["vantor"]
    assert INDEX.holders("NONE") == []


def test_a_ticker_as_text_has_no_dates() -> None:
    """A bare ticker in a file is one without dates."""
    listing = Listing.model_validate("VTR")
    assert (listing.ticker, listing.dated) == ("VTR", False)


def test_a_guessed_day_outranks_nothing() -> None:
    """A first day that is only guessed keeps a ticker from earlier articles, and counts as no date."""
    guessed = Listing(ticker="VTR", since=date(2015, 8, 1), about=True)
    assert not guessed.dated
    assert not guessed.holds(date(2014, 1, 1))
    assert guessed.holds(date(2016, 1, 1))
