"""`/v1/clicks` and `/v1/readers`: what readers do, and what they are interested in."""

from __future__ import annotations

import asyncio

from fastapi import APIRouter, HTTPException, Request

from streams.decoding import decode_click
from streams.records import ReaderId
from streams.topics import Topic
from web.api.dependencies import UsedClock, UsedIndex, UsedProducer, UsedSettings
from web.api.pushing import Checked, Receipts, check_items, read_items
from web.api.views import InterestsView
from web.keys import Admin, Read, Write

router = APIRouter(prefix="/v1", tags=["readers"])

EXAMPLE = {"reader_id": "r-17", "article_id": "0f3c…", "kind": "read", "at": "2026-03-02T14:35:00Z", "dwell_s": 42}


@router.post(
    "/clicks",
    status_code=202,
    dependencies=[Write],
    openapi_extra={"requestBody": {"required": True, "content": {"application/json": {"example": EXAMPLE}}}},
)
async def push_clicks(request: Request, producer: UsedProducer, settings: UsedSettings, clock: UsedClock) -> Receipts:
    """Push one click, an array of them, or one a line; the article may come later."""

    def check(value: bytes) -> Checked:
        click = decode_click(value, received_at=clock.now(), max_future_s=settings.max_future_s)
        return Checked(click.click_id, click.reader_id.encode(), value)

    taken, refused = check_items(await read_items(request), check)
    await asyncio.gather(*(producer.send(Topic.CLICKS_RAW, key=each.key, value=each.value) for each in taken))
    return Receipts(accepted=[each.id for each in taken], refused=refused)


@router.get("/readers/{reader_id}/interests", dependencies=[Read])
async def get_interests(index: UsedIndex, reader_id: str) -> InterestsView:
    """Get what a reader is interested in, strongest first."""
    profile = await index.get_profile(ReaderId(reader_id))
    if profile is None:
        raise HTTPException(404, f"no profile of reader {reader_id!r}: nothing that they clicked has been joined yet")
    return InterestsView.of(profile)


@router.delete("/readers/{reader_id}", status_code=204, dependencies=[Admin])
async def forget_reader(index: UsedIndex, reader_id: str) -> None:
    """Erase the published profile of a reader."""
    if not await index.forget_reader(ReaderId(reader_id)):
        raise HTTPException(404, f"no profile of reader {reader_id!r}")
