"""Profiles and watch-lists from what readers read."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest

from agents.profiling import WATCHED_NAMES, Profiling
from streams.clock import ManualClock
from streams.decoding import decode_record, encode_record
from streams.enrichment import Embedding
from streams.errors import DeadLetterReason, UnreadableInput
from streams.interests import Click, Profile, Read
from streams.records import ArticleId, EntityId, ReaderId
from streams.settings import Settings
from streams.subscriptions import Watchlist
from streams.topics import FIRST_PARTITION, Topic
from tests.agents.durability import StandIn, message

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


class Reader:
    """Click, and see what is sent of it."""

    def __init__(self) -> None:
        application: Any = StandIn(ManualClock(NOON), Settings())
        self.application = application
        self.profiling = Profiling(application)

    async def click(self, place: int, *names: str, kind: str = "read") -> list[Watchlist]:
        """Read an article about the names; return the watch-lists that this sends."""
        click = Click(
            click_id=f"c{place}",
            reader_id=ReaderId("ada"),
            article_id=ArticleId(f"a{place}"),
            kind=kind,
            at=NOON + timedelta(minutes=place),
        )
        entities = {EntityId(name): 1.0 for name in names}
        read = Read(click=click, entities=entities, embedding=Embedding.of("test-space", np.ones(4, dtype=np.float32)))
        outlet = self.application.outlet
        outlet.records.clear()
        confirmations = list(await self.profiling.handle(message(Topic.READS, b"ada", encode_record(read))))
        self.application.table("profiles").flush()
        for confirmation in confirmations:
            await confirmation
        profile, *others = outlet.records
        assert (profile.topic, profile.key, profile.partition) == (Topic.PROFILES, b"ada", None)
        assert decode_record(Profile, profile.value).at == click.at
        assert [(each.topic, each.key, each.partition) for each in others] == [
            (Topic.WATCHLISTS, b"ada", FIRST_PARTITION)
        ] * len(others)
        assert len(confirmations) == 2 + len(others)
        return [decode_record(Watchlist, each.value) for each in others]

    async def erase(self, key: bytes | None = b"ada") -> list[tuple[Topic, bytes | None, bytes | None, int | None]]:
        """Erase the reader; return what this sends."""
        outlet = self.application.outlet
        outlet.records.clear()
        confirmations = list(await self.profiling.handle(message(Topic.READS, key, None)))
        self.application.table("profiles").flush()
        for confirmation in confirmations:
            await confirmation
        return [(each.topic, each.key, each.value, each.partition) for each in outlet.records]


async def test_watchlist_goes_out_when_its_names_change() -> None:
    """Reading of another name sends the list, strongest first; reading of the same names again does not."""
    reader = Reader()
    (first,) = await reader.click(0, "nwa")
    assert (first.reader_id, first.entities, first.at) == ("ada", ("nwa",), NOON)
    assert await reader.click(1, "nwa") == []
    (second,) = await reader.click(2, "fab")
    assert second.entities == ("nwa", "fab")
    assert await reader.click(3, "fab", "fab") == []
    (dismissed,) = [each for place in range(4, 9) for each in await reader.click(place, "nwa", kind="dismiss")]
    assert dismissed.entities == ("fab",)


async def test_repeated_click_sends_the_watchlist_again() -> None:
    """The first sending may have been lost with the process: a repeat sends the list, and counts nothing."""
    reader = Reader()
    sent = await reader.click(0, "nwa", "fab")
    assert await reader.click(0, "nwa", "fab") == sent


async def test_watchlist_holds_the_strongest_names_only() -> None:
    """A name beyond the strongest changes nothing until it is read of more."""
    reader = Reader()
    strong = [f"strong{number:02}" for number in range(WATCHED_NAMES)]
    (full,) = await reader.click(0, *strong)
    assert set(full.entities) == set(strong)
    await reader.click(1, *strong)
    assert await reader.click(2, "weak") == []
    changes = [each for place in (3, 4) for each in await reader.click(place, "weak", kind="share")]
    assert changes
    assert "weak" in changes[-1].entities
    assert len(changes[-1].entities) == WATCHED_NAMES


async def test_an_erased_reader_begins_anew() -> None:
    """State, profile and watch-list are gone, also when told twice, and the next click counts as the first."""
    reader = Reader()
    taken_back = [(Topic.PROFILES, b"ada", None, None), (Topic.WATCHLISTS, b"ada", None, FIRST_PARTITION)]
    for place in range(3):
        await reader.click(place, "nwa")
    for _ in range(2):
        assert await reader.erase() == taken_back
        assert reader.application.table("profiles").durable == {}
    (watchlist,) = await reader.click(9, "fab")
    assert watchlist.entities == ("fab",)
    (profile,) = [each for each in reader.application.outlet.records if each.topic is Topic.PROFILES]
    assert decode_record(Profile, profile.value).clicks == 1


async def test_an_erasure_leaves_the_others_alone() -> None:
    """Another reader's erasure, and one of nobody, take nothing of this one."""
    reader = Reader()
    await reader.click(0, "nwa")
    assert {key for _, key, *_ in await reader.erase(b"bo")} == {b"bo"}
    with pytest.raises(UnreadableInput) as caught:
        await reader.erase(None)
    assert caught.value.reason is DeadLetterReason.NULL
    assert await reader.click(1, "nwa") == []
