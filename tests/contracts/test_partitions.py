"""One contract for every producer: a key lies on the same partition, whoever sends it."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import pytest
from aiokafka.partitioner import murmur2

from streams.broker import PARTITIONS, EmbeddedBroker
from streams.contents import read_to_end
from streams.producer import open_producer
from streams.settings import Settings
from streams.topics import make_topics, wanted_topics
from tests.stack.kafka import KafkaServer

KEYS = [f"key-{place}".encode() for place in range(60)] + ["Größe".encode(), b"\x00\xff"]

SENDER = Path(__file__).with_name("faust_sender.py")


def _by_murmur2(key: bytes) -> int:
    return (murmur2(key) & 0x7FFFFFFF) % PARTITIONS


async def _places(settings: Settings, topic: str) -> dict[bytes, set[int]]:
    places: dict[bytes, set[int]] = {}
    async for record in read_to_end(settings, [settings.named(topic)]):
        places.setdefault(record.key, set()).add(record.partition)
    return places


async def _check(settings: Settings) -> None:
    async with open_producer(settings) as producer:
        await asyncio.gather(*(producer.send("clicks", key=key, value=b"{}") for key in KEYS))
    environment = os.environ | {
        "TIDEWATCH_KAFKA_BROKERS": settings.kafka_brokers,
        "TIDEWATCH_NAMESPACE": settings.namespace,
        "TIDEWATCH_DATA_DIR": str(settings.data_dir),
    }
    sender = await asyncio.create_subprocess_exec(sys.executable, str(SENDER), env=environment, stdin=subprocess.PIPE)
    await asyncio.wait_for(sender.communicate(b"\n".join(key.hex().encode() for key in KEYS)), timeout=60)
    assert sender.returncode == 0
    expected = {key: {_by_murmur2(key)} for key in KEYS}
    assert await _places(settings, "clicks") == expected, "the service's own producer"
    assert await _places(settings, "reads") == expected, "a Faust agent's outlet"
    assert await _places(settings, "table.places") == expected, "the changelog of a table, beside its source"


async def test_producers_agree_on_the_embedded_broker(tmp_path: Path) -> None:
    """Outside producer, agents and tables agree on the embedded broker."""
    settings = Settings(data_dir=tmp_path, kafka_brokers="unset")
    names = [topic.name for topic in wanted_topics(settings, ("table.places",))]
    with EmbeddedBroker(names) as broker:
        await _check(settings.model_copy(update={"kafka_brokers": broker.address}))


@pytest.mark.stack
async def test_producers_agree_on_kafka(kafka: KafkaServer, namespace: str, tmp_path: Path) -> None:
    """Outside producer, agents and tables agree on real Kafka."""
    settings = Settings(namespace=namespace, data_dir=tmp_path, kafka_brokers=kafka.address, partitions=PARTITIONS)
    await make_topics(settings, (f"{namespace}.table.places",))
    await _check(settings)


@pytest.mark.parametrize(
    ("key", "digest"),
    [(b"21", -973932308), (b"foobar", -790332482), (b"abc", 479470107), (b"a-little-bit-long-string", -985981536)],
)
def test_the_hash_is_that_of_javas_client(key: bytes, digest: int) -> None:
    """The hash is that of Java's client (its own test vectors): other tools' keys lie beside ours."""
    assert murmur2(key) == digest & 0xFFFFFFFF
