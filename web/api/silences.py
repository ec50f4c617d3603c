"""`/v1/silences`: what is not to be told for a while."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Body, HTTPException, Response

from streams.subscriptions import Silence, SilenceId
from web.api.dependencies import FOREIGN_REFUSED, UsedChanges, UsedClock, UsedRegisters
from web.api.subscriptions import KeptId
from web.keys import Author, KeyFirst, Read, Write
from web.problems import MistakesError

router = APIRouter(prefix="/v1/silences", tags=["silences"], dependencies=[FOREIGN_REFUSED], route_class=KeyFirst)

EXAMPLE = {
    "matchers": {"entities": ["demo:quillon"]},
    "ends_at": "2026-03-02T18:00:00Z",
    "comment": "The recall is known.",
}
Fields = Annotated[
    dict[str, Any],
    Body(description="The fields of a silence; its id and author are set by the service.", examples=[EXAMPLE]),
]


@router.get("", dependencies=[Read])
async def list_silences(registers: UsedRegisters, clock: UsedClock, ended: bool = False) -> list[Silence]:
    """List the silences that hold or will hold, the first to end first; with `ended` those that are over as well."""
    kept = [s for s in (await registers.silences.all()).values() if ended or s.ends_at > clock.now()]
    return sorted(kept, key=lambda silence: (silence.ends_at, silence.silence_id))


@router.get("/{silence_id}", dependencies=[Read])
async def get_silence(registers: UsedRegisters, silence_id: KeptId) -> Silence:
    """Get a silence."""
    return await _kept(registers, silence_id)


@router.put(
    "/{silence_id}",
    dependencies=[Write],
    responses={201: {"model": Silence, "description": "It was not there before."}},
)
async def put_silence(
    changes: UsedChanges,
    registers: UsedRegisters,
    author: Author,
    silence_id: KeptId,
    fields: Fields,
    response: Response,
) -> Silence:
    """Keep a silence; without `starts_at` it begins now. Its author is the key's name."""
    known = await registers.silences.get(silence_id)
    silence = await changes.put_silence(SilenceId(silence_id), fields, author)
    if not isinstance(silence, Silence):
        raise MistakesError(silence)
    response.status_code = 201 if known is None else 200
    return silence


@router.delete("/{silence_id}", status_code=204, dependencies=[Write])
async def end_silence(changes: UsedChanges, registers: UsedRegisters, silence_id: KeptId) -> None:
    """End a silence now, and tell what it withheld; one that is over or never began is forgotten."""
    await changes.end_silence(await _kept(registers, silence_id))


async def _kept(registers: UsedRegisters, silence_id: str) -> Silence:
    silence = await registers.silences.get(silence_id)
    if silence is None:
        raise HTTPException(404, f"there is no silence {silence_id!r}")
    return silence
