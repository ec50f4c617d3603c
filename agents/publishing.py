"""Receivers that publish to the topic `notifications`: for the channels `topic` and `stream`, and the choice of all."""

from __future__ import annotations

import orjson

from alerts.receivers.receiver import Attempt, Message, Receiver
from streams.delivery import Outlet
from streams.errors import BrokerUnavailable, UnreadableInput
from streams.settings import Settings
from streams.subscriptions import Channel
from streams.topics import FIRST_PARTITION, Topic

CONTENT_TYPE = b"application/cloudevents+json"
TIMEOUT_S = 10.0
MAIL_TIMEOUT_S = 600.0
"""What RFC 5321 (4.5.3.2.6) gives a server to answer after the message: it may take one that we gave up, and again."""


class TopicReceiver:
    """Publish the payload, keyed by the subscription, with the kind of channel in the header `channel`."""

    def __init__(self, outlet: Outlet) -> None:
        self._outlet = outlet

    async def send(self, message: Message, channel: Channel) -> Attempt:
        """Publish once; delivered means that the broker holds it."""
        key = orjson.loads(message.payload)["subject"].encode()
        headers = {"content-type": CONTENT_TYPE, "channel": channel.kind.encode()}
        try:
            # On one partition: the ids of server-sent events are its offsets.
            confirmation = await self._outlet.send(
                Topic.NOTIFICATIONS, key=key, value=message.payload, partition=FIRST_PARTITION, headers=headers
            )
            await confirmation
        except BrokerUnavailable as error:
            return Attempt("failed", detail=str(error)[:200])
        except UnreadableInput as error:
            return Attempt("refused", detail=str(error)[:200])
        return Attempt("delivered")

    async def close(self) -> None:
        """Do nothing: the producer belongs to the app."""


def open_receivers(settings: Settings, outlet: Outlet) -> dict[str, Receiver]:
    """Return a receiver for each kind of channel that the settings provide for."""
    from alerts.receivers.email import EmailReceiver
    from alerts.receivers.slack import SlackReceiver
    from alerts.receivers.webhook import WebhookReceiver

    topic = TopicReceiver(outlet)
    receivers: dict[str, Receiver] = {
        "webhook": WebhookReceiver(allow_private=settings.webhook_allow_private, timeout_s=TIMEOUT_S),
        "slack": SlackReceiver(timeout_s=TIMEOUT_S),
        "topic": topic,
        "stream": topic,
    }
    if settings.smtp_host is not None and settings.mail_from is not None:
        password = settings.smtp_password
        receivers["email"] = EmailReceiver(
            settings.smtp_host,
            settings.smtp_port,
            username=settings.smtp_username,
            password=password.get_secret_value() if password is not None else None,
            sender=settings.mail_from,
            start_tls=settings.smtp_username is not None,
            timeout_s=MAIL_TIMEOUT_S,
        )
    return receivers
