"""The delivery primitive, on the embedded broker with a real Faust worker in a process of its own."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import orjson
import pytest

from streams.broker import PARTITIONS, EmbeddedBroker
from streams.contents import read_to_end
from streams.dead_letters import dead_letters, fetch_original
from streams.delivery import EARLIEST_ARRIVAL, LATEST_ARRIVAL, received_at
from streams.errors import DeadLetterReason, UnreadableInput
from streams.producer import open_producer
from streams.settings import Settings
from streams.topics import wanted_topics

CHANGELOG = "table.counts"


@pytest.fixture
def settings(tmp_path: Path) -> Iterator[Settings]:
    """Run an embedded broker with every topic, and point the settings at it."""
    topics = [topic.name for topic in wanted_topics(Settings(), (CHANGELOG,))]
    with EmbeddedBroker([*topics, "tidewatch-readers-__assignor-__leader"]) as broker:
        yield Settings(kafka_brokers=broker.address, data_dir=tmp_path, partitions=PARTITIONS, max_message_bytes=20_000)


class Worker:
    """Run `counting_worker.py` in a process that can be killed."""

    def __init__(self, settings: Settings) -> None:
        self._environment = os.environ | {
            "TIDEWATCH_KAFKA_BROKERS": settings.kafka_brokers,
            "TIDEWATCH_DATA_DIR": str(settings.data_dir),
            "TIDEWATCH_MAX_MESSAGE_BYTES": str(settings.max_message_bytes),
            "TIDEWATCH_LOG_LEVEL": "WARNING",
            "TIDEWATCH_BROKER_SESSION_TIMEOUT_S": "4",
        }
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the process."""
        script = Path(__file__).with_name("counting_worker.py")
        self._process = subprocess.Popen([sys.executable, str(script)], env=self._environment)

    def end(self, how: signal.Signals) -> int:
        """Send a signal and wait for the end."""
        assert self._process is not None
        self._process.send_signal(how)
        return self._process.wait(timeout=30)

    def wait(self) -> int:
        """Wait for the process to end by itself."""
        assert self._process is not None
        return self._process.wait(timeout=120)


@pytest.fixture
async def worker(settings: Settings) -> AsyncIterator[Worker]:
    """Give a worker, and end it whatever happens."""
    worker = Worker(settings)
    yield worker
    if worker._process is not None and worker._process.poll() is None:
        worker.end(signal.SIGKILL)


async def _send(settings: Settings, values: list[tuple[bytes, bytes]]) -> None:
    async with open_producer(settings) as producer:
        await asyncio.gather(*(producer.send("clicks.raw", key=key, value=value) for key, value in values))


async def _outputs(settings: Settings, topic: str) -> list[tuple[bytes, bytes]]:
    return [(record.key, record.value) async for record in read_to_end(settings, [topic])]


async def _until(settings: Settings, topic: str, count: int) -> list[tuple[bytes, bytes]]:
    async with asyncio.timeout(60):
        while True:
            found = await _outputs(settings, topic)
            if len(set(found)) >= count:
                return found
            await asyncio.sleep(0.5)


async def test_every_event_is_delivered_through_kills(settings: Settings, worker: Worker) -> None:
    """With kills at arbitrary moments, every input leads to its output, and no input is counted twice."""
    events = [(f"k{i % 7}".encode(), orjson.dumps({"id": i})) for i in range(1_500)]
    worker.start()
    await _send(settings, events[:500])
    await _until(settings, "clicks", 100)
    worker.end(signal.SIGKILL)
    worker.start()
    await _send(settings, events[500:])
    await _until(settings, "clicks", 700)
    worker.end(signal.SIGKILL)
    worker.start()
    found = await _until(settings, "clicks", 1_500)
    assert {value for _, value in found} == {value for _, value in events}
    async with asyncio.timeout(30):
        while True:
            latest = dict(await _outputs(settings, CHANGELOG))
            counts = {key: len(orjson.loads(value)) for key, value in latest.items()}
            if sum(counts.values()) == 1_500:
                break
            await asyncio.sleep(0.5)
    assert counts == Counter(key for key, _ in events)


async def test_bad_input_and_oversized_output_are_put_aside(settings: Settings, worker: Worker) -> None:
    """Permanent errors, raised at once or by the producer, put one input aside each; the rest goes on."""
    events = [(b"k", orjson.dumps({"id": i})) for i in range(50)]
    events[10] = (b"k", b"{cut")
    events[20] = (b"k", orjson.dumps({"id": 20, "swell": True}))
    worker.start()
    await _send(settings, events)
    await _until(settings, "clicks", 48)
    async with asyncio.timeout(30):
        while len(letters := await dead_letters(settings)) < 2:
            await asyncio.sleep(0.5)
    assert Counter(letter.reason for letter in letters) == {"not_json": 1, "output_too_large": 1}
    bad = next(letter for letter in letters if letter.reason == "not_json")
    assert (await fetch_original(settings, bad)).value == b"{cut"
    assert worker.end(signal.SIGTERM) == 0


async def test_input_with_an_impossible_time_is_put_aside(settings: Settings, worker: Worker) -> None:
    """A time outside the calendar, as a producer in microseconds writes it, keeps no letter from being written."""
    times_ms = (1_790_000_000_000_000, -62_135_596_800_001)
    worker.start()
    async with open_producer(settings) as producer:
        for time_ms in times_ms:
            await producer.send("clicks.raw", key=b"k", value=b"{cut", timestamp_ms=time_ms)
        await producer.send("clicks.raw", key=b"k", value=b'{"id": 1}')
    await _until(settings, "clicks", 1)
    letters = await dead_letters(settings)
    assert [letter.reason for letter in letters] == ["not_json"] * 2
    assert all(datetime.now(UTC) - letter.at < timedelta(minutes=5) for letter in letters)


@pytest.mark.parametrize(
    ("stamped_s", "at"),
    [
        (1_772_454_900.25, datetime(2026, 3, 2, 12, 35, 0, 250_000, tzinfo=UTC)),
        (EARLIEST_ARRIVAL.timestamp(), EARLIEST_ARRIVAL),
        (1_790_000_000_000.0, None),
        (-62_135_596_800.001, None),
        (1e30, None),
        (LATEST_ARRIVAL.timestamp(), None),
        (1_796_000.0, None),
        (-0.001, None),
    ],
)
def test_nothing_arrives_at_an_impossible_time(stamped_s: float, at: datetime | None) -> None:
    """A stamp in seconds or in microseconds, and none, are refused by name instead of being taken for a time."""
    event: Any = SimpleNamespace(message=SimpleNamespace(timestamp=stamped_s))
    if at is not None:
        assert received_at(event) == at
        return
    with pytest.raises(UnreadableInput, match=r"LogAppendTime") as caught:
        received_at(event)
    assert caught.value.reason is DeadLetterReason.IMPOSSIBLE_DATE


async def test_an_unexpected_error_crashes_the_role(settings: Settings, worker: Worker) -> None:
    """An error that is not permanent ends the process with status 1, and the input is not acknowledged."""
    worker.start()
    await _send(settings, [(b"k", orjson.dumps({"id": 1, "fail": True}))])
    assert worker.wait() == 1
    assert await dead_letters(settings) == []


async def test_a_killer_is_found_and_put_aside(settings: Settings, worker: Worker) -> None:
    """A message that kills the process is found by its deaths; the messages around it are delivered."""
    events = [(b"k", orjson.dumps({"id": i, "kill": i == 25})) for i in range(50)]
    await _send(settings, events)
    for _ in range(4):
        worker.start()
        assert worker.wait() == -signal.SIGKILL
    worker.start()
    found = await _until(settings, "clicks", 49)
    assert {orjson.loads(value)["id"] for _, value in found} == set(range(50)) - {25}
    async with asyncio.timeout(30):
        while not (letters := await dead_letters(settings)):
            await asyncio.sleep(0.5)
    assert [(letter.reason, letter.offset) for letter in letters] == [("kills_process", 25)]
