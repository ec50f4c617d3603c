"""Profiles on their way to the index, and their erasure."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from agents import bulk
from agents.bulk import BulkSink
from agents.indexing import ProfileIndexing
from streams.clock import SystemClock
from streams.decoding import encode_record
from streams.errors import DeadLetterReason, IndexUnavailable, UnreadableInput
from streams.interests import Profile
from streams.records import ReaderId
from streams.settings import Settings
from streams.sinks.index import Outcome
from streams.sinks.sqlite import SqliteIndex
from streams.topics import Topic
from tests.agents.durability import message

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


class SlowIndex(SqliteIndex):
    """Be an index that takes a while to write, and is away for the first erasures."""

    away = 0

    async def put_profiles(self, profiles: Sequence[Profile]) -> list[Outcome]:
        """Store profiles after a while."""
        await asyncio.sleep(0.05)
        return await super().put_profiles(profiles)

    async def forget_reader(self, reader_id: ReaderId) -> bool:
        """Erase a profile, or be away."""
        if self.away:
            self.away -= 1
            raise IndexUnavailable("away")
        return await super().forget_reader(reader_id)


@pytest.fixture
async def index(tmp_path: Path) -> AsyncIterator[SlowIndex]:
    """Give a file index."""
    index = SlowIndex(tmp_path / "index.sqlite3")
    yield index
    await index.close()


@pytest.fixture
async def indexing(index: SlowIndex, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ProfileIndexing:
    """Give what the agent runs, over an index that is ready."""
    monkeypatch.setattr(bulk, "FIRST_WAIT_S", 0.001)
    sink = BulkSink(lambda: index, Settings(data_dir=tmp_path, bulk_age_s=0.01), SystemClock(), lambda: False)
    await sink.start()
    return ProfileIndexing(sink)


def _profile(reader: str, minute: int, clicks: int) -> Any:
    profile = Profile(reader_id=ReaderId(reader), at=NOON + timedelta(minutes=minute), clicks=clicks)
    return message(Topic.PROFILES, reader.encode(), encode_record(profile))


def _erasure(key: bytes | None) -> Any:
    return message(Topic.PROFILES, key, None)


async def _taken(indexing: ProfileIndexing, *events: Any) -> None:
    """Hand events over one after the other, as a stream does, and await what has to be confirmed afterwards."""
    confirmations = [each for event in events for each in await indexing.handle(event)]
    await asyncio.gather(*confirmations)


@pytest.mark.parametrize("away", [0, 3])
async def test_an_erasure_comes_after_what_was_written_before_it(
    indexing: ProfileIndexing, index: SlowIndex, away: int
) -> None:
    """Though profiles are written side by side, and also once an index that was away is back."""
    index.away = away
    await _taken(indexing, _profile("ada", 0, 3), _profile("bo", 0, 1), _erasure(b"ada"), _erasure(b"ada"))
    assert await index.get_profile(ReaderId("ada")) is None
    assert await index.get_profile(ReaderId("bo")) is not None


async def test_a_profile_after_an_erasure_stays(indexing: ProfileIndexing, index: SlowIndex) -> None:
    """A reader who clicks again has a profile again, though it counts fewer clicks."""
    await _taken(indexing, _profile("ada", 0, 3), _erasure(b"ada"), _profile("ada", 1, 1))
    found = await index.get_profile(ReaderId("ada"))
    assert found is not None
    assert found.clicks == 1


@pytest.mark.parametrize(
    ("key", "reason"),
    [(b"\xff", DeadLetterReason.NOT_UTF8), (None, DeadLetterReason.NULL)],
)
async def test_an_erasure_of_nobody_is_put_aside(
    indexing: ProfileIndexing, key: bytes | None, reason: DeadLetterReason
) -> None:
    """A key that is no reader's crashes nothing."""
    with pytest.raises(UnreadableInput) as caught:
        await indexing.handle(_erasure(key))
    assert caught.value.reason is reason
