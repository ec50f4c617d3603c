"""The producer that connects when it is needed."""

from __future__ import annotations

import asyncio
import signal
import sys
from pathlib import Path

import pytest

from streams.broker import EmbeddedBroker
from streams.errors import BrokerUnavailable
from streams.settings import Settings
from tests.pipeline.conftest import embedded_topics
from tests.stack.server import free_ports
from web import publishing
from web.publishing import LateProducer

HANGING = """
import sys, time
from pathlib import Path
from streams.broker import EmbeddedBroker
from streams.settings import Settings
from tests.pipeline.conftest import embedded_topics
with EmbeddedBroker(embedded_topics(Settings(data_dir=Path(sys.argv[1])))) as broker:
    print(broker.address, flush=True)
    time.sleep(600)
"""


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


async def test_a_broker_that_hangs_is_not_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It takes a connection and answers nothing any more, as behind a network that broke: who asked is told soon."""
    monkeypatch.setattr(publishing, "PUBLISH_WITHIN_S", 0.5)
    program = (sys.executable, "-c", HANGING, str(tmp_path))
    broker = await asyncio.create_subprocess_exec(*program, stdout=asyncio.subprocess.PIPE)
    assert broker.stdout is not None
    try:
        address = (await broker.stdout.readline()).decode().strip()
        settings = Settings(data_dir=tmp_path, kafka_brokers=address)
        async with LateProducer(settings) as producer:
            await producer.send("reads", key=b"r", value=None)
            broker.send_signal(signal.SIGSTOP)
            async with asyncio.timeout(5):
                with pytest.raises(BrokerUnavailable, match="did not confirm"):
                    await producer.send("reads", key=b"r", value=None)
            broker.send_signal(signal.SIGCONT)
            await producer.send("reads", key=b"r", value=None)
    finally:
        broker.kill()
        await broker.wait()
