"""`/v1/clicks` and `/v1/readers`: what readers do, and what they are interested in."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, HTTPException, Path, Request
from fastapi.responses import JSONResponse

from streams.decoding import decode_click, encode_record
from streams.records import ReaderId
from streams.topics import Topic
from web.api.dependencies import UsedClock, UsedIndex, UsedProducer, UsedSettings
from web.api.pushing import Checked, Receipts, push_items
from web.api.views import InterestsView
from web.keys import Admin, Read, Write

router = APIRouter(prefix="/v1", tags=["readers"])

AnyReaderId = Annotated[str, Path(min_length=1, description="Id of a reader; slashes are a part of it.")]
EXAMPLE = {
    "reader_id": "r-17",
    "article_id": "9f2c41d07be85a36c1d2e3f405162738",
    "kind": "read",
    "at": "2026-03-02T14:35:00Z",
    "dwell_s": 42,
}


@router.post(
    "/clicks",
    status_code=202,
    response_model=Receipts,
    dependencies=[Write],
    openapi_extra={"requestBody": {"required": True, "content": {"application/json": {"example": EXAMPLE}}}},
)
async def push_clicks(
    request: Request, producer: UsedProducer, settings: UsedSettings, clock: UsedClock
) -> Receipts | JSONResponse:
    """Push one click, an array of them, or one a line; the article may come later.

    `kind` is open, read, share, save or dismiss. The article is named by id, or by `source` and `url`.
    """

    def check(value: bytes, now: datetime) -> Checked:
        click = decode_click(value, received_at=now, max_future_s=settings.max_future_s)
        # Without a date its time, and the id that is made of it, would be those of its arrival in Kafka.
        return Checked(click.click_id, click.reader_id.encode(), value if click.at != now else encode_record(click))

    return await push_items(request, Topic.CLICKS_RAW, check, producer, settings, clock)


@router.get("/readers/{reader_id:path}/interests", dependencies=[Read])
async def get_interests(index: UsedIndex, reader_id: AnyReaderId) -> InterestsView:
    """Get what a reader is interested in, strongest first."""
    profile = await index.get_profile(ReaderId(reader_id))
    if profile is None:
        raise HTTPException(404, f"no profile of reader {reader_id!r}: nothing that they clicked has been joined yet")
    return InterestsView.of(profile)


@router.delete("/readers/{reader_id:path}", status_code=204, dependencies=[Admin])
async def forget_reader(index: UsedIndex, producer: UsedProducer, reader_id: AnyReaderId) -> None:
    """Erase what was learned of a reader: the profile at once, what it came of and the watch-list soon after.

    A click that comes later begins anew. So does one that was on its way or waits for its article: erase again then.
    """
    await producer.send(Topic.READS, key=reader_id.encode(), value=None)
    if not await index.forget_reader(ReaderId(reader_id)):
        raise HTTPException(404, f"no profile of reader {reader_id!r}")
