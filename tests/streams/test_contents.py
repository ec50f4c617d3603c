"""What topics hold, where the broker does not give what was asked for."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer
from confluent_kafka import Producer

from streams import contents
from streams.broker import EmbeddedBroker
from streams.contents import read_one, read_to_end
from streams.errors import BrokerUnavailable, DataMissing
from streams.settings import Settings


class _Consumer:
    """Stand in for aiokafka's consumer of a topic that was compacted: of offsets 0 to 9 only 7 is left."""

    left: tuple[int, ...] = (7,)
    moves: tuple[int, ...] = ()
    """Where each fetch leaves the position, one after another; then it stays."""

    def __init__(self, **_: Any) -> None:
        self._at = 0
        self._moves = list(self.moves)

    async def start(self) -> None:
        """Do nothing."""

    async def stop(self) -> None:
        """Do nothing."""

    def assign(self, places: list[Any]) -> None:
        """Do nothing."""

    async def beginning_offsets(self, places: list[Any]) -> dict[Any, int]:
        return dict.fromkeys(places, 0)

    async def end_offsets(self, places: list[Any]) -> dict[Any, int]:
        return dict.fromkeys(places, 10)

    def seek(self, place: Any, offset: int) -> None:
        self._at = offset

    async def seek_to_beginning(self, *places: Any) -> None:
        self._at = 0

    async def position(self, place: Any) -> int:
        return self._at

    async def getmany(self, place: Any, **_: Any) -> dict[Any, list[Any]]:
        await asyncio.sleep(0)
        if self._moves:
            before, self._at = self._at, self._moves.pop(0)
            gone = [SimpleNamespace(offset=offset) for offset in self.left if before <= offset < self._at]
            return {place: gone} if gone else {}
        found = [SimpleNamespace(offset=offset) for offset in self.left if offset >= self._at]
        return {place: found[:1]} if found else {}


@pytest.fixture(autouse=True)
def compacted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Put the stand-in in the place of the consumer."""
    monkeypatch.setattr(contents, "AIOKafkaConsumer", _Consumer)


async def test_what_compaction_took_is_not_the_record_behind_it() -> None:
    """A dead letter of a subscription may be about a message that a later one replaced: that one is not sent again."""
    assert (await read_one(Settings(), "subscriptions", 0, 7)).offset == 7
    with pytest.raises(DataMissing, match="no longer holds offset 5"):
        await read_one(Settings(), "subscriptions", 0, 5)


async def test_a_record_that_does_not_come_is_a_broker_that_is_away() -> None:
    """Where nothing comes in time, that is said."""
    with pytest.raises(BrokerUnavailable, match="offset 8 did not come"):
        await read_one(Settings(), "subscriptions", 0, 8)


async def _one_partition(settings: Settings, topics: list[str]) -> dict[str, int]:
    return dict.fromkeys(topics, 1)


async def _read() -> list[int]:
    async with asyncio.timeout(5):
        return [record.offset async for record in read_to_end(Settings(kafka_brokers="127.0.0.1:9"), ["news.raw"])]


async def test_a_position_that_moves_is_progress(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fetches that hold nothing but gaps and marks of transactions are read past."""
    monkeypatch.setattr(contents, "existing_topics", _one_partition)
    monkeypatch.setattr(_Consumer, "moves", (3, 5, 9, 10))
    assert await _read() == [7]


async def test_a_position_that_stays_is_a_broker_that_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where fetches bring nothing, the read ends and says why instead of waiting for ever."""
    monkeypatch.setattr(contents, "existing_topics", _one_partition)
    monkeypatch.setattr(_Consumer, "moves", (3, 3))
    with pytest.raises(BrokerUnavailable, match=r"127\.0\.0\.1:9 does not answer"):
        await _read()


async def test_a_broker_that_goes_during_the_read_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """More lies in the topic than one fetch brings, and the broker is gone after the first record."""
    monkeypatch.setattr(contents, "AIOKafkaConsumer", AIOKafkaConsumer)
    monkeypatch.setattr(contents, "READ_WITHIN_MS", 300)
    with EmbeddedBroker(["news.raw"]) as broker:
        settings = Settings(kafka_brokers=broker.address)
        producer = Producer({"bootstrap.servers": broker.address})
        for _ in range(4_000):
            producer.produce("news.raw", b"x" * 1_000, partition=0)
        producer.flush(20)
        reading = read_to_end(settings, ["news.raw"])
        await anext(reading)
    with pytest.raises(BrokerUnavailable, match="does not answer"):
        await asyncio.wait_for(anext(record async for record in reading if record.offset == 3_999), 20)
