"""What topics hold now, read without a group and once: everything to the end, or the record at one offset."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.errors import KafkaError

from streams.errors import BrokerUnavailable, DataMissing
from streams.refusals import refusal
from streams.security import kafka_security
from streams.settings import Settings
from streams.topics import existing_topics

READ_WITHIN_MS = 10_000


async def read_to_end(settings: Settings, topics: Sequence[str]) -> AsyncIterator[ConsumerRecord]:
    """Yield every record that lies in the topics now, partition by partition.

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
    async with _consumer(settings) as consumer:
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


async def read_one(settings: Settings, topic: str, partition: int, offset: int) -> ConsumerRecord:
    """Return the record at one offset.

    Raises:
        DataMissing: the topic no longer holds it.
        BrokerUnavailable: no broker answers, or none in time.
    """
    place = TopicPartition(topic, partition)
    async with _consumer(settings) as consumer:
        consumer.assign([place])
        first = (await consumer.beginning_offsets([place]))[place]
        end = (await consumer.end_offsets([place]))[place]
        if not first <= offset < end:
            raise DataMissing(
                f"{topic}/{partition} holds offsets {first} to {end - 1}; offset {offset} has lapsed: raise the"
                " topic's retention, or ask the feed to send again"
            )
        consumer.seek(place, offset)
        found = (await consumer.getmany(place, timeout_ms=READ_WITHIN_MS, max_records=1)).get(place)
        if not found:
            raise BrokerUnavailable(f"{topic}/{partition}: offset {offset} did not come in {READ_WITHIN_MS // 1000} s")
        # Of a compacted topic the next record that is left comes instead.
        if found[0].offset != offset:
            raise DataMissing(f"{topic}/{partition} no longer holds offset {offset}: a later record of its key stands")
        return found[0]


@asynccontextmanager
async def _consumer(settings: Settings) -> AsyncIterator[AIOKafkaConsumer]:
    consumer = AIOKafkaConsumer(
        bootstrap_servers=settings.kafka_brokers,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        **kafka_security(settings),
    )
    try:
        await consumer.start()
        yield consumer
    except (KafkaError, OSError) as error:
        raise await refusal(settings, error) from error
    finally:
        await consumer.stop()
