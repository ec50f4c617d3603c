"""Raw bytes to records: the one place that decides whether a message can be taken, and why not."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any, TypeVar

import orjson
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from streams.clock import epoch_ms
from streams.errors import DeadLetterReason, UnreadableInput
from streams.identity import article_id_of, digest_of
from streams.interests import Click
from streams.markup import shown
from streams.records import Article, ArticleId, EntityHint, Moment, ReaderId, Record

EARLIEST = datetime(1900, 1, 1, tzinfo=UTC)
"""A date before this is a mistake: no feed is so old, and the index's dates begin there."""
MAX_TITLE_CHARS = 2_000
MAX_HINTS = 500
# Control characters but white space, and marks that turn the order of what follows around. NUL would also end a string
# in SQLite's full-text index. None carries meaning in news.
_INVISIBLE = re.compile("[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u202d\u202e]")

# Where one block of HTML ends and another begins, two empty lines come together.
_EMPTY_LINES = re.compile(r"\n(?:[ \t\r]*\n)+")

RecordT = TypeVar("RecordT", bound=Record)


class _RawArticle(BaseModel):
    model_config = ConfigDict(extra="ignore")

    title: str | None = None
    body: str | None = None
    source: str | None = Field(default=None, max_length=512)
    url: str | None = Field(default=None, max_length=4_096)
    language: str | None = Field(default=None, max_length=35)
    published_at: Moment | None = None
    updated_at: Moment | None = None
    entities: list[EntityHint] | None = None


class _RawClick(BaseModel):
    model_config = ConfigDict(extra="ignore", allow_inf_nan=False)

    click_id: str | None = Field(default=None, min_length=1, max_length=256)
    reader_id: str = Field(min_length=1, max_length=256)
    article_id: str | None = Field(default=None, min_length=1, max_length=256)
    source: str | None = Field(default=None, max_length=512)
    url: str | None = Field(default=None, max_length=4_096)
    kind: str = "open"
    at: Moment | None = None
    dwell_s: float | None = None


ARTICLE_FIELDS, CLICK_FIELDS = frozenset(_RawArticle.model_fields), frozenset(_RawClick.model_fields)
"""What is read of a message; anything else in it is left."""


def decode_article(value: bytes | None, *, received_at: datetime, max_body_chars: int, max_future_s: float) -> Article:
    """Read an article from the bytes of a message: as text, without HTML and control characters.

    Args:
        value: JSON in UTF-8, as a feed sends it.
        received_at: the broker's time of arrival. It stands in for a missing date, and bounds dates in the future,
            so that a replay decides as the first reading did.
        max_body_chars: the longest body taken, without its HTML.
        max_future_s: how far past `received_at` a date may lie.

    Raises:
        UnreadableInput: with the reason for the dead-letter topic.
    """
    raw = decode_fields(_RawArticle, decode_object(value))
    sent_title, sent_body, sent_hints = raw.title or "", raw.body or "", raw.entities or ()
    title, body = _line(sent_title), _clean(sent_body).strip()
    for name, text, cap in (("body", body, max_body_chars), ("title", title, MAX_TITLE_CHARS)):
        if len(text) > cap:
            raise UnreadableInput(
                DeadLetterReason.TOO_LARGE, f"{name} has {len(text):,} characters, the cap is {cap:,}"
            )
    if len(sent_hints) > MAX_HINTS:
        raise UnreadableInput(DeadLetterReason.TOO_LARGE, f"{len(sent_hints)} entities, the cap is {MAX_HINTS}")
    if not title and not body:
        raise UnreadableInput(DeadLetterReason.MISSING_TEXT, "neither title nor body holds text; send at least one")
    hints = tuple(hint.model_copy(update={"name": _line(hint.name)}) for hint in sent_hints)
    for place, hint in enumerate(hints):
        if not hint.name:
            raise UnreadableInput(DeadLetterReason.WRONG_TYPE, f"entities.{place}.name: it holds no text")
    for name, moment in (("published_at", raw.published_at), ("updated_at", raw.updated_at)):
        check_date(name, moment, received_at, max_future_s)
    published_at = raw.published_at or received_at
    return Article(
        article_id=article_id_of(raw.source or "", raw.url, sent_title, raw.published_at, sent_body),
        title=title,
        body=body,
        source=_line(raw.source or ""),
        url=raw.url.strip() if raw.url and raw.url.strip() else None,
        language=raw.language,
        published_at=published_at,
        published_at_source="feed" if raw.published_at else "broker",
        updated_at=raw.updated_at or published_at,
        received_at=received_at,
        entities=hints,
    )


def decode_click(value: bytes | None, *, received_at: datetime, max_future_s: float) -> Click:
    """Read a click from the bytes of a message; its article is named by id, or by source and address.

    Raises:
        UnreadableInput: with the reason for the dead-letter topic.
    """
    raw = decode_fields(_RawClick, decode_object(value))
    check_date("at", raw.at, received_at, max_future_s)
    if raw.article_id is None and not (raw.url and raw.url.strip()):
        raise UnreadableInput(DeadLetterReason.WRONG_TYPE, "article_id or url must say which article was clicked")
    article_id = raw.article_id or article_id_of(raw.source or "", raw.url, "", None)
    at = raw.at or received_at
    fields = {
        "click_id": raw.click_id or digest_of(raw.reader_id, article_id, raw.kind, str(epoch_ms(at))),
        "reader_id": ReaderId(raw.reader_id),
        "article_id": ArticleId(article_id),
        "kind": raw.kind,
        "at": at,
        "dwell_s": raw.dwell_s,
    }
    return decode_fields(Click, fields)


def decode_object(value: bytes | None) -> dict[str, Any]:
    """Read a JSON object.

    Raises:
        UnreadableInput: with the reason for the dead-letter topic.
    """
    if value is None:
        raise UnreadableInput(DeadLetterReason.NULL, "the message has no value")
    if not value.strip():
        raise UnreadableInput(DeadLetterReason.EMPTY, "the message has no bytes but white space")
    try:
        value.decode("utf-8")
    except UnicodeDecodeError as error:
        raise UnreadableInput(DeadLetterReason.NOT_UTF8, f"byte {error.start}: {error.reason}") from None
    try:
        fields = orjson.loads(value)
    except orjson.JSONDecodeError as error:
        reason = DeadLetterReason.NESTED_TOO_DEEP if "depth" in error.msg else DeadLetterReason.NOT_JSON
        raise UnreadableInput(reason, f"line {error.lineno}, column {error.colno}: {error.msg}") from None
    if fields is None:
        raise UnreadableInput(DeadLetterReason.NULL, "the message is JSON null")
    if not isinstance(fields, dict):
        raise UnreadableInput(DeadLetterReason.WRONG_TYPE, f"expected a JSON object, found {type(fields).__name__}")
    return fields


def decode_record(kind: type[RecordT], value: bytes | None) -> RecordT:
    """Read one of our own records.

    Raises:
        UnreadableInput: it is not that record, or has a format that this version does not know.
    """
    fields = decode_object(value)
    known = kind.model_fields.get("format")
    if known is not None and fields.get("format", 1) != known.default:
        raise UnreadableInput(
            DeadLetterReason.UNKNOWN_FORMAT,
            f"{kind.__name__} has format {fields.get('format')!r}, this version reads {known.default}; upgrade first",
        )
    return decode_fields(kind, fields)


def encode_record(record: Record) -> bytes:
    """Write one of our own records as JSON in UTF-8."""
    return record.model_dump_json().encode("utf-8")


ModelT = TypeVar("ModelT", bound=BaseModel)


def decode_fields(kind: type[ModelT], fields: dict[str, Any]) -> ModelT:
    """Read the fields of an object as a record, whole or in part.

    Raises:
        UnreadableInput: with the first field that does not fit, and what is wrong with it.
    """
    try:
        return kind.model_validate(fields)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "the object"
        outside = first["type"] == "datetime_object_invalid"
        dated = outside or first["type"] in ("datetime_parsing", "datetime_from_date_parsing")
        scalar = isinstance(first["input"], str | int | float) and not isinstance(first["input"], bool)
        if dated and scalar:
            why = f": {first['msg']}" if outside else ""
            raise UnreadableInput(
                DeadLetterReason.IMPOSSIBLE_DATE,
                f"{where}: {str(first['input'])[:40]!r} is no date{why}; write 2026-03-02T09:00:00Z,"
                " or seconds since 1970",
            ) from None
        raise UnreadableInput(DeadLetterReason.WRONG_TYPE, f"{where}: {first['msg']}") from None


def check_date(name: str, moment: datetime | None, received_at: datetime, max_future_s: float) -> None:
    """Refuse a date that no article has.

    Raises:
        UnreadableInput: it lies before `EARLIEST`, or more than `max_future_s` after the arrival.
    """
    if moment is None:
        return
    if moment < EARLIEST:
        raise UnreadableInput(
            DeadLetterReason.IMPOSSIBLE_DATE, f"{name} is {moment.isoformat()}, before {EARLIEST.year}"
        )
    ahead_s = (moment - received_at).total_seconds()
    if ahead_s > max_future_s:
        raise UnreadableInput(
            DeadLetterReason.IMPOSSIBLE_DATE,
            f"{name} is {moment.isoformat()}, {ahead_s:,.0f} s after its arrival; the cap is {max_future_s:,.0f} s",
        )


def _clean(text: str) -> str:
    return _EMPTY_LINES.sub("\n\n", _INVISIBLE.sub("", shown(text)))


def _line(text: str) -> str:
    return " ".join(_clean(text).split())
