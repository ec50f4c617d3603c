"""Indices, currencies and commodities, and what only looks like them."""

from __future__ import annotations

import pytest

from models.instrument_evidence import is_instrument


@pytest.mark.parametrize(
    ("kind", "text", "word", "sure", "expected"),
    [
        ("currency", "the dollar fell against the yen", "dollar", False, True),
        ("currency", "it paid 3 million dollar", "dollar", True, False),
        ("currency", "shares of euro zone banks", "euro", True, False),
        ("currency", "a top dollar", "dollar", False, False),
        ("commodity", "gold climbs to a record", "gold", False, True),
        ("commodity", "she won a gold medal in futures", "gold", True, False),
        ("commodity", "a cup of tea", "tea", False, False),
        ("commodity", "ten oil companies announced a fund", "oil", False, True),
        ("commodity", "the National Oil Company of the state", "Oil", False, False),
        ("commodity", "Dome Petroleum Ltd rose with oil futures", "Petroleum", True, False),
        ("commodity", "GLOBAL PETROLEUM <GPX> RAISES PRICES", "PETROLEUM", True, False),
        ("commodity", "the Coffee, Sugar and Cocoa Exchange rose", "Sugar", True, False),
        ("commodity", "prices of cooking oil rose", "oil", True, False),
        ("commodity", "and then it struck gold again", "gold", True, False),
        ("commodity", "demand for diesel engines rose", "diesel", True, False),
        ("commodity", "leisure stocks lead the market higher", "lead", False, False),
        ("commodity", "zinc and lead fell in London trading", "lead", False, True),
        ("commodity", "lead prices fell", "lead", False, True),
        ("commodity", "he removed a tin from a cabinet on the market", "tin", False, False),
        ("commodity", "a tin miner said that output fell", "tin", False, True),
        ("commodity", "the tin that traders bought fell", "tin", False, True),
        ("currency", "a dividend of five yen against six", "yen", True, False),
        ("currency", "Sterling Group rose against its rivals", "Sterling", True, False),
        ("currency", "devaluation of the Sudanese pound", "pound", True, False),
        ("currency", "the British pound rose", "pound", True, True),
        ("currency", "premiums rose at Orrin Re in the quarter", "Re", True, False),
        ("currency", "stocks slip as Re hits a low", "Re", True, True),
        ("currency", "it rose by 22 cents a pound", "pound", True, False),
        ("currency", "it closed at 4.2 per dollar", "dollar", True, True),
        ("commodity", "men with a petrol bomb", "petrol", True, False),
        ("index", "the migration to Nasdaq Futures, Inc.", "Nasdaq", True, False),
        ("index", "the Dow rose", "Dow", False, True),
        ("index", "the Nasdaq rose to a record", "Nasdaq", True, True),
        ("index", "it now meets Nasdaq requirements", "Nasdaq", True, False),
        ("index", "it regains compliance with Nasdaq rules", "Nasdaq", True, False),
        ("index", "stocks to buy before the holiday - Nasdaq", "Nasdaq", True, False),
        ("index", "carmaker plans a plant - NIKKEI", "NIKKEI", True, False),
        ("index", "its shares will trade on Nasdaq under the symbol VTR", "Nasdaq", True, False),
        ("index", "Nasdaq to delist Vantor over its price", "Nasdaq", True, False),
        ("index", "VANTOR GETS NASDAQ EXCEPTION", "NASDAQ", True, False),
        ("index", "dips in Vantor shares weigh on Nasdaq", "Nasdaq", True, True),
        ("index", "the Nasdaq rose 2%." + " It was sunny." * 20 + " Vantor regains compliance.", "Nasdaq", True, True),
        ("index", "the S&P rose to a record", "S&P", True, True),
        ("index", "an ETF on the S&P SmallCap 600", "S&P", True, False),
        ("index", "S&P downgrades Vantor", "S&P", True, False),
        ("index", "S&P cuts Vantor to junk", "S&P", True, False),
        ("index", "the S&P cuts losses", "S&P", True, True),
        ("index", "S&P cuts early gains as yields rise", "S&P", True, True),
        ("index", "S&P cuts its losses", "S&P", True, True),
        ("index", "S&P lifts to a record high", "S&P", True, True),
        ("index", "S&P raises 2% in a day", "S&P", True, True),
        ("index", "S&P lowers Vantor", "S&P", True, False),
        ("index", "banks to suffer from the cut: S&P", "S&P", True, False),
        ("other", "Funds must publish their fees: SEBI", "SEBI", True, True),
        ("index", "FTSE Russell adds Vantor", "FTSE", True, False),
        ("index", "Dow Jones and Co Inc rose", "Dow Jones", True, False),
        ("index", "a build in US stocks of gasoline", "US stocks", True, False),
        ("commodity", "Platinum members got the tip first", "Platinum", True, False),
        ("commodity", "five names that can lead market rallies", "lead", False, False),
        ("currency", "selling combined to pound the market", "pound", True, False),
        ("currency", "Pakistan's rupee fell to a low", "rupee", True, False),
        ("index", "Wall Street opens lower", "Wall Street", True, True),
        ("index", "the Wall Street Journal said", "Wall Street", True, False),
    ],
)
def test_what_is_traded(kind: str, text: str, word: str, sure: bool, expected: bool) -> None:
    """Amounts, medals and cups are none; a price or another currency beside it makes a word one."""
    start = text.index(word)
    assert is_instrument(kind, text, start, start + len(word), sure=sure) is expected
