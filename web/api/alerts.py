"""`/v1/alerts`: the episodes, and each step of them live."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Header, HTTPException, Query
from sse_starlette import EventSourceResponse, ServerSentEvent

from streams.records import AlertTransition, Moment
from web.api.dependencies import UsedAlerts, UsedIndex
from web.keys import Read

router = APIRouter(prefix="/v1/alerts", tags=["alerts"], dependencies=[Read])

PING_S = 15


@router.get("")
async def list_alerts(
    index: UsedIndex,
    open_only: bool = False,
    since: Moment | None = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
) -> list[AlertTransition]:
    """List the latest step of each episode, newest first."""
    return await index.list_alerts(open_only=open_only, since=since, limit=limit)


@router.get("/live", response_class=EventSourceResponse)
async def live_alerts(
    alerts: UsedAlerts,
    last_event_id: Annotated[str | None, Header(description="Where the last connection ended.")] = None,
) -> EventSourceResponse:
    """Follow the alerts as server-sent events; `id` is the place to come back to, `event` the kind of step."""
    if last_event_id is not None and not last_event_id.isdecimal():
        raise HTTPException(422, "Last-Event-ID is a number that an earlier event carried")
    after = int(last_event_id) if last_event_id is not None else None

    async def events() -> AsyncIterator[ServerSentEvent]:
        async for alert in alerts.listen(after):
            yield ServerSentEvent(
                id=str(alert.offset), event=alert.transition.kind, data=alert.transition.model_dump_json()
            )

    return EventSourceResponse(events(), ping=PING_S)
