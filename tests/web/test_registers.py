"""What the web process reads of compacted topics, on a real broker."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from streams.broker import EmbeddedBroker
from streams.errors import BrokerUnavailable
from streams.producer import open_producer
from streams.settings import Settings
from streams.subscriptions import Silence, Subscription, encode_subscription
from streams.topics import FIRST_PARTITION, Topic
from tests.pipeline.conftest import embedded_topics
from tests.stack.server import free_ports
from web import following
from web.following import Entry
from web.registers import Register, Registers, follow_registers


def _subscription(name: str) -> Subscription:
    fields = {"subscription_id": name, "name": name, "channel": {"kind": "topic"}, "updated_at": datetime.now(UTC)}
    return Subscription.model_validate(fields)


async def test_registers_follow_their_topics(tmp_path: Path) -> None:
    """What was there before, what comes, and what is forgotten are known; who published waits until it is read."""
    settings = Settings(data_dir=tmp_path, kafka_brokers="unset")
    with EmbeddedBroker(embedded_topics(settings)) as broker:
        settings = settings.model_copy(update={"kafka_brokers": broker.address})
        registers = Registers()

        async def send(name: str, value: bytes | None) -> int:
            key = name.encode()
            return (await producer.send(Topic.SUBSCRIPTIONS, key=key, value=value, partition=FIRST_PARTITION)).offset

        async with asyncio.timeout(60), open_producer(settings) as producer:
            for name in ("b", "a", "gone"):
                await send(name, encode_subscription(_subscription(name)))
            await send("bad", b"{}")
            await send("gone", None)
            reading = asyncio.create_task(follow_registers(settings, registers))
            assert list(await registers.subscriptions.all()) == ["a", "b"]
            assert await registers.silences.all() == {}
            await registers.subscriptions.until(await send("c", encode_subscription(_subscription("c"))))
            assert await registers.subscriptions.get("c") is not None
            await registers.subscriptions.until(await send("a", None))
            assert await registers.subscriptions.get("a") is None
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)


def test_a_topic_that_began_anew_is_read_anew() -> None:
    """After a connection was lost reading goes on; a topic that is shorter than what was read is another one."""
    register = Register(Topic.SUBSCRIPTIONS, Subscription)
    assert register.begin(0, 2) == 0
    register.take(Entry(0, b"a", encode_subscription(_subscription("a"))))
    register.take(Entry(1, b"b", encode_subscription(_subscription("b"))))
    assert register.begin(0, 5) == 2
    assert len(list(register.known())) == 2
    assert register.begin(0, 1) == 0
    assert list(register.known()) == []


async def test_before_the_first_reading_nothing_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty list would be a lie while the topic has not been read: it is refused for now."""
    monkeypatch.setattr(following, "WAIT_S", 0.05)
    register = Register(Topic.SUBSCRIPTIONS, Subscription)
    with pytest.raises(BrokerUnavailable, match="subscriptions"):
        await register.all()
    register.begin(0, 1)
    register.reached(0)
    with pytest.raises(BrokerUnavailable):
        await register.get("a")
    register.take(Entry(0, b"a", encode_subscription(_subscription("a"))))
    assert await register.get("a") is not None


async def test_a_broker_that_is_away_is_said_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """However often it is tried again; that it is back is said once too."""
    monkeypatch.setattr(following, "RETRY_S", 0.05)
    (port,) = free_ports(1)
    settings = Settings(data_dir=tmp_path, kafka_brokers=f"127.0.0.1:{port}")
    tries, follow_once = [], following._follow

    async def counted(*asked: Any) -> None:
        tries.append(asked)
        if len(tries) == 4:
            asked[-1]()
        await follow_once(*asked)

    monkeypatch.setattr(following, "_follow", counted)
    with capture_logs() as said:
        reading = asyncio.create_task(following.follow(settings, Topic.SILENCES, Register(Topic.SILENCES, Silence)))
        async with asyncio.timeout(20):
            while len(tries) < 7:
                await asyncio.sleep(0.01)
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)
    away, back = "a topic cannot be followed; trying again", "a topic is followed again"
    assert [line["event"] for line in said] == [away, back, away]
    assert f"Kafka at 127.0.0.1:{port} does not answer (Connection refused)" in said[0]["error"]
