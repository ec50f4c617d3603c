"""`/v1/alerts`: the episodes, and each step of them live."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, HTTPException, Query
from sse_starlette import EventSourceResponse, ServerSentEvent

from streams.alerting import AlertTransition
from streams.events import to_cloudevent_json
from streams.records import EpisodeId
from web.api.dependencies import LastEventId, PointInTime, UsedAlerts, UsedIndex, UsedSettings
from web.finding import find_episode
from web.keys import Read

router = APIRouter(prefix="/v1/alerts", tags=["alerts"], dependencies=[Read])

PING_S = 15
SEND_WITHIN_S = 30.0
"""A client that takes nothing for so long is let go."""


@router.get("")
async def list_alerts(
    index: UsedIndex,
    open_only: bool = False,
    since: PointInTime | None = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
) -> list[AlertTransition]:
    """List the latest step of each episode, newest first."""
    return await index.list_alerts(open_only=open_only, since=since, limit=limit)


@router.get("/live", response_class=EventSourceResponse)
async def live_alerts(
    alerts: UsedAlerts,
    settings: UsedSettings,
    after: LastEventId = None,
) -> EventSourceResponse:
    """Follow the alerts as server-sent events.

    `event` is the kind of step (opened, updated, acknowledged, resolved), `data` a CloudEvent as JSON, `id` the place
    to come back to. Where steps between there and now are no longer at hand, the first event is `gap`: read the list
    again.
    """

    async def events() -> AsyncIterator[ServerSentEvent]:
        if after is not None and not alerts.reaches(after):
            yield ServerSentEvent(event="gap", data="steps were missed: read /v1/alerts")
        async for alert in alerts.listen(after):
            data = to_cloudevent_json(alert.transition, settings).decode()
            yield ServerSentEvent(id=str(alert.offset), event=alert.transition.kind, data=data)

    return EventSourceResponse(events(), ping=PING_S, send_timeout=SEND_WITHIN_S)


@router.get("/{episode_id}")
async def get_alert(index: UsedIndex, alerts: UsedAlerts, episode_id: str) -> AlertTransition:
    """Get the latest step of one episode, with all its evidence."""
    step = await find_episode(index, alerts, EpisodeId(episode_id))
    if step is None:
        raise HTTPException(404, f"there is no episode {episode_id!r}, or it ended long ago")
    return step
