"""Committed offsets and lag of the partitions that this process holds, read from the consumer and kept as metrics."""

from __future__ import annotations

from typing import Any

import faust
from faust.types import TP

from streams.metrics import COMMITTED, LAG


class Offsets:
    """Read how far each assigned source partition is committed, and what of it is left to do."""

    def __init__(self, app: faust.App) -> None:
        self._app = app
        self._committed: dict[TP, int] = {}
        self._begins: dict[TP, int] = {}
        """Where the log of a partition begins, of those that were asked about."""
        self._measured: set[TP] = set()

    async def read(self) -> tuple[dict[TP, int], dict[TP, int]]:
        """Return the committed offset and the lag of each assigned source partition whose are known."""
        consumer: Any = self._app.consumer
        assigned = self._sources()
        committed = {tp: done for tp in assigned if (done := consumer._committed_offset.get(tp)) is not None}
        ends = {tp: end for tp in assigned if (end := consumer.highwater(tp)) is not None}
        self._begins = {tp: begin for tp, begin in self._begins.items() if tp in assigned}
        lags = self._lags(committed, ends)
        # What has lapsed is no lag, and is never committed: only the broker knows that there is nothing to wait for.
        still = [tp for tp, lag in lags.items() if lag and committed.get(tp) == self._committed.get(tp)]
        if still:
            self._begins |= await consumer.log_begins(still)
            lags = self._lags(committed, ends)
        self._committed = committed
        self._measure(committed, lags)
        return committed, lags

    def _sources(self) -> set[TP]:
        changelogs = self._app.tables.changelog_topics
        assigned = self._app.consumer.assignment()
        return {tp for tp in assigned if tp.topic not in changelogs and not tp.topic.endswith("assignor-leader")}

    def _lags(self, committed: dict[TP, int], ends: dict[TP, int]) -> dict[TP, int]:
        return {tp: max(0, end - max(committed.get(tp, 0), self._begins.get(tp, 0))) for tp, end in ends.items()}

    def _measure(self, committed: dict[TP, int], lags: dict[TP, int]) -> None:
        for gauge, values in ((COMMITTED, committed), (LAG, lags)):
            for tp, value in values.items():
                gauge.labels(tp.topic, tp.partition).set(value)
            for tp in self._measured - values.keys():  # another worker has it
                gauge.remove(tp.topic, tp.partition)
        self._measured = committed.keys() | lags.keys()
