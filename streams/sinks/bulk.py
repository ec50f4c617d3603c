"""Bulk writes: documents wait for company, go together, and are tried until the index has answered each."""

from __future__ import annotations

import asyncio
import random
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from streams.errors import IndexUnavailable
from streams.sinks.index import Outcome

ItemT = TypeVar("ItemT")
FIRST_WAIT_S, LONGEST_WAIT_S = 0.25, 10.0


@dataclass(slots=True)
class _Entry(Generic[ItemT]):
    item: ItemT
    size_bytes: int
    since_s: float
    outcome: asyncio.Future[Outcome]


class BulkWriter(Generic[ItemT]):
    """Gather items into batches by count, size and age, and write some batches at once.

    Batches may overtake each other, so the items of one key need versions, as those of an index have. Nothing is
    dropped: while the index is away the batches in flight are tried again with growing, jittered pauses, and `put`
    blocks when as many items wait as fit into all batches in flight.
    """

    def __init__(
        self,
        write: Callable[[Sequence[ItemT]], Awaitable[list[Outcome]]],
        *,
        max_items: int,
        max_bytes: int,
        max_age_s: float,
        max_in_flight: int = 2,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._write = write
        self._max_items, self._max_bytes, self._max_age_s = max_items, max_bytes, max_age_s
        self._capacity = max_items * max_in_flight
        self._slots = asyncio.Semaphore(max_in_flight)
        self._sleep = sleep
        self._waiting: deque[_Entry[ItemT]] = deque()
        self._waiting_bytes = 0
        self._grown, self._shrunk = asyncio.Event(), asyncio.Event()
        self._closing = asyncio.Event()
        self._collector: asyncio.Task[None] | None = None
        self._batches: set[asyncio.Task[None]] = set()

    @property
    def waiting(self) -> int:
        """Return how many items wait for a batch; those in flight are not among them."""
        return len(self._waiting)

    async def put(self, item: ItemT, size_bytes: int, *, alone: bool = False) -> asyncio.Future[Outcome]:
        """Hand an item over, once there is room for it, and return the future of its outcome.

        One that comes alone, because the next waits for it, is written without waiting for company.

        The future fails with what `write` raised, unless that was `IndexUnavailable`: then the write is tried again,
        and the future fails with it only when the writer is closed meanwhile.
        """
        while len(self._waiting) >= self._capacity:
            self._shrunk.clear()
            await self._shrunk.wait()
        if self._closing.is_set():
            raise RuntimeError("the writer is closed")
        loop = asyncio.get_running_loop()
        since_s = loop.time() - (self._max_age_s if alone else 0.0)
        entry = _Entry(item, size_bytes, since_s, loop.create_future())
        self._waiting.append(entry)
        self._waiting_bytes += size_bytes
        self._grown.set()
        if self._collector is None:
            self._collector = asyncio.create_task(self._collect())
        return entry.outcome

    async def close(self) -> None:
        """Write what waits, without another try where the index is away, and take no more."""
        self._closing.set()
        self._grown.set()
        if self._collector is not None:
            await self._collector
        while self._batches:
            await asyncio.wait(self._batches)

    async def _collect(self) -> None:
        """Begin a batch whenever one is due and may fly."""
        while await self._due():
            await self._slots.acquire()
            # What came while all slots were taken goes along.
            batch = self._take()
            task = asyncio.create_task(self._settle(batch))
            self._batches.add(task)
            task.add_done_callback(self._land)

    async def _due(self) -> bool:
        """Wait for a full batch, or for the oldest item's age; return False when closed and empty."""
        loop = asyncio.get_running_loop()
        while True:
            full = len(self._waiting) >= self._max_items or self._waiting_bytes >= self._max_bytes
            if full or self._closing.is_set():
                return bool(self._waiting)
            left_s = self._waiting[0].since_s + self._max_age_s - loop.time() if self._waiting else None
            if left_s is not None and left_s <= 0:
                return True
            self._grown.clear()
            try:
                async with asyncio.timeout(left_s):
                    await self._grown.wait()
            except TimeoutError:
                return True

    def _take(self) -> list[_Entry[ItemT]]:
        batch: list[_Entry[ItemT]] = []
        size_bytes = 0
        while self._waiting and len(batch) < self._max_items:
            if batch and size_bytes + self._waiting[0].size_bytes > self._max_bytes:
                break
            entry = self._waiting.popleft()
            size_bytes += entry.size_bytes
            batch.append(entry)
        self._waiting_bytes -= size_bytes
        self._shrunk.set()
        return batch

    async def _settle(self, batch: Sequence[_Entry[ItemT]]) -> None:
        """Write one batch until it is answered, and settle the futures of its items."""
        try:
            outcomes = await self._insist([entry.item for entry in batch])
            pairs = list(zip(batch, outcomes, strict=True))
        except Exception as error:
            for entry in batch:
                if not entry.outcome.done():
                    entry.outcome.set_exception(error)
            return
        for entry, outcome in pairs:
            if not entry.outcome.done():
                entry.outcome.set_result(outcome)

    async def _insist(self, items: Sequence[ItemT]) -> list[Outcome]:
        wait_s = FIRST_WAIT_S
        while True:
            try:
                return await self._write(items)
            except IndexUnavailable:
                if self._closing.is_set():
                    raise
                await self._pause(wait_s * random.uniform(0.5, 1.0))
                wait_s = min(LONGEST_WAIT_S, wait_s * 2)

    async def _pause(self, seconds: float) -> None:
        """Sleep, but not past the closing."""
        either = {asyncio.ensure_future(self._sleep(seconds)), asyncio.ensure_future(self._closing.wait())}
        try:
            await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for each in either:
                each.cancel()

    def _land(self, task: asyncio.Task[None]) -> None:
        self._batches.discard(task)
        self._slots.release()
