"""`/v1/alerts/{episode}/responses` and `/v1/precision`: what people say of alerts, and what that says of the rules."""

from __future__ import annotations

from fastapi import APIRouter, HTTPException

from streams.records import EpisodeId
from streams.subscriptions import Response
from web.api.dependencies import FOREIGN_REFUSED, UsedAlerts, UsedChanges, UsedIndex, UsedRegisters
from web.api.views import PrecisionView, ResponseView
from web.finding import find_episode
from web.keys import Author, KeyFirst, Read, Write

router = APIRouter(prefix="/v1", tags=["alerts"], dependencies=[FOREIGN_REFUSED], route_class=KeyFirst)


@router.post("/alerts/{episode_id}/responses", status_code=202, dependencies=[Write])
async def respond(
    index: UsedIndex, alerts: UsedAlerts, changes: UsedChanges, author: Author, episode_id: str, said: ResponseView
) -> Response:
    """Acknowledge an episode, which mutes it until it ends, or mark it as useful or false."""
    step = await find_episode(index, alerts, EpisodeId(episode_id))
    if step is None:
        raise HTTPException(404, f"there is no episode {episode_id!r}")
    if said.kind == "acknowledged" and step.kind == "resolved":
        raise HTTPException(409, f"episode {episode_id!r} has ended: there is nothing to mute")
    return await changes.respond(step, said.kind, author)


@router.get("/precision", dependencies=[Read])
async def list_precision(registers: UsedRegisters) -> list[PrecisionView]:
    """List for each rule how many of its alerts were marked useful and false, by whoever marked them last."""
    return [
        PrecisionView(rule=each.rule, useful=each.useful, false=each.false, precision=each.share)
        for each in await registers.responses.precision()
    ]
