"""The producer that connects when it is needed."""

from __future__ import annotations

from pathlib import Path

import pytest

from streams.broker import EmbeddedBroker
from streams.errors import BrokerUnavailable
from streams.settings import Settings
from tests.pipeline.conftest import embedded_topics
from tests.stack.server import free_ports
from web.publishing import LateProducer


async def test_it_connects_at_its_first_use(tmp_path: Path) -> None:
    """Without a broker each try says so; with one, records go out."""
    (port,) = free_ports(1)
    settings = Settings(data_dir=tmp_path, kafka_brokers=f"127.0.0.1:{port}")
    async with LateProducer(settings) as producer:
        for _ in range(2):
            with pytest.raises(BrokerUnavailable):
                await producer.send("news.raw", key=b"k", value=b"v")
    with EmbeddedBroker(embedded_topics(settings)) as broker:
        async with LateProducer(settings.model_copy(update={"kafka_brokers": broker.address})) as producer:
            first = await producer.send("news.raw", key=b"k", value=b"v")
            second = await producer.send("news.raw", key=b"k", value=b"v")
    assert (second.partition, second.offset) == (first.partition, first.offset + 1)
