"""What travels on the topics: pydantic records, each with the number of its format.

A reader accepts its own format and refuses a newer one by name; fields are added with defaults, and a field that
changes its meaning raises the number. Times are aware and in UTC. Vectors travel as base64 of little-endian float16,
beside the name of the space that they belong to.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Annotated, Any, Literal, NewType

from pydantic import BaseModel, ConfigDict, Field, ValidatorFunctionWrapHandler, WrapValidator
from pydantic_core import PydanticCustomError

ArticleId = NewType("ArticleId", str)
EntityId = NewType("EntityId", str)
ReaderId = NewType("ReaderId", str)
SeriesId = NewType("SeriesId", str)
EpisodeId = NewType("EpisodeId", str)
StoryId = NewType("StoryId", str)


FIRST_NUMBERED = datetime(2001, 9, 9, 1, 46, 40, tzinfo=UTC)
"""From 10⁹ seconds on a bare number is a time: below lie years, days as YYYYMMDD, and zeros that mean nothing."""
_COMPACT = re.compile(r"([0-9]{8})(?:T?([0-9]{4}(?:[0-9]{2}(?:\.[0-9]+)?)?)(Z|[+-][0-9]{2}(?::?[0-9]{2})?)?)?")
"""ISO 8601 without its hyphens and colons. As a number each of these would be a time before 2001 or after 2500."""


def _moment(value: object, read: ValidatorFunctionWrapHandler) -> datetime:
    bare = isinstance(value, int | float | str) and not isinstance(value, bool)
    compact = _COMPACT.fullmatch(str(value)) if bare else None
    moment = _as_utc(read(value) if compact is None else _of_compact(compact))
    if bare and compact is None and moment < FIRST_NUMBERED and _is_number(value):
        words = "a number is taken for a time from 2001-09-09 on only"
        raise PydanticCustomError("datetime_object_invalid", words)
    return moment


def _of_compact(found: re.Match[str]) -> datetime:
    day, time, zone = found.groups()
    try:
        return datetime.fromisoformat(f"{day}T{time or '0000'}{zone or ''}")
    except ValueError as error:
        words = "as YYYYMMDD or YYYYMMDDThhmmss it cannot be read: {why}"
        raise PydanticCustomError("datetime_object_invalid", words, {"why": str(error)}) from None


def _is_number(value: Any) -> bool:
    try:
        float(value)
    except ValueError:
        return False
    return True


def _as_utc(moment: datetime) -> datetime:
    try:
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except OverflowError:  # at the edge of the calendar, and moved past it by its zone
        words = "it lies outside the calendar once its zone is counted in"
        raise PydanticCustomError("datetime_object_invalid", words) from None


Moment = Annotated[datetime, WrapValidator(_moment)]
Probability = Annotated[float, Field(ge=0.0, le=1.0)]


class Record(BaseModel):
    """Be the base of every record: immutable, and indifferent to fields that a later minor version added."""

    # With a least length pydantic looks into each string: half of a character ("\ud800") could not be written again.
    model_config = ConfigDict(frozen=True, extra="ignore", ser_json_inf_nan="constants", str_min_length=0)


class EntityHint(Record):
    """Name an entity that the feed already knows to be in the article."""

    name: str = Field(min_length=1, max_length=512)
    id: str | None = Field(default=None, max_length=256)


class Article(Record):
    """Be one article as the feed gave it, in plain text, with identity and time settled."""

    format: Literal[1] = 1
    article_id: ArticleId
    title: str = ""
    body: str = ""
    source: str = ""
    url: str | None = None
    language: str | None = None
    published_at: Moment
    published_at_source: Literal["feed", "broker"] = "feed"
    """`broker` when the feed gave no date and the broker's time of arrival stands in."""
    updated_at: Moment
    """When this text was last corrected; the publication time where the feed does not say."""
    received_at: Moment
    """The broker's time of arrival of the raw message: the same at every replay."""
    entities: tuple[EntityHint, ...] = ()


class DeadLetter(Record):
    """Be the note about a message that was put aside: where it lies, why, and how it began."""

    format: Literal[1] = 1
    topic: str
    partition: int
    offset: int
    reason: str
    detail: str
    role: str
    at: Moment
    size_bytes: int
    first_bytes: str
    """base64 of the first 512 bytes."""
