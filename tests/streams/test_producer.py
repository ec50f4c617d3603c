"""The producer from outside Faust, on the embedded broker."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from streams.broker import EmbeddedBroker
from streams.contents import read_to_end
from streams.errors import BrokerUnavailable
from streams.producer import open_producer
from streams.settings import Settings

RECORDS = 1_000


async def test_records_lie_in_the_order_of_the_calls(tmp_path: Path) -> None:
    """Some calls come just when what the first waited for, the topic's metadata, has arrived: they do not overtake."""
    with EmbeddedBroker(["clicks.raw"]) as broker:
        settings = Settings(data_dir=tmp_path, kafka_brokers=broker.address)
        async with open_producer(settings) as producer, asyncio.TaskGroup() as group:
            for place in range(RECORDS):
                group.create_task(producer.send("clicks.raw", key=b"r1", value=b"%d" % place))
                await asyncio.sleep(0)
        found = [int(record.value) async for record in read_to_end(settings, ["clicks.raw"])]
    assert found == list(range(RECORDS))


async def test_a_topic_that_is_not_there_is_said_at_once(tmp_path: Path) -> None:
    """Nothing is asked again and again: the namespace may be mistyped, or `tidewatch init` has yet to run."""
    with EmbeddedBroker(["news.raw"]) as broker:
        settings = Settings(data_dir=tmp_path, kafka_brokers=broker.address, namespace="mistyped")
        async with open_producer(settings) as producer:
            with pytest.raises(BrokerUnavailable, match=r"has no topic 'mistyped\.news\.raw': run `tidewatch init`"):
                await producer.send("news.raw", key=None, value=b"{}")
