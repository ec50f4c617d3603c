"""Records kept in a table: one that cannot be read stops none of the others."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeVar

import structlog

from streams.decoding import decode_record
from streams.errors import UnreadableInput
from streams.records import Record
from streams.tables import TableSection

log = structlog.get_logger(__name__)

RecordT = TypeVar("RecordT", bound=Record)


def stored_records(section: TableSection, kind: type[RecordT]) -> Iterator[tuple[bytes, RecordT]]:
    """Yield each key with its record; of one that cannot be read, as after a step back to an older version, say so."""
    for key, value in list(section.items()):
        record = _readable(kind, key, value)
        if record is not None:
            yield key, record


def stored_record(section: TableSection, key: bytes, kind: type[RecordT]) -> RecordT | None:
    """Return the record of a key, or nothing where there is none that can be read."""
    value = section.get(key)
    return None if value is None else _readable(kind, key, value)


def _readable(kind: type[RecordT], key: bytes, value: bytes) -> RecordT | None:
    try:
        return decode_record(kind, value)
    except UnreadableInput as error:
        log.error(
            "a stored record cannot be read: the others are in force", kind=kind.__name__, key=key, why=str(error)
        )
        return None
