"""Dead letters: all that there are, and the message that one is about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from streams.contents import read_one, read_to_end
from streams.decoding import decode_record
from streams.records import DeadLetter
from streams.settings import Settings
from streams.topics import Topic, dead_letter_topic


@dataclass(frozen=True, slots=True)
class Original:
    """Be the message that a dead letter is about, as it was."""

    key: bytes | None
    value: bytes | None
    headers: Sequence[tuple[str, bytes]]


async def dead_letters(settings: Settings, topics: Sequence[str] | None = None) -> list[DeadLetter]:
    """Return every dead letter, oldest first; one that a repeat wrote twice comes once.

    Raises:
        BrokerUnavailable: no broker answers.
    """
    names = [settings.named(dead_letter_topic(topic)) for topic in topics or list(Topic)]
    letters: dict[bytes, DeadLetter] = {}
    async for record in read_to_end(settings, names):
        letter = decode_record(DeadLetter, record.value)
        letters.setdefault(record.key or repr(letter).encode(), letter)
    return sorted(letters.values(), key=lambda letter: (letter.at, letter.topic, letter.partition, letter.offset))


async def fetch_original(settings: Settings, letter: DeadLetter) -> Original:
    """Read the message that a letter is about from its topic.

    Raises:
        DataMissing: the topic no longer holds it.
        BrokerUnavailable: no broker answers.
    """
    record = await read_one(settings, letter.topic, letter.partition, letter.offset)
    return Original(key=record.key, value=record.value, headers=tuple(record.headers))
