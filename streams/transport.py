"""Faust's transport with three changes: short waits for a fetch, seeks that lose no message, no false word of a stall.

Faust asks to wait 1.5 s (`faust/transport/drivers/aiokafka.py`) and has no setting for it. The embedded broker answers
only when that time is over, whatever arrives meanwhile. A real broker answers at once, but only for the partitions
that the fetch named: one that was paused or not yet drained when it left comes with the next.

At the end of a recovery Faust seeks to the committed offsets while its fetcher runs, and then resumes its flow
control, which empties every queue (`faust/tables/recovery.py`, `mode/utils/queues.py`). What was delivered in between
was gone: its offsets were never acknowledged, so the partition committed nothing until the process was started anew.

From the sixth minute on Faust logs an error of twelve lines every second for each changelog: no stream reads one, so it
takes all of them for stalled. Whether a role gets on is judged in `agents/progress.py`; Faust checks that it fetches.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from typing import Any

from aiokafka.errors import KafkaError
from faust.transport.drivers.aiokafka import AIOKafkaConsumerThread, Consumer, Transport
from faust.types import TP

FETCH_WAIT_MS = 100
ANSWER_WITHIN_S = 1.0


class _PromptThread(AIOKafkaConsumerThread):
    def _create_worker_consumer(self, transport: Any) -> Any:
        consumer = super()._create_worker_consumer(transport)
        consumer._fetch_max_wait_ms = FETCH_WAIT_MS  # read when the consumer starts
        return consumer


class _PromptConsumer(Consumer):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._no_fetch = asyncio.Event()
        self._no_fetch.set()

    def _new_consumer_thread(self) -> AIOKafkaConsumerThread:
        return _PromptThread(self, loop=self.loop, beacon=self.beacon)

    async def _getmany(self, active_partitions: Any, timeout: float) -> Any:
        self._no_fetch.clear()
        try:
            return await super()._getmany(active_partitions, timeout)
        finally:
            self._no_fetch.set()

    async def perform_seek(self) -> None:
        """Seek to the committed offsets with the flow stopped: recovery resumes it when its queues are empty."""
        if self.flow_active:
            self.stop_flow()
            # What a fetch under way brings is of before the seek: the fetcher drops it, for the flow is stopped.
            await self._no_fetch.wait()
        await super().perform_seek()

    def reaches_broker(self) -> bool:
        """Say whether a connection to a broker is open: the client closes all, and none opens, while Kafka is away."""
        consumer = self._thread._consumer
        return consumer is None or any(connection.connected() for connection in [*consumer._client._conns.values()])

    async def log_begins(self, partitions: Collection[TP]) -> dict[TP, int]:
        """Return the first offset that the broker still holds of each partition, or nothing where it does not answer.

        Past Faust's queue of calls: it has two workers, and one that waited here would hold up the commits.
        """
        consumer: Any = self._thread._consumer
        asking = asyncio.run_coroutine_threadsafe(consumer.beginning_offsets(partitions), self._thread.thread_loop)
        answer = asyncio.wrap_future(asking)
        try:
            async with asyncio.timeout(ANSWER_WITHIN_S):
                return {TP(*tp): begin for tp, begin in (await answer).items()}
        except (KafkaError, TimeoutError):
            return {}

    def verify_event_path(self, now: float, tp: TP) -> None:
        """Check that the partition is fetched, as during recovery; not that a stream reads it."""
        self._thread.verify_recovery_event_path(now, tp)


class PromptTransport(Transport):
    """Consume with short waits, seek without losses, and call no changelog stalled."""

    Consumer = _PromptConsumer
