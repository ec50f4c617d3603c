"""What Tidewatch changes in Faust's transport."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from aiokafka import TopicPartition
from aiokafka.errors import KafkaTimeoutError
from faust.types import TP

from agents.application import new_application
from streams.settings import Role, Settings

PLACE = TP("clicks", 0)


class Thread:
    """Stand in for the thread that owns the connection: a fetch lasts until it is told to end."""

    def __init__(self) -> None:
        self.fetched = asyncio.Event()
        self.flow_at_seek: list[bool] = []
        self.consumer: Any = None

    async def getmany(self, active: object, timeout: float) -> dict[TP, list[object]]:
        """Fetch nothing, when told to."""
        await self.fetched.wait()
        return {}

    async def seek_to_committed(self) -> dict[TP, int]:
        """Note whether messages could be delivered meanwhile."""
        self.flow_at_seek.append(self.consumer.flow_active)
        return {PLACE: 7}


async def test_a_seek_delivers_nothing_until_recovery_resumes_the_flow(tmp_path: Path) -> None:
    """The flow is stopped and the fetch under way has ended before the seek, and the flow stays stopped after it."""
    app = new_application(Role.READERS, Settings(data_dir=tmp_path)).app
    consumer: Any = app.consumer
    thread = Thread()
    thread.consumer, consumer._thread = consumer, thread
    consumer.resume_flow()
    fetch = asyncio.create_task(consumer._getmany({PLACE}, 1.0))
    await asyncio.sleep(0)
    seek = asyncio.create_task(consumer.perform_seek())
    for _ in range(10):
        await asyncio.sleep(0)
    assert thread.flow_at_seek == []
    thread.fetched.set()
    await asyncio.gather(fetch, seek)
    assert thread.flow_at_seek == [False]
    assert not consumer.flow_active
    assert consumer._read_offset[PLACE] == 7


async def test_a_changelog_that_no_stream_reads_is_not_called_stalled(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What Faust asks of each partition every second is whether it is fetched, never whether a stream reads it."""
    app = new_application(Role.READERS, Settings(data_dir=tmp_path)).app
    consumer: Any = app.consumer
    thread, asked = consumer._thread, []
    thread.time_started = 0.0
    monkeypatch.setattr(thread, "_verify_aiokafka_event_path", lambda now, tp: asked.append(tp))
    consumer.verify_event_path(400.0, PLACE)
    assert asked == [PLACE]


def test_the_broker_is_reached_while_a_connection_is_open(tmp_path: Path) -> None:
    """Closed connections count as none; before the client is there, nothing is known to be wrong."""
    app = new_application(Role.READERS, Settings(data_dir=tmp_path)).app
    consumer: Any = app.consumer
    assert consumer.reaches_broker()
    opened, closed = (SimpleNamespace(connected=lambda is_open=is_open: is_open) for is_open in (True, False))
    connections = {"1": closed, "2": opened}
    consumer._thread._consumer = SimpleNamespace(_client=SimpleNamespace(_conns=connections))
    assert consumer.reaches_broker()
    del connections["2"]
    assert not consumer.reaches_broker()


@pytest.fixture
async def thread_loop() -> AsyncIterator[asyncio.AbstractEventLoop]:
    """Run a second loop in a thread, as Faust does for its client."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    yield loop
    loop.call_soon_threadsafe(loop.stop)
    await asyncio.to_thread(thread.join)
    loop.close()


async def _answers(partitions: Collection[TP]) -> dict[TopicPartition, int]:
    return {TopicPartition(*tp): 500 for tp in partitions}


async def _refuses(_partitions: Collection[TP]) -> dict[TopicPartition, int]:
    raise KafkaTimeoutError


async def _hangs(_partitions: Collection[TP]) -> dict[TopicPartition, int]:
    return await asyncio.Future()


@pytest.mark.parametrize(("asking", "told"), [(_answers, {PLACE: 500}), (_refuses, {}), (_hangs, {})])
async def test_a_broker_that_does_not_say_where_a_log_begins_holds_nobody_up(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    thread_loop: asyncio.AbstractEventLoop,
    asking: Callable[[Collection[TP]], Awaitable[dict[TopicPartition, int]]],
    told: dict[TP, int],
) -> None:
    """It is asked in the thread of the client, and for a moment only."""
    monkeypatch.setattr("streams.transport.ANSWER_WITHIN_S", 0.2)
    app = new_application(Role.READERS, Settings(data_dir=tmp_path)).app
    consumer: Any = app.consumer
    consumer._thread = SimpleNamespace(_consumer=SimpleNamespace(beginning_offsets=asking), thread_loop=thread_loop)
    async with asyncio.timeout(5):
        assert await consumer.log_begins([PLACE]) == told
