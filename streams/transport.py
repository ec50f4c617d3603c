"""Faust's transport with a shorter wait: how long a fetch that finds nothing stays at the broker.

Faust asks to wait 1.5 s (`faust/transport/drivers/aiokafka.py`) and has no setting for it. The embedded broker answers
only when that time is over, whatever arrives meanwhile. A real broker answers at once, but only for the partitions
that the fetch named: one that was paused or not yet drained when it left comes with the next.
"""

from __future__ import annotations

from typing import Any

from faust.transport.drivers.aiokafka import AIOKafkaConsumerThread, Consumer, Transport

FETCH_WAIT_MS = 100


class _PromptThread(AIOKafkaConsumerThread):
    def _create_worker_consumer(self, transport: Any) -> Any:
        consumer = super()._create_worker_consumer(transport)
        consumer._fetch_max_wait_ms = FETCH_WAIT_MS  # read when the consumer starts
        return consumer


class _PromptConsumer(Consumer):
    def _new_consumer_thread(self) -> AIOKafkaConsumerThread:
        return _PromptThread(self, loop=self.loop, beacon=self.beacon)


class PromptTransport(Transport):
    """Consume with short waits."""

    Consumer = _PromptConsumer
