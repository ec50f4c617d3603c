"""The one delivery primitive: take events without a pause, confirm their outputs, acknowledge in order.

Every agent runs through `Delivery.run`. Its handler is called inside the stream's iteration, so that it may write
tables, and returns what has to be confirmed: futures of sends and of table writes, or coroutines (the model's answer
and what follows from it). One task acknowledges in order when all is confirmed. Unreadable input goes to
its dead-letter topic; anything else, a misconfiguration too, crashes the role, and Kafka sends again what was not
acknowledged.
"""

from __future__ import annotations

import asyncio
import base64
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

import faust
from aiokafka.errors import KafkaError
from faust.exceptions import ProducerSendError
from faust.types import EventT, StreamT

from streams.decoding import encode_record
from streams.errors import BrokerUnavailable, DeadLetterReason, UnreadableInput
from streams.ledger import Ledger
from streams.metrics import DEAD_LETTERS, EVENTS, IN_FLIGHT, SETTLE_SECONDS
from streams.producer import TOO_LARGE_ERRORS
from streams.records import DeadLetter
from streams.settings import Role, Settings
from streams.topics import STAMPED_BY_BROKER, STAMPING, Topic, dead_letter_topic

FIRST_BYTES = 512
EARLIEST_ARRIVAL, LATEST_ARRIVAL = datetime(2011, 1, 1, tzinfo=UTC), datetime(9000, 1, 1, tzinfo=UTC)
"""Before the first there was no Kafka: who stamps in seconds lands in 1970. Past the last the calendar ends."""
SECRET_TOPICS = frozenset({Topic.SUBSCRIPTIONS})
"""Their messages hold secrets: a dead letter quotes nothing of them."""

Confirmation = Awaitable[Any]
Event = EventT[Any]
Handler = Callable[[Event], Awaitable[Iterable[Confirmation]]]


class Outlet:
    """Send raw bytes through a Faust app's producer."""

    def __init__(self, app: faust.App, settings: Settings) -> None:
        self._app = app
        self._settings = settings
        self._topics: dict[str, Any] = {}

    def topic(self, name: str) -> Any:
        """Return the Faust topic of a name without its namespace: raw keys, raw values."""
        if name not in self._topics:
            self._topics[name] = self.topics(name)
        return self._topics[name]

    def topics(self, *names: str) -> Any:
        """Return one Faust channel over several topics: an agent takes their messages in one order."""
        return self._app.topic(
            *(self._settings.named(name) for name in names),
            key_type=bytes,
            value_type=bytes,
            key_serializer="raw",
            value_serializer="raw",
            partitions=self._settings.partitions,
            replicas=self._settings.replication,
            internal=False,
        )

    async def send(
        self,
        topic: Topic | str,
        *,
        key: bytes | None,
        value: bytes | None,
        partition: int | None = None,
        headers: Mapping[str, bytes] | None = None,
    ) -> Confirmation:
        """Hand a record to the producer; the awaitable that comes back ends when the broker holds it.

        Raises:
            UnreadableInput: the record is over the limit, so the input that led to it cannot be delivered.
            BrokerUnavailable: the producer cannot take it.
        """
        if value is not None and len(value) > self._settings.max_message_bytes:
            raise UnreadableInput(
                DeadLetterReason.OUTPUT_TOO_LARGE,
                f"{topic}: {len(value):,} bytes, the cap is {self._settings.max_message_bytes:,}",
            )
        try:
            future = await self.topic(topic).send(key=key, value=value, partition=partition, headers=headers)
        except (ProducerSendError, KafkaError) as error:
            raise _classified(error, str(topic)) from error
        return _confirm(future, str(topic))


async def _confirm(future: Awaitable[Any], topic: str) -> Any:
    try:
        return await future
    except (ProducerSendError, KafkaError) as error:
        raise _classified(error, topic) from error


def _classified(error: Exception, topic: str) -> Exception:
    for cause in (error, error.__cause__, error.__context__):
        if isinstance(cause, TOO_LARGE_ERRORS):
            return UnreadableInput(DeadLetterReason.OUTPUT_TOO_LARGE, f"{topic}: {cause}")
    return BrokerUnavailable(f"{topic}: the broker did not confirm: {error!r}")


class Delivery:
    """Run handlers over streams of one role, with acknowledgement in order."""

    def __init__(self, app: faust.App, role: Role, settings: Settings, outlet: Outlet, ledger: Ledger) -> None:
        self._app = app
        self._role = role
        self._settings = settings
        self._outlet = outlet
        self._ledger = ledger
        self._turn = asyncio.Lock()
        """Held by the one message in flight while the ledger asks for care."""

    async def run(self, agent: str, stream: StreamT[Any], handle: Handler) -> None:
        """Take every event of a stream, until the stream ends or the role crashes."""
        events: Any = stream
        events = events.noack()
        slots = asyncio.Semaphore(self._settings.window)
        settled: asyncio.Queue[tuple[Event, asyncio.Task[None], bool]] = asyncio.Queue()
        in_flight = IN_FLIGHT.labels(agent)

        async def acknowledge() -> None:
            while True:
                event, work, alone = await settled.get()
                try:
                    await work
                except asyncio.CancelledError:
                    raise
                except BaseException as error:
                    await self._app.crash(error)
                    return
                await events.ack(event)
                self._ledger.passed(_place(event))
                EVENTS.labels(agent).inc()
                in_flight.dec()
                slots.release()
                if alone:
                    self._turn.release()

        acknowledging = asyncio.create_task(acknowledge(), name=f"{agent}: acknowledging")
        try:
            async for event in events.events():
                await slots.acquire()
                alone = self._ledger.careful
                if alone:
                    await self._turn.acquire()
                in_flight.inc()
                began = time.monotonic()
                outputs, error = await self._handle(event, handle)
                work = asyncio.create_task(self._settle(agent, event, outputs, error, began))
                settled.put_nowait((event, work, alone))
        finally:
            acknowledging.cancel()
            while not settled.empty():
                settled.get_nowait()[1].cancel()
            in_flight.set(0)

    async def _handle(self, event: Event, handle: Handler) -> tuple[Iterable[Confirmation], UnreadableInput | None]:
        place = _place(event)
        if self._ledger.killed(place):
            detail = "the process died each time that this message was handled"
            return (), UnreadableInput(DeadLetterReason.KILLS_PROCESS, detail)
        self._ledger.began(place)
        try:
            return await handle(event), None
        except UnreadableInput as error:
            return (), error
        except Exception as error:
            await self._app.crash(error)
            raise

    async def _settle(
        self,
        agent: str,
        event: Event,
        outputs: Iterable[Confirmation],
        error: UnreadableInput | None,
        began: float,
    ) -> None:
        if error is None:
            try:
                await asyncio.gather(*outputs)
            except UnreadableInput as late:
                error = late
        if error is not None:
            await self._put_aside(event, error)
        SETTLE_SECONDS.labels(agent).observe(time.monotonic() - began)

    async def _put_aside(self, event: Event, error: UnreadableInput) -> None:
        message = event.message
        value = event.value if isinstance(event.value, bytes) else b""
        bare = message.topic.removeprefix(self._settings.named(""))
        quoted = b"" if bare in SECRET_TOPICS else value[:FIRST_BYTES]
        letter = DeadLetter(
            topic=message.topic,
            partition=message.partition,
            offset=message.offset,
            reason=error.reason,
            detail=error.detail[:2_000],
            role=self._role,
            at=_arrival(event) or datetime.now(UTC),
            size_bytes=len(value),
            first_bytes=base64.b64encode(quoted).decode("ascii"),
        )
        # One letter per message and role: a repeat carries the same key.
        key = f"{self._role}/{message.topic}/{message.partition}/{message.offset}".encode()
        await (await self._outlet.send(dead_letter_topic(bare), key=key, value=encode_record(letter)))
        DEAD_LETTERS.labels(bare, str(error.reason)).inc()


def _place(event: Event) -> tuple[str, int, int]:
    message = event.message
    return (message.topic, message.partition, message.offset)


def received_at(event: Event) -> datetime:
    """Return when an event's record arrived, the same at every replay.

    Raises:
        UnreadableInput: nothing arrives at the time that its producer stamped it with.
    """
    arrival = _arrival(event)
    if arrival is None:
        raise UnreadableInput(
            DeadLetterReason.IMPOSSIBLE_DATE,
            f"the record is stamped {event.message.timestamp} s after 1970 by its producer: write milliseconds, or set"
            f" {STAMPING}={STAMPED_BY_BROKER} for the topic",
        )
    return arrival


def _arrival(event: Event) -> datetime | None:
    try:
        arrival = datetime.fromtimestamp(event.message.timestamp, UTC)
    except (OverflowError, ValueError, OSError):
        return None
    return arrival if EARLIEST_ARRIVAL <= arrival < LATEST_ARRIVAL else None
