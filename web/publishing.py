"""A producer that connects when it is needed: articles can be searched while the broker is away."""

from __future__ import annotations

import asyncio
import math
import time
from contextlib import AsyncExitStack
from types import TracebackType
from typing import Self

from streams.errors import BrokerUnavailable
from streams.producer import Headers, KafkaProducer, Receipt, open_producer
from streams.settings import Settings

PUBLISH_WITHIN_S = 10.0
"""A client of Kafka tries for two minutes; who asks over HTTP is told before a proxy gives them up."""
CONNECT_WITHIN_S = 5.0
REST_S = 1.0
"""After a try that failed, the many that waited for it fail with it."""


class LateProducer:
    """Publish through a producer that is opened at its first use; see `Producer`."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._held = AsyncExitStack()
        self._opening = asyncio.Lock()
        self._producer: KafkaProducer | None = None
        self._failed = (-math.inf, "")
        """When the last try failed, and what it said."""

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
        """Publish one record; see `Producer.send`. A broker that is too slow may have taken it all the same."""
        try:
            async with asyncio.timeout(PUBLISH_WITHIN_S):
                producer = self._producer or await self._open()
                return await producer.send(
                    topic, key=key, value=value, headers=headers, timestamp_ms=timestamp_ms, partition=partition
                )
        except TimeoutError:
            raise BrokerUnavailable(f"the broker did not confirm within {PUBLISH_WITHIN_S:.0f} s") from None

    async def _open(self) -> KafkaProducer:
        async with self._opening:
            if self._producer is not None:
                return self._producer
            failed_s, words = self._failed
            if time.monotonic() - failed_s < REST_S:
                raise BrokerUnavailable(words)
            try:
                async with asyncio.timeout(CONNECT_WITHIN_S):
                    self._producer = await self._held.enter_async_context(open_producer(self._settings))
            except (BrokerUnavailable, TimeoutError) as error:
                brokers = self._settings.kafka_brokers
                words = str(error) or f"Kafka at {brokers} did not answer within {CONNECT_WITHIN_S:.0f} s"
                self._failed = (time.monotonic(), words)
                raise BrokerUnavailable(words) from None
            return self._producer
