"""Settle what came of each try, and take requests for deliveries out of turn: handlers of the alert role's agent."""

from __future__ import annotations

from collections.abc import Callable

from agents.outbox import Outbox
from alerts.notices import trial_notice
from alerts.outbox import recorded, revived, settled
from streams.clock import Clock
from streams.decoding import decode_record
from streams.delivery import Confirmation, Event
from streams.errors import DeadLetterReason, UnreadableInput
from streams.subscriptions import DeliveryOutcome, DeliveryRequest, Subscription, SubscriptionId

REQUEST_FIELD = b'"request_id"'


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
            if subscription is None:
                raise _unknown(f"subscription {request.subscription_id}")
            notice = trial_notice(subscription.subscription_id, request.request_id, subscription.name, now)
            known = self._outbox.delivery(notice.notification_id)
            return [self._outbox.put_delivery(known or recorded(notice))]
        delivery = self._outbox.delivery(request.notification_id) if request.notification_id else None
        if delivery is None:
            raise _unknown(f"notification {request.notification_id}")
        return [self._outbox.put_delivery(revived(delivery, now))]


def _unknown(what: str) -> UnreadableInput:
    return UnreadableInput(DeadLetterReason.WRONG_TYPE, f"there is no {what} here (any more)")
