"""Taking messages in, beside what else the process serves."""

from __future__ import annotations

import asyncio
import threading
from datetime import datetime

import pytest
from fastapi import Request
from starlette.types import Message

from streams.clock import ManualClock
from streams.topics import Topic
from tests.web.conftest import NOW, Site
from web.api.pushing import MAX_ITEMS, Checked, Receipts, push_items


def _request(body: bytes, kind: str = "application/json") -> Request:
    async def receive() -> Message:
        return {"type": "http.request", "body": body}

    return Request({"type": "http", "headers": [(b"content-type", kind.encode())]}, receive)


async def test_others_are_served_while_items_are_checked(site: Site) -> None:
    """Eight megabytes of HTML are checked for seconds; pages and streams stood still for so long."""
    others_served = threading.Event()

    def check(value: bytes, _now: datetime) -> Checked:
        assert others_served.wait(10)
        return Checked("a", b"a", value)

    pushing = asyncio.create_task(
        push_items(_request(b"{}"), Topic.NEWS_RAW, check, site.producer, site.settings, ManualClock(NOW))
    )
    await asyncio.sleep(0.05)
    others_served.set()
    answer = await pushing
    assert isinstance(answer, Receipts)
    assert answer.accepted == ["a"]


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/json", b"[" + b"1," * (MAX_ITEMS + 1) + b"?"),
        ("application/x-ndjson", b"1\n" * (MAX_ITEMS + 1)),
    ],
)
async def test_no_more_items_are_cut_than_are_taken(site: Site, kind: str, body: bytes) -> None:
    """Four million items were cut, for seconds and into as many pieces of memory, before they were counted."""
    answer = await site.client.post("/v1/articles", content=body, headers={"Content-Type": kind})
    assert answer.status_code == 413
    assert answer.json()["detail"] == "more than 1,000 items: send them in parts"
