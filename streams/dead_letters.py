"""Reading the dead-letter topics, and fetching the message that a letter is about."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.errors import KafkaError

from streams.decoding import decode_record
from streams.errors import BrokerUnavailable, DataMissing
from streams.records import DeadLetter
from streams.security import kafka_security
from streams.settings import Settings
from streams.topics import Topic, dead_letter_topic, existing_topics

READ_WITHIN_MS = 10_000


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
    place = TopicPartition(letter.topic, letter.partition)
    consumer = await _started(settings)
    try:
        consumer.assign([place])
        first = (await consumer.beginning_offsets([place]))[place]
        end = (await consumer.end_offsets([place]))[place]
        if not first <= letter.offset < end:
            raise DataMissing(
                f"{letter.topic}/{letter.partition} holds offsets {first} to {end - 1}; offset {letter.offset} has"
                " lapsed: raise the topic's retention, or ask the feed to send again"
            )
        consumer.seek(place, letter.offset)
        batch = await consumer.getmany(place, timeout_ms=READ_WITHIN_MS, max_records=1)
        record = batch[place][0]
        return Original(key=record.key, value=record.value, headers=tuple(record.headers))
    except KafkaError as error:
        raise BrokerUnavailable(f"Kafka at {settings.kafka_brokers}: {error!r}") from error
    finally:
        await consumer.stop()


async def read_to_end(settings: Settings, topics: Sequence[str]) -> AsyncIterator[ConsumerRecord]:
    """Yield every record that lies in the topics now, partition by partition; no group, nothing committed.

    Raises:
        BrokerUnavailable: no broker answers.
    """
    places = [
        TopicPartition(topic, partition)
        for topic, count in sorted((await existing_topics(settings, topics)).items())
        for partition in range(count)
    ]
    if not places:
        return
    consumer = await _started(settings)
    try:
        consumer.assign(places)
        ends = await consumer.end_offsets(places)
        await consumer.seek_to_beginning(*places)
        begins = await consumer.beginning_offsets(places)
        left = {place for place in places if ends[place] > begins[place]}
        while left:
            for place, records in (await consumer.getmany(*left, timeout_ms=READ_WITHIN_MS)).items():
                for record in records:
                    if record.offset < ends[place]:
                        yield record
            left = {place for place in left if await consumer.position(place) < ends[place]}
    except KafkaError as error:
        raise BrokerUnavailable(f"Kafka at {settings.kafka_brokers}: {error!r}") from error
    finally:
        await consumer.stop()


async def _started(settings: Settings) -> AIOKafkaConsumer:
    consumer = AIOKafkaConsumer(
        bootstrap_servers=settings.kafka_brokers,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        **kafka_security(settings),
    )
    try:
        await consumer.start()
    except (KafkaError, OSError) as error:
        await consumer.stop()
        raise BrokerUnavailable(f"no Kafka broker answers at {settings.kafka_brokers}: {error}") from error
    return consumer
