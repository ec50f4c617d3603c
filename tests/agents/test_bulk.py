"""The index as the indexing agents open it."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from agents import bulk
from agents.bulk import BulkSink
from streams.clock import SystemClock
from streams.errors import IndexUnavailable, MisconfiguredError
from streams.settings import Settings


class Refusing:
    """Be an index that refuses the credentials, then does not answer, and then is there."""

    put_articles = put_profiles = put_alerts = put_novelties = forget_reader = None

    def __init__(self, sink: list[BulkSink]) -> None:
        self._sink = sink
        self.said: list[str] = []
        self.closed = False

    async def close(self) -> None:
        """Note it."""
        self.closed = True

    async def prepare(self) -> None:
        """Fail in each way once, and note what the sink says meanwhile."""
        self.said.append(self._sink[0].away)
        if len(self.said) == 1:
            raise MisconfiguredError("Elasticsearch refuses the credentials")
        if len(self.said) == 2:
            raise IndexUnavailable("Elasticsearch does not answer")


async def test_an_index_that_was_never_opened_is_closed(tmp_path: Path) -> None:
    """A role that is stopped while it waits leaves no connection behind, which asyncio would complain of."""
    held: list[BulkSink] = []
    index: Any = Refusing(held)
    sink = BulkSink(lambda: index, Settings(data_dir=tmp_path), SystemClock(), lambda: False)
    held.append(sink)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await sink.start()
    assert index.closed


async def test_an_index_that_refuses_us_is_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What keeps the index away is told, and it is opened when it is mended, without a crash in between."""
    monkeypatch.setattr(bulk, "FIRST_WAIT_S", 0.001)
    held: list[BulkSink] = []
    index: Any = Refusing(held)
    sink = BulkSink(lambda: index, Settings(data_dir=tmp_path), SystemClock(), lambda: False)
    held.append(sink)
    with capture_logs() as logged:
        await sink.start()
    reasons = ["Elasticsearch refuses the credentials", "Elasticsearch does not answer"]
    assert index.said == ["", *reasons]
    assert [line["error"] for line in logged if "error" in line] == reasons
    assert logged[-1]["event"] == "index is back"
    assert sink.away == ""
