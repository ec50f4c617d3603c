"""Send what the outbox holds, outside the agents: one try at a time for each endpoint, many endpoints at once.

A slow or dead endpoint delays nobody else: see `agents/lanes.py`. What came of a try is published on `deliveries`; only
settling writes it down.
"""

from __future__ import annotations

import asyncio
import contextlib
import heapq
import time
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime

import structlog

from agents.application import Application
from agents.endpoints import Endpoint, endpoint_of
from agents.lanes import MAIL_FAST_LANE, MAIL_SLOW_LANE, Lanes
from agents.publishing import open_receivers
from alerts.notifications.notices import Notice
from alerts.notifications.outbox import Delivery, outcome_of
from alerts.notifications.rendering import Rendered, Renderer
from alerts.notifications.schedule import quiet_until
from alerts.receivers.receiver import Attempt, Receiver
from streams.clock import Clock
from streams.decoding import encode_record
from streams.events import SOURCE
from streams.metrics import (
    BREAKERS_OPEN,
    DELIVERIES_DEAD,
    DELIVERY_SECONDS,
    DELIVERY_TRIES,
    FIRST_TRY_DELAY_SECONDS,
    OUTBOX_WAITING,
    TEMPLATES_FAILED,
)
from streams.subscriptions import DeliveryOutcome, EmailChannel, NotificationId, Subscription, SubscriptionId
from streams.topics import FIRST_PARTITION, Topic

log = structlog.get_logger(__name__)

MAX_ENDPOINTS_KEPT = 20_000

Route = Callable[[SubscriptionId], Subscription | str]
"""Gives the subscription that a notification is for, or why nothing can be sent to it any more."""


class Sending:
    """Try deliveries when they are due; hold them in memory only, the outbox table is their home."""

    def __init__(
        self,
        receivers: Mapping[str, Receiver],
        *,
        render: Callable[[Notice, str | None], Rendered],
        publish: Callable[[DeliveryOutcome], Awaitable[None]],
        clock: Clock,
    ) -> None:
        self._receivers = receivers
        self._route: Route = _nobody
        self._render = render
        self._publish = publish
        self._clock = clock
        self._lanes = Lanes()
        # Lanes of its own: a slow mail server holds no endpoint's place, and no mail is ended half-way for being slow.
        self._mail_lanes = Lanes(MAIL_FAST_LANE, MAIL_SLOW_LANE, slow_after_s=None)
        self._heap: list[tuple[datetime, NotificationId]] = []
        self._waiting: dict[NotificationId, tuple[datetime, Delivery]] = {}
        """With the moment that each waits for: one that was in the heap before stands for nothing."""
        self._handed: dict[NotificationId, int] = {}
        """Number of the try that was handed over last."""
        self._under_way: dict[NotificationId, int] = {}
        """Number of the try that goes on: who takes the outbox over meanwhile does not have it made once more."""
        self._endpoints: dict[str, Endpoint] = {}
        self._wake = asyncio.Event()
        self._failure: BaseException | None = None

    def put(self, delivery: Delivery) -> None:
        """Take a delivery whose record is confirmed; the same try twice is taken once."""
        key = delivery.notice.notification_id
        if delivery.attempt <= max(self._handed.get(key, 0), self._under_way.get(key, 0)):
            return
        self._handed[key] = delivery.attempt
        OUTBOX_WAITING.set(len(self._handed))
        self._keep(delivery, delivery.due_at)

    def forget(self, notification_id: NotificationId) -> None:
        """Drop a delivery that has ended."""
        self._handed.pop(notification_id, None)
        self._waiting.pop(notification_id, None)
        OUTBOX_WAITING.set(len(self._handed))

    def reconsider(self, subscription_id: SubscriptionId) -> None:
        """Look anew at what waits for the quiet hours or the endpoint of a subscription, which may have others now."""
        held = [delivery for until, delivery in self._waiting.values() if delivery.due_at < until]
        for endpoint in self._endpoints.values():
            held += endpoint.leave(subscription_id)
        for delivery in held:
            if delivery.notice.subscription_id == subscription_id:
                self._keep(delivery, delivery.due_at)

    def clear(self) -> None:
        """Drop everything that is not under way: another process may own the outbox now."""
        self._heap.clear()
        self._waiting.clear()
        self._handed.clear()
        for endpoint in self._endpoints.values():
            endpoint.queue.clear()
        OUTBOX_WAITING.set(0)

    async def run(self, route: Route) -> None:
        """Send until cancelled.

        Args:
            route: gives the subscription of each notification at the moment of its try.

        Raises:
            BrokerUnavailable: an outcome could not be published; what was sent will be sent again.
        """
        self._route = route
        try:
            while True:
                self._start_due()
                self._wake.clear()
                wait_s = (self._heap[0][0] - self._clock.now()).total_seconds() if self._heap else None
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(None if wait_s is None else max(0.0, wait_s)):
                        await self._wake.wait()
                if self._failure is not None:
                    raise self._failure
        finally:
            tasks = [e.draining for e in self._endpoints.values() if e.draining is not None]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            for receiver in self._receivers.values():
                await receiver.close()

    def _start_due(self) -> None:
        now = self._clock.now()
        while self._heap and self._heap[0][0] <= now:
            until, key = heapq.heappop(self._heap)
            waits_until, delivery = self._waiting.get(key, (None, None))
            if delivery is None or waits_until != until:
                continue
            del self._waiting[key]
            name = self._endpoint_name(delivery)
            endpoint = self._endpoints.setdefault(name, Endpoint())
            endpoint.queue.append(delivery)
            if endpoint.draining is None:
                endpoint.draining = asyncio.create_task(self._drain(name, endpoint), name=f"sending {len(name)}")
                endpoint.draining.add_done_callback(self._on_drained)

    def _keep(self, delivery: Delivery, until: datetime) -> None:
        key = delivery.notice.notification_id
        self._waiting[key] = until, delivery
        heapq.heappush(self._heap, (until, key))
        self._wake.set()

    def _quiet_until(self, delivery: Delivery) -> datetime | None:
        """Return how long nobody may be disturbed by a try; a test or a replay is what somebody asked for just now."""
        found = self._route(delivery.notice.subscription_id)
        if isinstance(found, str) or delivery.notice.kind == "test" or delivery.revived:
            return None
        return quiet_until(found.quiet_hours, self._clock.now())

    def _endpoint_name(self, delivery: Delivery) -> str:
        found = self._route(delivery.notice.subscription_id)
        return "" if isinstance(found, str) else endpoint_of(found)

    def _on_drained(self, task: asyncio.Task[None]) -> None:
        error = None if task.cancelled() else task.exception()
        if error is not None:
            self._failure = error
            self._wake.set()

    async def _drain(self, name: str, endpoint: Endpoint) -> None:
        try:
            while endpoint.queue:
                wait_s = endpoint.breaker.wait_s(self._clock.now())
                if wait_s > 0:
                    with BREAKERS_OPEN.track_inprogress():
                        await asyncio.sleep(wait_s)
                    continue
                delivery = endpoint.queue.popleft()
                quiet = self._quiet_until(delivery)
                if quiet is not None:
                    self._keep(delivery, quiet)
                    continue
                key = delivery.notice.notification_id
                self._under_way[key] = delivery.attempt
                try:
                    await self._try(endpoint, delivery)
                finally:
                    del self._under_way[key]
        finally:
            endpoint.draining = None
            if not endpoint.breaker.suspect or len(self._endpoints) > MAX_ENDPOINTS_KEPT:
                self._endpoints.pop(name, None)

    async def _try(self, endpoint: Endpoint, delivery: Delivery) -> None:
        found = self._route(delivery.notice.subscription_id)
        began_s, channel = time.monotonic(), "" if isinstance(found, str) else found.channel.kind
        if isinstance(found, str):
            attempt = Attempt("refused", detail=found)
        else:
            lanes = self._mail_lanes if isinstance(found.channel, EmailChannel) else self._lanes
            attempt = await lanes.run(endpoint.breaker.suspect, self._send(delivery, found))
        at = self._clock.now()
        if attempt.outcome == "failed" and not attempt.partly:
            endpoint.breaker = endpoint.breaker.failed(at, attempt.retry_after_s)
        elif not isinstance(found, str):
            endpoint.breaker = endpoint.breaker.succeeded()
        # An address may hold a secret: the log names the subscription.
        about = {"subscription": delivery.notice.subscription_id, "channel": channel}
        if endpoint.breaker.open_until and not endpoint.told:
            endpoint.told = True
            log.warning("an endpoint fails; it is left alone for a while", detail=attempt.detail, **about)
        elif endpoint.told and not endpoint.breaker.suspect:
            endpoint.told = False
            log.info("an endpoint takes notices again", **about)
        outcome = outcome_of(delivery, attempt, channel, at, time.monotonic() - began_s)
        await self._publish(outcome)
        self._count(delivery, outcome)

    async def _send(self, delivery: Delivery, subscription: Subscription) -> Attempt:
        kind = subscription.channel.kind
        receiver = self._receivers.get(kind)
        if receiver is None:
            return Attempt("refused", detail=f"channels of kind {kind} are not set up here")
        if delivery.tries == 0:
            FIRST_TRY_DELAY_SECONDS.observe((self._clock.now() - delivery.notice.created_at).total_seconds())
        try:
            rendered = self._render(delivery.notice, subscription.template)
            if rendered.fault:
                TEMPLATES_FAILED.inc()
                log.warning("a template failed", subscription=subscription.subscription_id, fault=rendered.fault)
            return await receiver.send(rendered.message, subscription.channel)
        except Exception as error:  # a mistake in a receiver may not stop the others
            log.exception("a receiver broke", channel=kind)
            return Attempt("failed", detail=f"the receiver broke: {type(error).__name__}")

    def _count(self, delivery: Delivery, outcome: DeliveryOutcome) -> None:
        DELIVERY_TRIES.labels(outcome.channel, outcome.outcome).inc()
        DELIVERY_SECONDS.labels(outcome.channel).observe(outcome.took_s)
        if outcome.dead:
            DELIVERIES_DEAD.labels(outcome.channel, outcome.outcome).inc()
            log.warning(
                "a delivery was given up",
                notification=delivery.notice.notification_id,
                subscription=delivery.notice.subscription_id,
                outcome=outcome.outcome,
                status=outcome.status,
            )


def open_sending(application: Application) -> Sending:
    """Make the sending of a role: its receivers, and outcomes confirmed on `deliveries`."""
    settings, outlet = application.settings, application.outlet

    async def publish(outcome: DeliveryOutcome) -> None:
        key, value = outcome.notification_id.encode(), encode_record(outcome)
        await (await outlet.send(Topic.DELIVERIES, key=key, value=value, partition=FIRST_PARTITION))

    return Sending(
        open_receivers(settings, outlet),
        render=Renderer(source=settings.named(SOURCE), public_url=settings.public_url).render,
        publish=publish,
        clock=application.clock,
    )


def _nobody(_key: SubscriptionId) -> str:
    return "sending has not begun"
