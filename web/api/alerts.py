"""`/v1/alerts`: the episodes, and each step of them live."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, HTTPException, Query, Request, Response
from sse_starlette import EventSourceResponse, ServerSentEvent

from streams.alerting import AlertTransition, Severity
from streams.events import to_cloudevent_json
from streams.records import EntityId, EpisodeId, Moment
from streams.sinks.index import AlertQuery, State
from web.api.dependencies import LastEventId, UsedAlerts, UsedIndex, UsedSettings
from web.finding import find_episode
from web.keys import Read
from web.live import resume

router = APIRouter(prefix="/v1/alerts", tags=["alerts"], dependencies=[Read])

PING_S = 15
SEND_WITHIN_S = 30.0
"""A client that takes nothing for so long is let go."""
EVENTS = {"description": "Events as they come.", "content": {"text/event-stream": {"schema": {"type": "string"}}}}

NEXT_PAGE = {
    "Link": {
        "description": 'The next page, as `<?…>; rel="next"`, where there may be one.',
        "schema": {"type": "string"},
    }
}


@router.get("", responses={200: {"headers": NEXT_PAGE}})
async def list_alerts(
    request: Request,
    response: Response,
    index: UsedIndex,
    entity: Annotated[
        str | None, Query(min_length=1, description="Id of an entity.", examples=["demo:quillon"])
    ] = None,
    severity: Severity | None = None,
    rule: Annotated[str | None, Query(min_length=1, description="Name of a rule of the rules file.")] = None,
    state: Annotated[
        State | None, Query(description="Open until it is resolved; an open one is acknowledged, or not.")
    ] = None,
    since: Annotated[Moment | None, Query(description="Latest step at this time or later; UTC if no zone.")] = None,
    until: Annotated[Moment | None, Query(description="Latest step before this time.")] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
    cursor: Annotated[str | None, Query(description="Where the page before ended: as its `Link` has it.")] = None,
) -> list[AlertTransition]:
    """List the latest step of each episode that meets all conditions, newest first."""
    query = AlertQuery(
        entity_id=None if entity is None else EntityId(entity),
        severity=severity,
        rule=rule,
        state=state,
        since=since,
        until=until,
        limit=limit,
        cursor=cursor,
    )
    page = await index.search_alerts(query)
    if page.cursor is not None:
        following = request.url.include_query_params(cursor=page.cursor)
        response.headers["Link"] = f'<?{following.query}>; rel="next"'
    return list(page.alerts)


@router.get("/live", response_class=EventSourceResponse, responses={200: EVENTS})
async def live_alerts(
    alerts: UsedAlerts,
    settings: UsedSettings,
    last_seen: LastEventId = None,
) -> EventSourceResponse:
    """Follow the alerts as server-sent events.

    `event` is the kind of step (opened, updated, acknowledged, resolved), `data` a CloudEvent as JSON, `id` the place
    to come back to. Where steps between there and now are no longer at hand, or that place is not known, the first
    event is `gap`: read the list again.
    """

    async def events() -> AsyncIterator[ServerSentEvent]:
        async for alert in resume(alerts, last_seen):
            if alert is None:
                yield ServerSentEvent(event="gap", data="steps were missed: read /v1/alerts")
                continue
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
