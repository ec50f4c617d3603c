"""What topics hold now, read without a group and once: everything to the end, or the record at one offset."""

from __future__ import annotations

import asyncio
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
        BrokerUnavailable: no broker answers, or none gives more of a topic in time.
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
        reached = {place: begins[place] for place in places if ends[place] > begins[place]}
        while reached:
            found = await consumer.getmany(*reached, timeout_ms=READ_WITHIN_MS)
            for place, records in found.items():
                for record in records:
                    if record.offset < ends[place]:
                        yield record
            # A position also moves past what compaction left of a batch, and past the marks of transactions.
            positions = {place: await consumer.position(place) for place in reached}
            if not found and positions == reached:
                place = min(reached)
                raise TimeoutError(f"{place.topic}/{place.partition}: nothing came in {READ_WITHIN_MS // 1000} s")
            reached = {place: at for place, at in positions.items() if at < ends[place]}


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
        await _stop(consumer)


async def _stop(consumer: AIOKafkaConsumer) -> None:
    try:
        await consumer.stop()
    except asyncio.CancelledError:
        # Where the broker is away, aiokafka lets the cancellation of its own fetch out, in place of what was raised.
        task = asyncio.current_task()
        if task is None or task.cancelling():
            raise
