"""When a company came to the SEC's list, by its number: numbers are given in order.

A registrant of 2021 is not whom a ticker, or an ordinary word, meant in 2014. Old companies that registered anew,
under a holding for instance, have an earlier day, or none, in `data/companies.jsonl`.
"""

from __future__ import annotations

from bisect import bisect_right
from datetime import date

_FIRST_OF = (
    (830_000, date(1988, 2, 1)),
    (850_000, date(1989, 5, 1)),
    (875_000, date(1991, 5, 1)),
    (900_000, date(1993, 3, 1)),
    (1_000_000, date(1995, 9, 1)),
    (1_050_000, date(1997, 11, 1)),
    (1_100_000, date(1999, 12, 1)),
    (1_150_000, date(2001, 9, 1)),
    (1_200_000, date(2002, 10, 1)),
    (1_250_000, date(2003, 7, 1)),
    (1_300_000, date(2004, 8, 1)),
    (1_350_000, date(2006, 1, 1)),
    (1_400_000, date(2007, 5, 1)),
    (1_450_000, date(2008, 11, 1)),
    (1_500_000, date(2010, 9, 1)),
    (1_550_000, date(2012, 5, 1)),
    (1_600_000, date(2014, 2, 1)),
    (1_650_000, date(2015, 8, 1)),
    (1_700_000, date(2017, 3, 1)),
    (1_750_000, date(2018, 8, 1)),
    (1_800_000, date(2020, 1, 1)),
    (1_850_000, date(2021, 3, 1)),
    (1_900_000, date(2021, 12, 1)),
    (1_950_000, date(2022, 10, 1)),
    (2_000_000, date(2023, 11, 1)),
    (2_050_000, date(2025, 1, 1)),
)
"""About when the first company with such a number registered; the months are known from companies of that time."""


def registered_since(cik: int) -> date | None:
    """Return a day before which a registrant had not registered, or None for those of the first years."""
    place = bisect_right(_FIRST_OF, cik, key=lambda first: first[0])
    return _FIRST_OF[place - 1][1] if place else None
