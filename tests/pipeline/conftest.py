"""The whole service with a stub model, started once on the embedded parts and once on the real ones."""

from __future__ import annotations

import asyncio
import contextlib
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import pytest

from agents.roles import changelogs
from streams.broker import PARTITIONS, EmbeddedBroker
from streams.errors import RetryableError
from streams.producer import Receipt, open_producer
from streams.settings import Settings
from streams.sinks.index import Index
from streams.sinks.opening import open_index
from streams.topics import Topic, make_topics, wanted_topics
from tests.stack.workers import Workers

ResultT = TypeVar("ResultT")

WITHIN_S = 90.0
MAX_MESSAGE_BYTES = 300_000


@dataclass(frozen=True, slots=True)
class Parts:
    """Hold the settings of a running service and its workers."""

    settings: Settings
    workers: Workers


def service_settings(home: Path, **chosen: Any) -> Settings:
    """Return settings for tests: a stub model, quick sessions, small caps."""
    return Settings(
        namespace=f"t{uuid.uuid4().hex[:10]}",
        data_dir=home,
        partitions=PARTITIONS,
        model="stub",
        test_hooks=True,
        webhook_allow_private=True,
        broker_session_timeout_s=5.0,
        max_message_bytes=MAX_MESSAGE_BYTES,
        log_level="WARNING",
        **chosen,
    )


def embedded_topics(settings: Settings) -> list[str]:
    """Name every topic that the service uses, for a broker that makes topics when they are named."""
    return [topic.name for topic in wanted_topics(settings, changelogs(settings))]


@pytest.fixture(scope="session")
def _embedded_parts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Parts]:
    settings = service_settings(tmp_path_factory.mktemp("embedded"), kafka_brokers="unset")
    with EmbeddedBroker(embedded_topics(settings)) as broker:
        settings = settings.model_copy(update={"kafka_brokers": broker.address})
        with Workers(settings) as workers:
            yield Parts(settings, workers)


@pytest.fixture(scope="session")
def _real_parts(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Parts]:
    kafka = request.getfixturevalue("kafka")
    elasticsearch = request.getfixturevalue("elasticsearch")
    settings = service_settings(
        tmp_path_factory.mktemp("real"),
        kafka_brokers=kafka.address,
        index="elasticsearch",
        elasticsearch_url=elasticsearch.url,
    )
    asyncio.run(make_topics(settings, changelogs(settings)))
    with Workers(settings) as workers:
        yield Parts(settings, workers)


@pytest.fixture(params=["embedded", pytest.param("real", marks=pytest.mark.stack)])
def parts(request: pytest.FixtureRequest) -> Parts:
    """Give the running service, once on the embedded parts and once on the real ones."""
    found: Parts = request.getfixturevalue(f"_{request.param}_parts")
    return found


@pytest.fixture
def real_parts(request: pytest.FixtureRequest) -> Parts:
    """Give the running service on real Kafka and Elasticsearch."""
    found: Parts = request.getfixturevalue("_real_parts")
    return found


@pytest.fixture
async def index(parts: Parts) -> AsyncIterator[Index]:
    """Give the index of the running service."""
    index = open_index(parts.settings)
    await index.prepare()
    yield index
    await index.close()


async def publish(settings: Settings, topic: Topic, values: list[tuple[bytes, bytes | None]]) -> list[Receipt]:
    """Send keyed messages, all in flight at once; return where each came to lie."""
    async with open_producer(settings) as producer:
        return list(await asyncio.gather(*(producer.send(topic, key=key, value=value) for key, value in values)))


async def until(probe: Callable[[], Awaitable[ResultT | None]], within_s: float = WITHIN_S) -> ResultT:
    """Ask again and again until there is an answer.

    Raises:
        TimeoutError: there was none in time.
    """
    async with asyncio.timeout(within_s):
        while True:
            # A shard that has just been made, or an index that is away, answers later.
            with contextlib.suppress(RetryableError):
                if (result := await probe()) is not None:
                    return result
            await asyncio.sleep(0.3)
