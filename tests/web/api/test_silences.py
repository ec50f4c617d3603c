"""Silences: kept, listed, ended."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from streams.subscriptions import Silence
from tests.web.conftest import NOW, Site

HOUR = timedelta(hours=1)
FOOD = {"entities": ["demo:quillon"]}


def _fields(**chosen: Any) -> dict[str, Any]:
    return {"matchers": FOOD, "ends_at": (NOW + HOUR).isoformat(), "comment": "known"} | chosen


async def test_a_silence_is_kept_and_listed(locked_site: Site) -> None:
    """A silence begins now where nothing else is said, and has the name of the key for its author."""
    client, key = locked_site.client, {"X-API-Key": "w-key"}
    answer = await client.put("/v1/silences/food", json=_fields(author="somebody else"), headers=key)
    assert answer.status_code == 201, answer.text
    topic, name, value = locked_site.producer.sent[-1]
    assert (topic, name) == ("silences", b"food")
    kept = Silence.model_validate_json(value or b"")
    assert (kept.starts_at, kept.ends_at, kept.author) == (NOW, NOW + HOUR, "feed")
    listed = (await client.get("/v1/silences", headers=key)).json()
    assert [each["silence_id"] for each in listed] == ["food"]
    read = (await client.get("/v1/silences/food", headers=key)).json()
    again = await client.put("/v1/silences/food", json=read | {"comment": "still"}, headers=key)
    assert (again.status_code, again.json()["comment"]) == (200, "still")


@pytest.mark.parametrize(
    ("chosen", "path"),
    [
        ({"matchers": {}}, "matchers"),
        ({"matchers": {"topics": ["enrgy"]}}, "matchers.topics.0"),
        ({"ends_at": (NOW - HOUR).isoformat()}, "ends_at"),
        ({"starts_at": (NOW + 2 * HOUR).isoformat()}, "ends_at"),
        ({"ends_at": "soon"}, "ends_at"),
        ({"ends_at": "9999-12-31T23:59:59-05:00"}, "ends_at"),
        ({"end_at": "2026-03-02T16:00:00Z"}, "end_at"),
    ],
)
async def test_a_mistake_is_told_with_its_place(site: Site, chosen: dict[str, Any], path: str) -> None:
    """What would silence everything, or nothing, is refused."""
    answer = await site.client.put("/v1/silences/food", json=_fields(**chosen))
    assert answer.status_code == 422
    assert path in [mistake["path"] for mistake in answer.json()["mistakes"]]
    assert site.producer.sent == []


async def test_half_a_character_is_a_mistake(site: Site) -> None:
    """It is told where it stands, with what to write, and nothing is published."""
    content = json.dumps(_fields(matchers={"entities": ["a", "\ud83d"]}))
    as_json = {"Content-Type": "application/json"}
    answer = await site.client.put("/v1/silences/food", content=content, headers=as_json)
    assert answer.status_code == 422
    (mistake,) = answer.json()["mistakes"]
    assert mistake["path"] == "matchers.entities.1"
    assert "write the character itself" in mistake["message"]
    assert site.producer.sent == []


async def test_ending_tells_and_forgetting_does_not(site: Site) -> None:
    """A silence that holds ends now, so that its end is told; one that has not begun is forgotten."""
    later = {"starts_at": (NOW + HOUR).isoformat(), "ends_at": (NOW + 2 * HOUR).isoformat()}
    begun = {"starts_at": (NOW - HOUR).isoformat()}
    await site.client.put("/v1/silences/later", json=_fields(**later))
    await site.client.put("/v1/silences/begun", json=_fields(**begun))
    assert (await site.client.delete("/v1/silences/later")).status_code == 204
    assert site.producer.sent[-1] == ("silences", b"later", None)
    assert (await site.client.delete("/v1/silences/begun")).status_code == 204
    assert Silence.model_validate_json(site.producer.sent[-1][2] or b"").ends_at == NOW
    assert (await site.client.get("/v1/silences")).json() == []
    ended = (await site.client.get("/v1/silences", params={"ended": True})).json()
    assert [each["silence_id"] for each in ended] == ["begun"]
    assert (await site.client.delete("/v1/silences/none")).status_code == 404
