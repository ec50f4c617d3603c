"""Signed webhooks."""

from __future__ import annotations

import asyncio
import base64
from datetime import UTC, datetime, timedelta

import pytest
from aiohttp import web
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from alerts.receivers.receiver import Receiver
from alerts.receivers.webhook import WebhookReceiver
from streams.clock import ManualClock
from streams.subscriptions import EmailChannel
from tests.alerts.receivers.endpoint import MESSAGE, SECRET, answering, serving, webhook

OTHER = "whsec_" + base64.b64encode(b"another secret of thirty-two byte").decode()


async def test_every_secret_signs_what_arrives() -> None:
    """While a secret is rotated, a subscriber that knows either of them can verify the message."""
    async with serving(answering(204)) as endpoint:
        receiver: Receiver = WebhookReceiver(allow_private=True)
        attempt = await receiver.send(MESSAGE, webhook(endpoint.url, OTHER, SECRET))
        await receiver.close()
        assert attempt.outcome == "delivered"
        headers, body = dict(endpoint.requests[0].headers), endpoint.bodies[0]
    assert body == MESSAGE.payload
    assert headers["Content-Type"].startswith("application/cloudevents+json")
    for secret in (OTHER, SECRET):
        assert Webhook(secret).verify(body, headers) == {"specversion": "1.0"}
    with pytest.raises(WebhookVerificationError):
        Webhook(SECRET).verify(body + b" ", headers)


async def test_a_retry_has_the_same_id_and_its_own_time() -> None:
    """A second try carries the id of the first, a fresh time, and a signature over both."""
    clock = ManualClock(datetime(2026, 3, 2, 15, 0, tzinfo=UTC))
    async with serving(answering(503, headers={"Retry-After": "7"})) as endpoint:
        receiver = WebhookReceiver(allow_private=True, clock=clock)
        first = await receiver.send(MESSAGE, webhook(endpoint.url))
        clock.at += timedelta(minutes=5)
        await receiver.send(MESSAGE, webhook(endpoint.url))
        await receiver.close()
        one, two = (request.headers for request in endpoint.requests)
    assert (first.outcome, first.retry_after_s) == ("failed", 7.0)
    assert one["webhook-id"] == two["webhook-id"] == MESSAGE.notification_id
    assert int(two["webhook-timestamp"]) - int(one["webhook-timestamp"]) == 300
    assert one["webhook-signature"] != two["webhook-signature"]
    signed = Webhook(SECRET).sign(MESSAGE.notification_id, clock.at, MESSAGE.payload.decode())
    assert two["webhook-signature"] == signed


async def test_an_unusable_secret_is_named_by_its_place() -> None:
    """A secret that cannot sign is refused without being told."""
    receiver = WebhookReceiver(allow_private=True)
    attempt = await receiver.send(MESSAGE, webhook("http://127.0.0.1:9/", SECRET, "whsec_abcde"))
    await receiver.close()
    assert attempt.outcome == "refused"
    assert "secret 2 of 2" in attempt.detail
    assert "abcde" not in attempt.detail


async def test_without_leave_loopback_is_refused() -> None:
    """By default a webhook reaches no private address, and no plain HTTP."""
    async with serving(answering(200)) as endpoint:
        receiver = WebhookReceiver()
        plain = await receiver.send(MESSAGE, webhook(endpoint.url))
        tls = await receiver.send(MESSAGE, webhook(endpoint.url.replace("http:", "https:")))
        await receiver.close()
        assert endpoint.requests == []
    assert (plain.outcome, tls.outcome) == ("refused", "refused")
    assert "loopback" in tls.detail


async def test_another_kind_of_channel_is_refused() -> None:
    """A receiver that is handed the wrong channel says so."""
    receiver = WebhookReceiver()
    assert (await receiver.send(MESSAGE, EmailChannel(to=("desk@news.example",)))).outcome == "refused"
    await receiver.close()


async def test_cancelling_leaves() -> None:
    """A try that is cancelled ends at once, and the receiver goes on."""
    came, end = asyncio.Event(), asyncio.Event()

    async def handler(_request: web.Request) -> web.Response:
        came.set()
        await end.wait()
        return web.Response()

    async with serving(handler) as endpoint:
        receiver = WebhookReceiver(allow_private=True)
        trying = asyncio.create_task(receiver.send(MESSAGE, webhook(endpoint.url)))
        await came.wait()
        trying.cancel()
        with pytest.raises(asyncio.CancelledError):
            await trying
        end.set()
        assert (await receiver.send(MESSAGE, webhook(endpoint.url))).outcome == "delivered"
        await receiver.close()
