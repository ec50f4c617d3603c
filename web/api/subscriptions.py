"""`/v1/subscriptions`: who is told of what, where, and how often. Secrets are taken in and never given out again."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Body, HTTPException, Path, Query, Response
from sse_starlette import EventSourceResponse, ServerSentEvent

from alerts.notifications.drafts import Drafted, masked
from alerts.notifications.notices import trial_id, trial_notice
from alerts.notifications.rendering import Renderer
from alerts.notifications.template_trials import template_fault
from streams.identity import digest_of
from streams.subscriptions import Subscription, SubscriptionId
from web.api.alerts import EVENTS, PING_S, SEND_WITHIN_S
from web.api.dependencies import (
    FOREIGN_REFUSED,
    LastEventId,
    UsedChanges,
    UsedClock,
    UsedNotifications,
    UsedRegisters,
    UsedSettings,
)
from web.api.views import DraftView, PreviewView, RequestView, SecretView
from web.keys import Author, KeyFirst, Read, Write
from web.live import resume
from web.preconditions import ETAG, Asked, Matched
from web.problems import MistakesError

router = APIRouter(
    prefix="/v1/subscriptions", tags=["subscriptions"], dependencies=[FOREIGN_REFUSED], route_class=KeyFirst
)

KeptId = Annotated[str, Path(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$")]
"""What a person chooses: letters, digits, dots, hyphens and underscores."""
EXAMPLE = {
    "name": "Desk: food",
    "matchers": {"entities": ["demo:quillon"], "severities": ["medium", "high"]},
    "channel": {"kind": "webhook", "url": "https://hooks.desk.example/tidewatch"},
    "resolved": True,
}
Fields = Annotated[
    dict[str, Any],
    Body(description="The fields of a subscription; its id and time are set by the service.", examples=[EXAMPLE]),
]


@router.get("", dependencies=[Read])
async def list_subscriptions(
    registers: UsedRegisters, after: str = "", limit: Annotated[int, Query(ge=1, le=1_000)] = 100
) -> list[dict[str, Any]]:
    """List subscriptions by id, from the one after `after`; of a secret its end is shown."""
    kept = await registers.subscriptions.all()
    return [masked(subscription) for key, subscription in kept.items() if key > after][:limit]


@router.post("/preview", dependencies=[Read])
def preview(draft: DraftView, settings: UsedSettings, clock: UsedClock) -> PreviewView:
    """Show what a template makes of an invented alert; `fault` says why it could not be kept, tried on every kind."""
    notice = trial_notice(SubscriptionId("preview"), "preview", draft.name, clock.now())
    rendered = Renderer(settings.named("tidewatch"), settings.public_url).render(notice, draft.template)
    message = rendered.message
    fault = None if draft.template is None else template_fault(draft.template)
    return PreviewView(subject=message.subject, text=message.text, html=message.html, fault=fault)


@router.get("/{subscription_id}", dependencies=[Read], responses={200: {"headers": ETAG}})
async def get_subscription(registers: UsedRegisters, subscription_id: KeptId, response: Response) -> dict[str, Any]:
    """Get a subscription; of a secret its end is shown. `ETag` names the version, for `If-Match`."""
    subscription = await _kept(registers, subscription_id)
    response.headers["ETag"] = etag_of(subscription)
    return masked(subscription)


@router.put(
    "/{subscription_id}",
    dependencies=[Write],
    responses={201: {"model": dict[str, Any], "description": "It was not there before."}},
)
async def put_subscription(
    changes: UsedChanges,
    registers: UsedRegisters,
    subscription_id: KeptId,
    fields: Fields,
    asked: Asked,
    response: Response,
) -> dict[str, Any]:
    """Keep a subscription, whole: what is left out takes its default.

    Secrets that are left out, or written as they are shown, stay as they are. A webhook without any gets one, which
    this answer shows as `made_secret`, once.

    With `If-Match`, the `ETag` that a GET gave, nobody else's change is overwritten: where there was one the answer is
    412. `If-None-Match: *` makes a new one only. Without either the last one wins. Of two web processes each can
    let one pass in the same moment: they hear of each other by the broker.
    """
    async with changes.alone(subscription_id):
        known = await registers.subscriptions.get(subscription_id)
        asked.check(None if known is None else etag_of(known))
        drafted = await changes.put_subscription(SubscriptionId(subscription_id), fields)
    if not isinstance(drafted, Drafted):
        raise MistakesError(drafted)
    response.status_code = 201 if known is None else 200
    made = {"made_secret": drafted.made_secret} if drafted.made_secret else {}
    return masked(drafted.subscription) | made


@router.delete("/{subscription_id}", status_code=204, dependencies=[Write])
async def remove_subscription(
    changes: UsedChanges, registers: UsedRegisters, subscription_id: KeptId, asked: Matched
) -> None:
    """Forget a subscription; what waits for it is not sent. With `If-Match`, only the version that it names."""
    async with changes.alone(subscription_id):
        asked.check(etag_of(await _kept(registers, subscription_id)))
        await changes.remove_subscription(SubscriptionId(subscription_id))


@router.post("/{subscription_id}/secret", dependencies=[Write])
async def rotate_secret(changes: UsedChanges, registers: UsedRegisters, subscription_id: KeptId) -> SecretView:
    """Make a new secret for a webhook, shown once; the one before it signs as well, until the next rotation."""
    async with changes.alone(subscription_id):
        made = await changes.rotate_secret(await _kept(registers, subscription_id))
    if made is None:
        raise HTTPException(409, f"subscription {subscription_id!r} is no webhook: it has no secret to rotate")
    return SecretView(made_secret=made)


@router.post("/{subscription_id}/test", status_code=202, dependencies=[Write])
async def test_subscription(
    changes: UsedChanges, registers: UsedRegisters, author: Author, subscription_id: KeptId
) -> RequestView:
    """Send an invented alert to this subscription alone; what came of it is soon at `/v1/deliveries/{id}`."""
    await _kept(registers, subscription_id)
    asked = await changes.test(SubscriptionId(subscription_id), author)
    made = trial_id(asked.subscription_id, asked.request_id)
    return RequestView(request_id=asked.request_id, notification_id=made)


@router.get(
    "/{subscription_id}/stream", response_class=EventSourceResponse, dependencies=[Read], responses={200: EVENTS}
)
async def stream_notifications(
    registers: UsedRegisters,
    notifications: UsedNotifications,
    subscription_id: KeptId,
    last_seen: LastEventId = None,
) -> EventSourceResponse:
    """Follow the notifications of a subscription as server-sent events; its channel is `stream` or `topic`.

    `data` is a CloudEvent as JSON, `id` the place to come back to. Where something between there and now is no longer
    at hand, or that place is not known, the first event is `gap`.
    """
    kind = (await _kept(registers, subscription_id)).channel.kind
    if kind not in ("stream", "topic"):
        raise HTTPException(
            409, f"subscription {subscription_id!r} goes to its {kind}: only stream and topic come here"
        )

    async def events() -> AsyncIterator[ServerSentEvent]:
        async for each in resume(notifications, last_seen):
            if each is None:
                yield ServerSentEvent(event="gap", data="notifications were missed")
            elif each.subscription_id == subscription_id:
                yield ServerSentEvent(id=str(each.offset), event="notification", data=each.data)

    return EventSourceResponse(events(), ping=PING_S, send_timeout=SEND_WITHIN_S)


def etag_of(subscription: Subscription) -> str:
    """Return the entity tag of a subscription as it is shown: `updated_at` is a part of it."""
    return f'"{digest_of(orjson.dumps(masked(subscription), option=orjson.OPT_SORT_KEYS).decode())}"'


async def _kept(registers: UsedRegisters, subscription_id: str) -> Subscription:
    subscription = await registers.subscriptions.get(subscription_id)
    if subscription is None:
        raise HTTPException(404, f"there is no subscription {subscription_id!r}")
    return subscription
