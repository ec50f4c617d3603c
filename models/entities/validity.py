"""Tickers with the dates on which they were an entity's: an article's date decides whom a ticker meant."""

from __future__ import annotations

from datetime import date
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

Held = TypeVar("Held")


class Listing(BaseModel):
    """Be a ticker from a first day up to (not with) another; without dates it was always there and still is.

    `about` marks a first day that is only guessed: whose ticker it was is as little known as without any.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    ticker: str = Field(min_length=1, max_length=12)
    since: date | None = Field(default=None, alias="from")
    until: date | None = None
    about: bool = False

    @field_validator("ticker")
    @classmethod
    def _in_capitals(cls, value: str) -> str:
        return in_capitals(value)

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, value: Any) -> Any:
        return {"ticker": value} if isinstance(value, str) else value

    def holds(self, on: date | None) -> bool:
        """Say whether the ticker was the entity's on a day; on no day in particular, whether it still is."""
        if on is None:
            return self.until is None
        return (self.since is None or self.since <= on) and (self.until is None or on < self.until)

    @property
    def dated(self) -> bool:
        """Say whether anything is known of its dates."""
        return not self.about and (self.since is not None or self.until is not None)


class TickerIndex(Generic[Held]):
    """Know who had a ticker when; of two who have it undated, the one that was added first is meant."""

    def __init__(self) -> None:
        self._holders: dict[str, list[tuple[Listing, Held]]] = {}

    def add(self, listing: Listing, holder: Held) -> None:
        """Note that somebody has, or had, a ticker."""
        self._holders.setdefault(plain(listing.ticker), []).append((listing, holder))

    def holders(self, ticker: str, on: date | None = None) -> list[Held]:
        """Return all who had a ticker on a day (None: have it now)."""
        return [holder for listing, holder in self._holders.get(plain(ticker), ()) if listing.holds(on)]

    def find(self, ticker: str, on: date | None = None) -> Held | None:
        """Return who had a ticker on a day (None: has it now).

        What is dated goes before what is not. A ticker that nobody has any more means its last holder; one that
        nobody had yet means nobody.
        """
        holders = self._holders.get(plain(ticker), ())
        held = [(listing, holder) for listing, holder in holders if listing.holds(on)]
        if held:
            return next((holder for listing, holder in held if listing.dated), held[0][1])
        past = [(listing.until, holder) for listing, holder in holders if listing.until is not None]
        gone = [(until, holder) for until, holder in past if on is None or until <= on]
        return max(gone, key=lambda item: item[0])[1] if gone else None


def in_capitals(ticker: str) -> str:
    """Return a ticker that can be found: texts are read for tickers in capitals alone.

    Raises:
        ValueError: it has small letters.
    """
    if ticker != ticker.upper():
        raise ValueError(f"no text names {ticker!r}: write {ticker.upper()!r}")
    return ticker


def plain(ticker: str) -> str:
    """Return a ticker as it is compared: `BRK-B` and `BRK.B` are one."""
    return ticker.replace("-", ".")
