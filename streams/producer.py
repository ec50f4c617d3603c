"""Publishing from outside Faust: raw bytes with the partitioner that everybody shares (murmur2, as Java's client)."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Protocol

from aiokafka import AIOKafkaProducer
from aiokafka.errors import (
    InvalidTopicError,
    KafkaError,
    MessageSizeTooLargeError,
    RecordTooLargeError,
)

from streams.errors import BrokerUnavailable, DeadLetterReason, UnreadableInput
from streams.refusals import refusal
from streams.security import kafka_security
from streams.settings import Settings

TOO_LARGE_ERRORS = (MessageSizeTooLargeError, RecordTooLargeError)
"""What the client, or the broker, says of a record over its limit: permanent, whatever is tried."""

Headers = Sequence[tuple[str, bytes]]


@dataclass(frozen=True, slots=True)
class Receipt:
    """Say where a record came to lie."""

    partition: int
    offset: int


class Producer(Protocol):
    """Publish the records of a topic in the order of the calls; a call returns once the broker has confirmed."""

    async def send(
        self,
        topic: str,
        *,
        key: bytes | None,
        value: bytes | None,
        headers: Headers = (),
        timestamp_ms: int | None = None,
        partition: int | None = None,
    ) -> Receipt:
        """Publish one record to a topic, named without its namespace.

        Raises:
            UnreadableInput: the record is over the limit, here or at the broker.
            BrokerUnavailable: the broker did not confirm.
        """
        ...


class KafkaProducer:
    """Publish through aiokafka; a call waits for the broker, and calls side by side share batches."""

    def __init__(self, producer: AIOKafkaProducer, settings: Settings) -> None:
        self._producer = producer
        self._settings = settings
        self._seen: set[str] = set()
        """Topics that are there. Of one that is not, aiokafka asks, and logs it, without a pause for 40 s."""
        self._turns: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        """Of each topic, taken first come, first served. Without it a record that waits, for metadata or for room in
        its partition's batch, would be overtaken by a later and smaller one of the same key."""

    async def send(
        self,
        topic: str,
        *,
        key: bytes | None,
        value: bytes | None,
        headers: Headers = (),
        timestamp_ms: int | None = None,
        partition: int | None = None,
    ) -> Receipt:
        """Publish one record; see `Producer.send`."""
        name = self._settings.named(topic)
        try:
            async with self._turns[name]:
                await self._see(name)
                confirmation = await self._producer.send(
                    name,
                    key=key,
                    value=value,
                    headers=list(headers),
                    timestamp_ms=timestamp_ms,
                    partition=partition,
                )
            metadata = await confirmation
        except TOO_LARGE_ERRORS as error:
            raise UnreadableInput(DeadLetterReason.TOO_LARGE, str(error)) from error
        except InvalidTopicError as error:
            raise self._missing(name) from error
        except KafkaError as error:
            raise BrokerUnavailable(f"Kafka at {self._settings.kafka_brokers} did not confirm: {error!r}") from error
        return Receipt(partition=metadata.partition, offset=metadata.offset)

    async def _see(self, name: str) -> None:
        if name in self._seen:
            return
        if name not in (await self._producer.client.fetch_all_metadata()).topics():
            raise self._missing(name)
        self._seen.add(name)

    def _missing(self, name: str) -> BrokerUnavailable:
        return BrokerUnavailable(
            f"Kafka at {self._settings.kafka_brokers} has no topic {name!r}: run `tidewatch init`, or see"
            " TIDEWATCH_NAMESPACE"
        )


@asynccontextmanager
async def open_producer(settings: Settings) -> AsyncIterator[KafkaProducer]:
    """Connect, yield a producer, and flush on the way out.

    Raises:
        BrokerUnavailable: no broker answers.
    """
    producer = AIOKafkaProducer(
        bootstrap_servers=settings.kafka_brokers,
        acks="all",
        linger_ms=5,
        max_request_size=settings.max_message_bytes,
        **kafka_security(settings),
    )
    try:
        await producer.start()
        # The start has reached an address that was given; now one that the brokers name.
        await producer.client.fetch_all_metadata()
    except (KafkaError, OSError) as error:
        await producer.stop()
        raise await refusal(settings, error) from error
    try:
        yield KafkaProducer(producer, settings)
    finally:
        await producer.stop()
