"""The service under measurement: real Kafka and Elasticsearch, and workers as an operator runs them."""

from __future__ import annotations

import asyncio
import contextlib
import re
import tempfile
import time
import urllib.request
import uuid
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from agents.roles import changelogs
from streams.errors import IndexUnavailable
from streams.producer import open_producer
from streams.settings import Role, Settings
from streams.sinks.index import ArticleQuery, Index
from streams.sinks.opening import open_index
from streams.topics import Topic, make_topics
from tests.stack.workers import Workers


@dataclass(slots=True)
class Service:
    """Hold the settings, the index and the workers of one run."""

    settings: Settings
    index: Index

    async def publish(self, values: Sequence[bytes | None], topic: Topic = Topic.NEWS_RAW, per_s: float = 0.0) -> None:
        """Send messages, as fast as they go or so many a second."""
        async with open_producer(self.settings) as producer:
            began = time.monotonic()
            pending: set[asyncio.Task[Any]] = set()
            for place, value in enumerate(values):
                if per_s:
                    await asyncio.sleep(max(0.0, began + place / per_s - time.monotonic()))
                send = producer.send(topic, key=str(place).encode(), value=value)
                pending.add(asyncio.create_task(_drain(send)))
                if len(pending) >= 500:
                    _, pending = await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED)
            await asyncio.gather(*pending)

    async def indexed(self) -> int:
        """Count the articles that the index has made visible."""
        return (await self.index.search_articles(ArticleQuery(limit=1))).total

    async def until_indexed(self, count: int, within_s: float) -> float:
        """Wait until so many articles are visible; return the moment on the monotonic clock.

        Raises:
            TimeoutError: they were not there in time.
        """
        async with asyncio.timeout(within_s):
            while True:
                # Shards that are being made, or an index that is away, answer later.
                with contextlib.suppress(IndexUnavailable):
                    if await self.indexed() >= count:
                        return time.monotonic()
                await asyncio.sleep(0.2)

    async def until_written(self, count: int, port: int, within_s: float) -> float:
        """Wait until the index has acknowledged so many articles; return the moment on the monotonic clock.

        Asked of the metrics of the index role: a search sees a document only after the next refresh.

        Raises:
            TimeoutError: they were not there in time.
        """
        async with asyncio.timeout(within_s):
            while await asyncio.to_thread(_written, port) < count:  # noqa: ASYNC110 - nothing to be told by
                await asyncio.sleep(0.05)
        return time.monotonic()


def _written(port: int) -> float:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5) as response:
            text = response.read().decode()
    except OSError:
        return 0.0
    found = re.findall(r'^tidewatch_index_writes_total\{kind="article",outcome="\w+"\} (\S+)$', text, re.MULTILINE)
    return sum(float(value) for value in found)


async def _drain(send: Any) -> None:
    await send


@asynccontextmanager
async def new_service(kafka: str, elasticsearch: str, **settings: Any) -> AsyncIterator[Service]:
    """Make topics and index in a namespace of their own."""
    with tempfile.TemporaryDirectory(prefix="tidewatch-") as home:
        chosen = Settings(
            namespace=f"b{uuid.uuid4().hex[:8]}",
            data_dir=Path(home),
            kafka_brokers=kafka,
            index="elasticsearch",
            elasticsearch_url=elasticsearch,
            **settings,
        )
        await make_topics(chosen, changelogs(chosen))
        index = open_index(chosen)
        await index.prepare()
        try:
            yield Service(chosen, index)
        finally:
            await index.close()


def cpu_seconds(workers: Workers, roles: Sequence[Role]) -> dict[Role, float]:
    """Return the CPU seconds, user and system, that the process of each role has used."""
    return {role: sum(workers.process(role).cpu_times()[:2]) for role in roles}
