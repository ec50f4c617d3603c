"""The embedded broker: librdkafka's mock cluster, a Kafka-protocol broker in memory.

It keeps about 5 MB a partition and forgets all when it stops: for demonstrations and tests, paced by the lag.
"""

from __future__ import annotations

from collections.abc import Iterable
from types import TracebackType

from confluent_kafka import Producer

from streams.errors import BrokerUnavailable

PARTITIONS = 4
"""The mock cluster's own number of partitions; it cannot be changed from Python."""


class EmbeddedBroker:
    """Run the broker for as long as the context lasts.

    Topics come into being when they are first named, so `address` serves clients that may not make topics.
    """

    def __init__(self, topics: Iterable[str] = ()) -> None:
        self._topics = tuple(topics)
        self._owner: Producer | None = None

    def __enter__(self) -> EmbeddedBroker:
        # The broker lives in its client: as long as this producer is referenced.
        self._owner = Producer({"bootstrap.servers": "mock", "test.mock.num.brokers": 1, "log_level": 0})
        self._make(self._topics)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._owner = None

    @property
    def address(self) -> str:
        """Return host:port for clients on this machine."""
        brokers = self._running().list_topics(timeout=10).brokers
        return ",".join(f"{broker.host}:{broker.port}" for broker in brokers.values())

    def _make(self, topics: Iterable[str]) -> None:
        for topic in topics:
            found = self._running().list_topics(topic, timeout=10).topics[topic]
            if found.error is not None:
                raise BrokerUnavailable(f"the embedded broker did not make topic {topic!r}: {found.error}")

    def _running(self) -> Producer:
        if self._owner is None:
            raise BrokerUnavailable("the embedded broker is not running: use it in a `with` block")
        return self._owner
