"""Clicks and articles on their way to a reader's profile."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

import orjson
import pytest

from streams.identity import article_id_of
from streams.interests import Profile
from streams.records import ReaderId
from streams.sinks.index import Index
from streams.topics import Topic
from tests.pipeline.conftest import Parts, publish, until

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
NAMES = ("Harbourline Shipping", "Quillon Foods", "Verdane Energy")


def _article(source: str, place: int) -> bytes:
    name = NAMES[place % len(NAMES)]
    return orjson.dumps(
        {
            "title": f"{name} opens plant {place}",
            "body": f"{name} said plant {place} would raise output. Shares rose.",
            "published_at": (START + timedelta(minutes=place)).isoformat(),
            "source": source,
            "url": f"https://{source}.example/{place}",
            "entities": [{"name": name, "id": f"demo:{name.split()[0].lower()}"}],
        }
    )


def _clicks(reader: str, source: str, places: range) -> list[tuple[bytes, bytes]]:
    return [
        (
            reader.encode(),
            orjson.dumps(
                {
                    "reader_id": reader,
                    "article_id": article_id_of(source, f"https://{source}.example/{place}", "", None),
                    "kind": "read",
                    "at": (START + timedelta(hours=place)).isoformat(),
                    "dwell_s": 10 + place,
                }
            ),
        )
        for place in places
    ]


async def _profile(index: Index, reader: str, clicks: int) -> Profile:
    async def complete() -> Profile | None:
        profile = await index.get_profile(ReaderId(reader))
        return profile if profile is not None and profile.clicks >= clicks else None

    return await until(complete)


async def test_clicks_before_and_after_their_articles_give_one_profile(parts: Parts, index: Index) -> None:
    """It does not matter whether clicks come before their articles, after them, or twice."""
    source = f"s{uuid.uuid4().hex[:8]}"
    early, late = f"early-{source}", f"late-{source}"
    await publish(parts.settings, Topic.CLICKS_RAW, _clicks(early, source, range(24)))
    articles = [(str(place).encode(), _article(source, place)) for place in range(24)]
    await publish(parts.settings, Topic.NEWS_RAW, articles)
    first = await _profile(index, early, 24)
    await publish(parts.settings, Topic.CLICKS_RAW, _clicks(late, source, range(24))[::-1])
    await publish(parts.settings, Topic.CLICKS_RAW, _clicks(late, source, range(6)))
    second = await _profile(index, late, 24)
    assert first.clicks == second.clicks == 24
    assert [i.id for i in first.entities] == [i.id for i in second.entities]
    assert [i.weight for i in first.entities] == pytest.approx([i.weight for i in second.entities], abs=1e-6)
    assert {i.id: i.weight for i in first.topics} == pytest.approx({i.id: i.weight for i in second.topics}, abs=1e-6)
    assert first.at == second.at == START + timedelta(hours=23)


async def test_an_erased_reader_begins_anew(parts: Parts, index: Index) -> None:
    """An erasure goes the way of the clicks: the profile goes, and the next click is the first."""
    source = f"s{uuid.uuid4().hex[:8]}"
    reader = f"erased-{source}"
    await publish(
        parts.settings, Topic.NEWS_RAW, [(str(place).encode(), _article(source, place)) for place in range(4)]
    )
    await publish(parts.settings, Topic.CLICKS_RAW, _clicks(reader, source, range(3)))
    await _profile(index, reader, 3)
    await publish(parts.settings, Topic.READS, [(reader.encode(), None)])

    async def gone() -> bool | None:
        return (await index.get_profile(ReaderId(reader)) is None) or None

    await until(gone)
    await publish(parts.settings, Topic.CLICKS_RAW, _clicks(reader, source, range(3, 4)))
    profile = await _profile(index, reader, 1)
    assert profile.clicks == 1
    assert [interest.id for interest in profile.entities] == ["demo:harbourline"]
