"""Reading a compacted topic once: the latest record of each key, on the partition that the roles read."""

from __future__ import annotations

from typing import TypeVar

import structlog

from streams.contents import read_to_end
from streams.decoding import decode_record
from streams.errors import UnreadableInput
from streams.records import Record
from streams.settings import Settings
from streams.topics import FIRST_PARTITION, Topic

RecordT = TypeVar("RecordT", bound=Record)
log = structlog.get_logger(__name__)


async def read_latest(settings: Settings, topic: Topic, kind: type[RecordT]) -> dict[str, RecordT]:
    """Return the latest record of each key, the keys in order; what was forgotten is not among them.

    A record that cannot be read is left out with a warning: the roles step over it too.

    Raises:
        BrokerUnavailable: no broker answers.
    """
    found: dict[str, RecordT] = {}
    for key, value in sorted((await _latest(settings, topic)).items()):
        try:
            found[key] = decode_record(kind, value)
        except UnreadableInput as error:
            log.warning("a record cannot be read and is left out", topic=topic, key=key, error=str(error))
    return found


async def latest_keys(settings: Settings, topic: Topic) -> frozenset[str]:
    """Return the keys that hold a record, whether it can be read or not.

    Raises:
        BrokerUnavailable: no broker answers.
    """
    return frozenset(await _latest(settings, topic))


async def _latest(settings: Settings, topic: Topic) -> dict[str, bytes]:
    latest: dict[str, bytes] = {}
    async for record in read_to_end(settings, [settings.named(topic)]):
        if record.partition != FIRST_PARTITION:
            continue
        key = (record.key or b"").decode("utf-8", "replace")
        if record.value is None:
            latest.pop(key, None)
        else:
            latest[key] = record.value
    return latest
