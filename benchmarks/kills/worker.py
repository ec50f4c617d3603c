"""The process of the alert role, and the signs of its life."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import psutil
from aiokafka import AIOKafkaConsumer, TopicPartition

from streams.settings import Role, Settings
from streams.tables import changelog_topic
from streams.topics import FIRST_PARTITION
from tests.stack.workers import environment_of

ALIVE_WITHIN_S = 240.0


class Worker:
    """Run the process of the alert role, without the supervisor, whose patience grows with each death."""

    def __init__(self, settings: Settings) -> None:
        self._environment = os.environ | environment_of(settings)
        self._log = settings.data_dir / "worker.log"
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Worker:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    @property
    def log_tail(self) -> str:
        """Return the end of what the processes logged."""
        return self._log.read_text(errors="replace")[-3_000:]

    @property
    def cpu_s(self) -> float:
        """Return the CPU time of the process so far."""
        assert self._process is not None
        return float(sum(psutil.Process(self._process.pid).cpu_times()[:2]))

    def start(self) -> None:
        """Start the process."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "agents.worker", Role.ALERT.value],
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def kill(self) -> None:
        """Send SIGKILL.

        Raises:
            RuntimeError: the process had ended by itself.
        """
        assert self._process is not None
        ended = self._process.poll()
        self._process.kill()
        self._process.wait()
        if ended is not None:
            raise RuntimeError(f"the role ended by itself with status {ended}:\n{self.log_tail}")


@dataclass(slots=True)
class Signs:
    """Tell when the role has counted a mention."""

    seen: asyncio.Event = field(default_factory=asyncio.Event)

    async def next(self, worker: Worker) -> None:
        """Wait for the next record.

        Raises:
            RuntimeError: none came in time.
        """
        self.seen.clear()
        try:
            await asyncio.wait_for(self.seen.wait(), ALIVE_WITHIN_S)
        except TimeoutError:
            raise RuntimeError(f"no sign of life within {ALIVE_WITHIN_S:.0f} s:\n{worker.log_tail}") from None


@asynccontextmanager
async def signs_of(settings: Settings) -> AsyncIterator[Signs]:
    """Follow the changelog of the series for as long as the context lasts."""
    signs = Signs()
    consumer = AIOKafkaConsumer(bootstrap_servers=settings.kafka_brokers, auto_offset_reset="latest")
    await consumer.start()
    # Each mention that is counted changes a series.
    consumer.assign([TopicPartition(changelog_topic("series", settings), FIRST_PARTITION)])

    async def follow() -> None:
        async for _ in consumer:
            signs.seen.set()

    following = asyncio.create_task(follow())
    try:
        yield signs
    finally:
        following.cancel()
        await consumer.stop()
