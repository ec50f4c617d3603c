"""`/v1/deliveries`: what became of the notifications."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, HTTPException, Query

from streams.subscriptions import DeliveryOutcome, NotificationId, SubscriptionId
from web.api.dependencies import FOREIGN_REFUSED, UsedChanges, UsedRegisters
from web.api.views import RequestView
from web.deliveries import DEAD_KEPT, KEPT
from web.keys import Author, Read, Write

router = APIRouter(prefix="/v1/deliveries", tags=["deliveries"], dependencies=[FOREIGN_REFUSED])


@router.get("", dependencies=[Read])
async def list_deliveries(
    registers: UsedRegisters,
    dead: bool = False,
    subscription: Annotated[str | None, Query(min_length=1, description="Id of a subscription.")] = None,
    limit: Annotated[int, Query(ge=1, le=DEAD_KEPT)] = 100,
) -> list[DeliveryOutcome]:
    """List the last outcome of each of the newest notifications; with `dead`, of those that were given up."""
    only = None if subscription is None else SubscriptionId(subscription)
    return await registers.deliveries.newest(dead_only=dead, limit=limit, subscription_id=only)


@router.get("/{notification_id}", dependencies=[Read])
async def get_delivery(registers: UsedRegisters, notification_id: str) -> DeliveryOutcome:
    """Get the last outcome of one notification: a test's is here once it was tried."""
    return await _kept(registers, notification_id)


@router.post("/{notification_id}/replay", status_code=202, dependencies=[Write])
async def replay(changes: UsedChanges, registers: UsedRegisters, author: Author, notification_id: str) -> RequestView:
    """Deliver a dead notification once more, under the id that it has."""
    outcome = await _kept(registers, notification_id)
    if not outcome.dead:
        detail = f"notification {notification_id!r} is not dead, its last outcome is {outcome.outcome}"
        raise HTTPException(409, detail)
    asked = await changes.replay(outcome, author)
    return RequestView(request_id=asked.request_id, notification_id=outcome.notification_id)


async def _kept(registers: UsedRegisters, notification_id: str) -> DeliveryOutcome:
    outcome = await registers.deliveries.get(NotificationId(notification_id))
    if outcome is None:
        where = f"among the newest {KEPT:,}, nor the last {DEAD_KEPT:,} dead ones"
        raise HTTPException(404, f"notification {notification_id!r} is not {where}: it may not have been tried yet")
    return outcome
