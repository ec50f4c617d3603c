"""A producer that connects when it is needed: articles can be searched while the broker is away."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from types import TracebackType
from typing import Self

from streams.errors import BrokerUnavailable
from streams.producer import Headers, KafkaProducer, Receipt, open_producer
from streams.settings import Settings

CONNECT_WITHIN_S = 5.0


class LateProducer:
    """Publish through a producer that is opened at its first use; see `Producer`."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._held = AsyncExitStack()
        self._opening = asyncio.Lock()
        self._producer: KafkaProducer | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        await self._held.aclose()

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
        producer = self._producer or await self._open()
        return await producer.send(
            topic, key=key, value=value, headers=headers, timestamp_ms=timestamp_ms, partition=partition
        )

    async def _open(self) -> KafkaProducer:
        async with self._opening:
            if self._producer is None:
                try:
                    async with asyncio.timeout(CONNECT_WITHIN_S):
                        self._producer = await self._held.enter_async_context(open_producer(self._settings))
                except TimeoutError:
                    detail = f"Kafka at {self._settings.kafka_brokers} did not answer within {CONNECT_WITHIN_S:.0f} s"
                    raise BrokerUnavailable(detail) from None
            return self._producer
