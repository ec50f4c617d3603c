"""The producer from outside Faust, on the embedded broker."""

from __future__ import annotations

import asyncio
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from streams.broker import EmbeddedBroker
from streams.contents import read_to_end
from streams.errors import BrokerUnavailable
from streams.producer import KafkaProducer, open_producer
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


async def test_a_topic_that_takes_nothing_holds_up_no_other(tmp_path: Path) -> None:
    """What people change is published while a push waits for room in the batches of the news."""

    class Client:
        """Be a client in which the news has no room."""

        client: Any

        async def fetch_all_metadata(self) -> Any:
            return SimpleNamespace(topics=lambda: {"news.raw", "silences"})

        async def send(self, topic: str, **_: Any) -> asyncio.Future[Any]:
            confirmed: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
            if topic == "news.raw":
                await confirmed
            confirmed.set_result(SimpleNamespace(partition=0, offset=7))
            return confirmed

    full: Any = Client()
    full.client = full
    producer = KafkaProducer(full, Settings(data_dir=tmp_path))
    async with asyncio.timeout(5):
        waiting = asyncio.create_task(producer.send("news.raw", key=None, value=b"{}"))
        await asyncio.sleep(0)
        assert (await producer.send("silences", key=b"s", value=b"{}")).offset == 7
        waiting.cancel()


async def test_a_topic_that_is_not_there_is_said_at_once(tmp_path: Path) -> None:
    """Nothing is asked again and again: the namespace may be mistyped, or `tidewatch init` has yet to run."""
    with EmbeddedBroker(["news.raw"]) as broker:
        settings = Settings(data_dir=tmp_path, kafka_brokers=broker.address, namespace="mistyped")
        async with open_producer(settings) as producer:
            with pytest.raises(BrokerUnavailable, match=r"has no topic 'mistyped\.news\.raw': run `tidewatch init`"):
                await producer.send("news.raw", key=None, value=b"{}")
