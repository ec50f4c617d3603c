"""Endpoints: where notifications lead, each with its queue and what is known of its health."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass, field

from alerts.notifications.breaker import Breaker
from alerts.notifications.outbox import Delivery
from streams.subscriptions import Channel, EmailChannel, SlackChannel, Subscription, SubscriptionId, WebhookChannel


@dataclass(slots=True)
class Endpoint:
    """Be one address, at which deliveries take turns."""

    queue: deque[Delivery] = field(default_factory=deque)
    breaker: Breaker = field(default_factory=Breaker)
    draining: asyncio.Task[None] | None = None
    told: bool = False
    """Whether the log said that it fails: it may fail once more without a pause before it takes something."""

    def leave(self, subscription_id: SubscriptionId) -> list[Delivery]:
        """Take what waits for a subscription out of the queue, and return it."""
        own: list[Delivery] = []
        others: deque[Delivery] = deque()
        for delivery in self.queue:
            (own if delivery.notice.subscription_id == subscription_id else others).append(delivery)
        self.queue = others
        return own


def endpoint_of(subscription: Subscription) -> str:
    """Name the endpoint of a subscription: subscriptions with the same one take turns."""
    channel: Channel = subscription.channel
    match channel:
        case WebhookChannel():
            return f"webhook {channel.url}"
        case SlackChannel():
            return f"slack {channel.url.get_secret_value()}"
        case EmailChannel():
            return f"email {','.join(sorted(channel.to))}"
        case _:
            return f"{channel.kind} {subscription.subscription_id}"
