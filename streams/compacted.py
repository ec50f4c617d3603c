"""Reading a compacted topic once: the latest record of each key."""

from __future__ import annotations

from typing import TypeVar

from streams.dead_letters import read_to_end
from streams.decoding import decode_record
from streams.records import Record
from streams.settings import Settings
from streams.topics import Topic

RecordT = TypeVar("RecordT", bound=Record)


async def read_latest(settings: Settings, topic: Topic, kind: type[RecordT]) -> dict[str, RecordT]:
    """Return the latest record of each key, the keys in order; what was forgotten is not among them.

    Raises:
        BrokerUnavailable: no broker answers.
        UnreadableInput: a record has a format that this version does not know.
    """
    latest: dict[str, bytes] = {}
    async for record in read_to_end(settings, [settings.named(topic)]):
        key = (record.key or b"").decode("utf-8", "replace")
        if record.value is None:
            latest.pop(key, None)
        else:
            latest[key] = record.value
    return {key: decode_record(kind, value) for key, value in sorted(latest.items())}
