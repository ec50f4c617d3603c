"""The bulk writer, with a fake index that answers when and as it is told."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from streams.errors import IndexUnavailable, MisconfiguredError
from streams.sinks.bulk import FIRST_WAIT_S, LONGEST_WAIT_S, BulkWriter
from streams.sinks.index import Outcome, Written

NEVER_S = 3600.0


class FakeIndex:
    """Take batches of numbers; odd ones are stale, negative ones rejected."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.errors: list[Exception] = []
        self.flying = self.most_flying = 0
        self.open = asyncio.Event()
        self.open.set()

    async def write(self, items: Sequence[int]) -> list[Outcome]:
        """Wait while closed; raise the next error, if there is one; else answer."""
        self.flying += 1
        self.most_flying = max(self.most_flying, self.flying)
        try:
            await self.open.wait()
            if self.errors:
                raise self.errors.pop(0)
            self.batches.append(list(items))
            return [Outcome(self.fate(item)) for item in items]
        finally:
            self.flying -= 1

    @staticmethod
    def fate(item: int) -> Written:
        """Return what becomes of a number."""
        return Written.REJECTED if item < 0 else Written.STALE if item % 2 else Written.NEW


class Pauses:
    """Stand in for sleep: note how long each was to be, and let others run."""

    def __init__(self) -> None:
        self.asked_s: list[float] = []

    async def sleep(self, seconds: float) -> None:
        """Note, and go on at once."""
        self.asked_s.append(seconds)
        await asyncio.sleep(0)


def writer_of(index: FakeIndex, pauses: Pauses | None = None, **limits: float) -> BulkWriter[int]:
    """Return a writer whose limits are out of reach unless given."""
    defaults = {"max_items": 1000, "max_bytes": 10**9, "max_age_s": NEVER_S}
    return BulkWriter(index.write, sleep=(pauses or Pauses()).sleep, **(defaults | limits))  # type: ignore[arg-type]


async def test_each_item_gets_its_own_outcome() -> None:
    """Outcomes find their way back to the items, whatever they are."""
    writer = writer_of(FakeIndex(), max_items=4)
    futures = [await writer.put(item, 1) for item in (0, 1, -2, 4)]
    outcomes = await asyncio.gather(*futures)
    assert [outcome.written for outcome in outcomes] == [Written.NEW, Written.STALE, Written.REJECTED, Written.NEW]
    await writer.close()


async def test_full_batch_goes_by_count() -> None:
    """A batch goes when it has enough items; the rest waits, and goes at the end."""
    index = FakeIndex()
    writer = writer_of(index, max_items=3)
    futures = [await writer.put(item, 1) for item in range(7)]
    await asyncio.gather(*futures[:6])
    assert not futures[6].done()
    assert writer.waiting == 1
    await writer.close()
    assert index.batches == [[0, 1, 2], [3, 4, 5], [6]]
    assert futures[6].done()


async def test_full_batch_goes_by_size() -> None:
    """No batch is larger than the limit, unless one item alone is."""
    index = FakeIndex()
    writer = writer_of(index, max_bytes=100)
    for item, size in enumerate((60, 60, 30, 300, 10)):
        await writer.put(item, size)
    await writer.close()
    assert index.batches == [[0], [1, 2], [3], [4]]


async def test_batch_goes_by_age() -> None:
    """An item does not wait for company for ever."""
    index = FakeIndex()
    writer = writer_of(index, max_age_s=0.01)
    first, second = await writer.put(0, 1), await writer.put(2, 1)
    await asyncio.gather(first, second)
    assert index.batches == [[0, 2]]
    await writer.close()


async def test_an_item_alone_waits_for_no_company() -> None:
    """An item whose successor waits for its outcome is written at once."""
    index = FakeIndex()
    writer = writer_of(index)
    async with asyncio.timeout(10):
        await (await writer.put(0, 1, alone=True))
    assert index.batches == [[0]]
    await writer.close()


async def test_unavailable_index_is_tried_again_with_growing_pauses() -> None:
    """However often the index is away, the same batch comes again, after pauses that grow up to a limit."""
    index, pauses = FakeIndex(), Pauses()
    index.errors = [IndexUnavailable("away")] * 12
    writer = writer_of(index, pauses, max_items=2)
    futures = [await writer.put(item, 1) for item in (0, 1)]
    await asyncio.gather(*futures)
    assert index.batches == [[0, 1]]
    limits = [min(LONGEST_WAIT_S, FIRST_WAIT_S * 2**attempt) for attempt in range(12)]
    assert all(limit / 2 <= asked <= limit for asked, limit in zip(pauses.asked_s, limits, strict=True))
    assert len(set(pauses.asked_s)) == 12
    await writer.close()


async def test_blocked_index_blocks_whoever_puts() -> None:
    """With all batches in flight and as many items waiting, one more put waits for room; nothing is dropped."""
    index = FakeIndex()
    index.open.clear()
    writer = writer_of(index, max_items=2, max_in_flight=3)
    accepted: list[asyncio.Future[Outcome]] = []

    async def feed() -> None:
        for item in range(40):
            future = await writer.put(item, 1)
            accepted.append(future)

    feeding = asyncio.create_task(feed())
    while len(accepted) < 12:
        await asyncio.sleep(0)
    for _ in range(50):
        await asyncio.sleep(0)
    assert (len(accepted), index.most_flying) == (12, 3)
    index.open.set()
    await feeding
    await writer.close()
    assert sorted(item for batch in index.batches for item in batch) == list(range(40))
    assert all(future.done() for future in accepted)
    assert index.most_flying == 3


async def test_other_errors_reach_those_who_wait() -> None:
    """An error that no waiting cures fails the batch that met it, and no other."""
    index = FakeIndex()
    index.errors = [MisconfiguredError("no credentials")]
    writer = writer_of(index, max_items=1)
    first, second = await writer.put(0, 1), await writer.put(2, 1)
    with pytest.raises(MisconfiguredError):
        await first
    assert (await second).written is Written.NEW
    await writer.close()


async def test_missing_answer_is_an_error() -> None:
    """An index that answers fewer documents than it was given is not believed."""

    async def write(items: Sequence[int]) -> list[Outcome]:
        return []

    writer = BulkWriter(write, max_items=1, max_bytes=10, max_age_s=NEVER_S)
    with pytest.raises(ValueError, match="shorter"):
        await (await writer.put(0, 1))
    await writer.close()


async def test_closing_does_not_wait_for_an_index_that_is_away() -> None:
    """On closing, pauses end, and what cannot be written fails with the reason: its events are not acknowledged."""
    index = FakeIndex()
    index.errors = [IndexUnavailable("away")] * 1000
    asleep = asyncio.Event()

    async def sleep(seconds: float) -> None:
        asleep.set()
        await asyncio.Event().wait()

    writer = BulkWriter(index.write, max_items=1, max_bytes=10, max_age_s=NEVER_S, max_in_flight=1, sleep=sleep)
    flying, waiting = await writer.put(0, 1), await writer.put(2, 1)
    await asleep.wait()
    await writer.close()
    for future in (flying, waiting):
        with pytest.raises(IndexUnavailable):
            await future
    with pytest.raises(RuntimeError):
        await writer.put(4, 1)


async def test_abandoned_item_spoils_nothing() -> None:
    """An item whose future was cancelled is written like the others, and the others are answered."""
    index = FakeIndex()
    writer = writer_of(index, max_items=2)
    abandoned = await writer.put(0, 1)
    abandoned.cancel()
    kept = await writer.put(2, 1)
    assert (await kept).written is Written.NEW
    assert index.batches == [[0, 2]]
    await writer.close()


async def test_writer_that_was_never_used_closes() -> None:
    """Closing needs no item."""
    await writer_of(FakeIndex()).close()
