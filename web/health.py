"""Whether the index and the broker answer: asked for `/health` and for the console, a few seconds old at most."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass

from streams.errors import BrokerUnavailable
from streams.settings import Settings
from streams.sinks.index import Index, IndexHealth
from streams.topics import Topic, existing_topics

KEPT_S = 3.0
WITHIN_S = 4.0


@dataclass(frozen=True, slots=True)
class Health:
    """Say what answers, and in words a person can act on what does not."""

    index: IndexHealth
    broker_reachable: bool
    broker: str

    @property
    def well(self) -> bool:
        """Say whether everything answers."""
        return self.index.reachable and self.broker_reachable


class Probe:
    """Ask index and broker, at most once in `KEPT_S` however many want to know."""

    def __init__(self, settings: Settings, index: Index) -> None:
        self._settings = settings
        self._index = index
        self._lock = asyncio.Lock()
        self._latest: tuple[float, Health] | None = None

    async def check(self) -> Health:
        """Return how index and broker are; never raises."""
        async with self._lock:
            if self._latest is None or time.monotonic() - self._latest[0] > KEPT_S:
                index, (reachable, broker) = await asyncio.gather(self._check_index(), self._check_broker())
                self._latest = (time.monotonic(), Health(index, reachable, broker))
            return self._latest[1]

    async def _check_index(self) -> IndexHealth:
        try:
            async with asyncio.timeout(WITHIN_S):
                return await self._index.check()
        except TimeoutError:
            return IndexHealth(reachable=False, detail=f"the index did not answer within {WITHIN_S:.0f} s")

    async def _check_broker(self) -> tuple[bool, str]:
        name = self._settings.named(Topic.NEWS_RAW)
        try:
            async with asyncio.timeout(WITHIN_S):
                if await existing_topics(self._settings, [name]):
                    return True, f"Kafka at {self._settings.kafka_brokers}"
            return False, f"topic {name!r} does not exist: run `tidewatch init`"
        except BrokerUnavailable as error:
            return False, str(error)
        except TimeoutError:
            return False, f"Kafka at {self._settings.kafka_brokers} did not answer within {WITHIN_S:.0f} s"
