"""The index as the indexing agents open it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from agents import bulk
from agents.bulk import BulkSink
from streams.clock import SystemClock
from streams.errors import IndexUnavailable, MisconfiguredError
from streams.interests import Profile
from streams.records import ReaderId
from streams.settings import Settings
from streams.sinks import bulk as writing
from streams.sinks.index import ArticleDocument, Outcome, Written
from tests.streams.sinks.articles import NOON, enriched


class Refusing:
    """Be an index that refuses the credentials, then does not answer, and then is there."""

    put_articles = put_profiles = put_alerts = put_novelties = forget_reader = None

    def __init__(self, sink: list[BulkSink]) -> None:
        self._sink = sink
        self.said: list[dict[str, str]] = []
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


class Withdrawing:
    """Be an index that is prepared, and then refuses to write profiles until somebody sees to its credentials."""

    put_alerts = put_novelties = forget_reader = None

    def __init__(self, sink: list[BulkSink]) -> None:
        self._sink = sink
        self.said: list[dict[str, str]] = []

    async def close(self) -> None:
        """Do nothing."""

    async def prepare(self) -> None:
        """Find nothing wrong."""

    async def put_articles(self, documents: Sequence[ArticleDocument]) -> list[Outcome]:
        """Take articles all the while."""
        return [Outcome(Written.NEW) for _ in documents]

    async def put_profiles(self, profiles: Sequence[Profile]) -> list[Outcome]:
        """Refuse twice, and note what the sink says meanwhile."""
        self.said.append(self._sink[0].away)
        if len(self.said) <= 2:
            raise MisconfiguredError("Elasticsearch does not let us write")
        return [Outcome(Written.NEW) for _ in profiles]


async def test_an_index_that_withdraws_its_leave_is_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A key that lapses, or lacks a right, is told as long as it is so, and what was to be written is written then."""
    monkeypatch.setattr(writing, "FIRST_WAIT_S", 0.001)
    held: list[BulkSink] = []
    index: Any = Withdrawing(held)
    sink = BulkSink(lambda: index, Settings(data_dir=tmp_path, bulk_age_s=0.01), SystemClock(), lambda: False)
    held.append(sink)
    await sink.start()
    await sink.write_profile(Profile(reader_id=ReaderId("ada"), at=NOON, clicks=1), 100)
    refusal = "Elasticsearch does not let us write"
    assert index.said == [{}, {"profiles": refusal}, {"profiles": refusal}]
    assert sink.away == {}
    await sink.stop()


async def test_what_is_taken_hides_nothing_that_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """While profiles are refused the sink says so, and says it once, though articles are taken all the while."""
    monkeypatch.setattr(writing, "FIRST_WAIT_S", 0.02)
    held: list[BulkSink] = []
    index: Any = Withdrawing(held)
    sink = BulkSink(lambda: index, Settings(data_dir=tmp_path, bulk_age_s=0.001), SystemClock(), lambda: False)
    held.append(sink)
    await sink.start()
    with capture_logs() as logged:
        profile = asyncio.create_task(
            sink.write_profile(Profile(reader_id=ReaderId("ada"), at=NOON, clicks=1), 100),
        )
        while not profile.done():
            await sink.write_article(ArticleDocument(enriched(), NOON.date()), 100)
            if index.said and not profile.done():
                assert sink.away or len(index.said) > 2
    assert [line["event"] for line in logged] == ["index is away; waiting for it", "index is back"]
    assert logged[0]["topics"] == "profiles"
    await sink.stop()


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
    every = ("news.enriched", "profiles", "alerts", "novelty")
    assert index.said == [{}, *(dict.fromkeys(every, reason) for reason in reasons)]
    assert [line["error"] for line in logged if "error" in line] == reasons
    assert logged[-1]["event"] == "index is back"
    assert sink.away == {}
