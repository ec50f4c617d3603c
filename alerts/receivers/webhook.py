"""Webhooks, signed as Standard Webhooks 1.0.0 says."""

from __future__ import annotations

import binascii

from standardwebhooks.webhooks import EmptyWebhookSecretError, Webhook

from alerts.receivers.answers import Verdicts
from alerts.receivers.connection import Egress
from alerts.receivers.receiver import Attempt, Message
from streams.clock import Clock, SystemClock
from streams.subscriptions import Channel, WebhookChannel

CONTENT_TYPE = "application/cloudevents+json; charset=utf-8"
VERDICTS = Verdicts()


class WebhookReceiver:
    """Post a message's payload; the id is the same at every try, the time and the signatures are the try's own."""

    def __init__(self, *, allow_private: bool = False, timeout_s: float = 10.0, clock: Clock | None = None) -> None:
        self._clock = clock or SystemClock()
        self._egress = Egress(allow_private=allow_private, timeout_s=timeout_s, clock=self._clock)

    async def send(self, message: Message, channel: Channel) -> Attempt:
        """Try once; see `Receiver.send`."""
        if not isinstance(channel, WebhookChannel):
            return Attempt("refused", detail=f"a webhook cannot send to a channel of kind {channel.kind}")
        try:
            headers = self._signed(message, channel)
        except ValueError as error:
            return Attempt("refused", detail=str(error))
        return await self._egress.post(channel.url, message.payload, headers, VERDICTS)

    async def close(self) -> None:
        """Close what is open."""
        await self._egress.close()

    def _signed(self, message: Message, channel: WebhookChannel) -> dict[str, str]:
        now = self._clock.now()
        signatures = []
        for place, secret in enumerate(channel.secrets, 1):
            try:
                signer = Webhook(secret.get_secret_value())
            except (binascii.Error, EmptyWebhookSecretError, ValueError):
                raise ValueError(f"secret {place} of {len(channel.secrets)} is no whsec_ and base64") from None
            signatures.append(signer.sign(message.notification_id, now, message.payload.decode("utf-8")))
        return {
            "Content-Type": CONTENT_TYPE,
            "webhook-id": message.notification_id,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": " ".join(signatures),
        }
