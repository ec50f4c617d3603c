"""Committed offsets and lag, as read from a consumer."""

from __future__ import annotations

from collections.abc import Collection
from types import SimpleNamespace
from typing import Any

import pytest
from faust.types import TP
from prometheus_client import Gauge

from agents.offsets import Offsets
from agents.progress import Progress
from streams.metrics import COMMITTED, LAG

PLACE, OTHER = TP("news.raw", 0), TP("news.raw", 1)


class Consumer:
    """Stand in for a consumer: what is committed, where each log begins and ends, and what the broker was asked."""

    def __init__(self, committed: dict[TP, int], begins: dict[TP, int], ends: dict[TP, int | None]) -> None:
        self._committed_offset = committed
        self._begins = begins
        self.ends = ends
        self.asked: list[TP] = []

    def assignment(self) -> set[TP]:
        """Return the partitions that are held."""
        return set(self.ends)

    def highwater(self, tp: TP) -> int | None:
        """Return the end of a partition as the last fetch told it."""
        return self.ends[tp]

    async def log_begins(self, partitions: Collection[TP]) -> dict[TP, int]:
        """Return where each log begins."""
        self.asked += partitions
        return {tp: self._begins[tp] for tp in partitions if tp in self._begins}


def _offsets(consumer: Consumer) -> Offsets:
    app: Any = SimpleNamespace(consumer=consumer, tables=SimpleNamespace(changelog_topics={"table.series"}))
    return Offsets(app)


def _exported(gauge: Gauge) -> dict[tuple[str, str], float]:
    return {
        (sample.labels["topic"], sample.labels["partition"]): sample.value
        for metric in gauge.collect()
        for sample in metric.samples
        if sample.labels["topic"] == PLACE.topic
    }


@pytest.mark.parametrize(
    ("committed", "begin", "end", "lag"),
    [
        (None, 500, 500, 0),
        (None, 500, 520, 20),
        (None, 0, 500, 500),
        (100, 500, 500, 0),
        (100, 500, 520, 20),
        (100, 0, 500, 400),
        (480, 100, 500, 20),
        (500, 100, 500, 0),
        (100, None, 500, 400),
        (100, 0, None, 0),
    ],
)
async def test_what_has_lapsed_is_no_lag(committed: int | None, begin: int | None, end: int | None, lag: int) -> None:
    """Lag is counted from where the log begins, or from what is committed where that lies further on."""
    known = {} if committed is None else {PLACE: committed}
    offsets = _offsets(Consumer(known, {} if begin is None else {PLACE: begin}, {PLACE: end}))
    await offsets.read()
    assert await offsets.read() == (known, {} if end is None else {PLACE: lag})


@pytest.mark.parametrize("committed", [{}, {PLACE: 100}])
async def test_a_quiet_role_over_a_lapsed_log_is_live(committed: dict[TP, int]) -> None:
    """Nothing is left to commit, however long nothing comes."""
    offsets, progress = _offsets(Consumer(committed, {PLACE: 500}, {PLACE: 500})), Progress.begin(60, 0)
    states = {progress.judge(*await offsets.read(), (), second)[0] for second in range(180)}
    assert states == {"live"}


async def test_the_broker_is_asked_only_about_what_does_not_move() -> None:
    """A partition that is committed on, or has nothing left, costs no request; changelogs are not looked at."""
    consumer = Consumer({PLACE: 10, OTHER: 9}, {}, {PLACE: 20, OTHER: 9, TP("table.series", 0): 7})
    offsets = _offsets(consumer)
    for done in (11, 12, 13):
        consumer._committed_offset[PLACE] = done
        await offsets.read()
    assert consumer.asked == []
    assert await offsets.read() == ({PLACE: 13, OTHER: 9}, {PLACE: 7, OTHER: 0})
    assert consumer.asked == [PLACE]


async def test_a_partition_that_another_worker_has_is_measured_no_longer() -> None:
    """Its lag and its offset would stay as they were last, and an alarm on them would never end."""
    consumer = Consumer({PLACE: 10, OTHER: 20}, {}, {PLACE: 15, OTHER: 20})
    offsets = _offsets(consumer)
    await offsets.read()
    assert _exported(LAG) == {("news.raw", "0"): 5, ("news.raw", "1"): 0}
    assert _exported(COMMITTED) == {("news.raw", "0"): 10, ("news.raw", "1"): 20}
    del consumer.ends[PLACE], consumer._committed_offset[PLACE]
    await offsets.read()
    assert _exported(LAG) == {("news.raw", "1"): 0}
    assert _exported(COMMITTED) == {("news.raw", "1"): 20}
