"""How far a consumer group is behind on a topic, read from outside the group."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from streams.errors import BrokerUnavailable
from streams.refusals import refusal
from streams.security import kafka_security
from streams.settings import Settings


@asynccontextmanager
async def group_lag(settings: Settings, topic: str, group: str) -> AsyncIterator[Callable[[], Awaitable[int]]]:
    """Yield a function that tells how many messages of a topic a group has not committed yet.

    A partition that the group never committed does not count: nobody may be reading it at all. The group is only
    asked about, never joined.

    Raises:
        BrokerUnavailable: no broker answers.
    """
    places = [TopicPartition(settings.named(topic), number) for number in range(settings.partitions)]
    consumer = AIOKafkaConsumer(
        bootstrap_servers=settings.kafka_brokers,
        group_id=settings.named(group),
        enable_auto_commit=False,
        **kafka_security(settings),
    )

    async def lag() -> int:
        try:
            ends = await consumer.end_offsets(places)
            committed = [await consumer.committed(place) for place in places]
        except KafkaError as error:
            raise BrokerUnavailable(f"Kafka at {settings.kafka_brokers} does not tell offsets: {error!r}") from error
        return sum(
            max(0, ends[place] - done) for place, done in zip(places, committed, strict=True) if done is not None
        )

    try:
        await consumer.start()
        consumer.assign(places)
        yield lag
    except (KafkaError, OSError) as error:
        raise await refusal(settings, error) from error
    finally:
        await consumer.stop()
