"""Settle what came of each try, and take requests for deliveries out of turn: handlers of the alert role's agent."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from agents.outbox import Outbox
from alerts.notifications.notices import trial_notice
from alerts.notifications.outbox import recorded, revived, settled
from streams.clock import Clock
from streams.decoding import decode_record
from streams.delivery import Confirmation, Event
from streams.errors import DeadLetterReason, UnreadableInput
from streams.subscriptions import DeliveryOutcome, DeliveryRequest, Subscription, SubscriptionId

REQUEST_FIELD = b'"request_id"'
UNKNOWN_WAITS = timedelta(seconds=10)
"""Of a test whose subscription has not been read: long enough to read what lay before it on another topic."""


class Settling:
    """Write what `deliveries` says into the outbox."""

    def __init__(
        self, outbox: Outbox, subscription: Callable[[SubscriptionId], Subscription | None], clock: Clock
    ) -> None:
        self._outbox = outbox
        self._subscription = subscription
        self._clock = clock

    async def handle(self, event: Event) -> list[Confirmation]:
        """Take an outcome or a request."""
        if isinstance(event.value, bytes) and REQUEST_FIELD in event.value:
            return self._request(decode_record(DeliveryRequest, event.value))
        return self._settle(decode_record(DeliveryOutcome, event.value))

    def _settle(self, outcome: DeliveryOutcome) -> list[Confirmation]:
        writes: list[Confirmation] = []
        delivery = self._outbox.delivery(outcome.notification_id)
        if delivery is not None:
            writes.append(self._outbox.put_delivery(settled(delivery, outcome)))
        subscription = self._subscription(outcome.subscription_id)
        # One that was set anew while the try was under way has another endpoint than the one that answered.
        if outcome.outcome == "gone" and subscription is not None and subscription.updated_at <= outcome.begun_at:
            mailbox = self._outbox.mailbox(outcome.subscription_id)
            gone = {"gone_at": outcome.begun_at, "batches": {}}
            writes.append(self._outbox.put_mailbox(mailbox.model_copy(update=gone)))
        return writes

    def _request(self, request: DeliveryRequest) -> list[Confirmation]:
        now = self._clock.now()
        if request.request == "test":
            subscription = self._subscription(request.subscription_id)
            title = request.subscription_id if subscription is None else subscription.name
            notice = trial_notice(request.subscription_id, request.request_id, title, now)
            delivery = recorded(notice)
            if subscription is None:
                # Topics have no common order: it may have been kept just before. If it was not, the try says so.
                delivery = delivery.model_copy(update={"due_at": now + UNKNOWN_WAITS})
            return [self._outbox.put_delivery(self._outbox.delivery(notice.notification_id) or delivery)]
        known = self._outbox.delivery(request.notification_id) if request.notification_id else None
        if known is None:
            detail = f"there is no notification {request.notification_id} here (any more)"
            raise UnreadableInput(DeadLetterReason.WRONG_TYPE, detail)
        return [self._outbox.put_delivery(revived(known, now))]
