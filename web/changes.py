"""What people change, for API and console: published, and then waited for, so that whoever reads next sees it."""

from __future__ import annotations

import asyncio
import contextlib
import json
import uuid
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal
from weakref import WeakValueDictionary

from alerts.notifications.drafts import Drafted, Mistake, draft_silence, draft_subscription, rotated
from alerts.receivers.channels import make_secret
from models.topics import NAMES
from streams.alerting import AlertTransition
from streams.clock import Clock, epoch_ms
from streams.decoding import encode_record
from streams.errors import DeadLetterReason, UnreadableInput
from streams.identity import digest_of
from streams.producer import Producer
from streams.subscriptions import (
    DeliveryOutcome,
    DeliveryRequest,
    NotificationId,
    Response,
    Silence,
    SilenceId,
    Subscription,
    SubscriptionId,
    encode_subscription,
)
from streams.topics import FIRST_PARTITION, Topic
from web.registers import Registers

Kind = Literal["acknowledged", "useful", "false"]


@dataclass(frozen=True, slots=True)
class Changes:
    """Publish what people change. Every call raises BrokerUnavailable where the broker does not confirm."""

    producer: Producer
    registers: Registers
    clock: Clock
    allow_private: bool
    max_message_bytes: int
    _locks: WeakValueDictionary[str, asyncio.Lock] = field(default_factory=WeakValueDictionary)

    @contextlib.asynccontextmanager
    async def alone(self, subscription_id: str) -> AsyncIterator[None]:
        """Let nobody else of this process change a subscription between its reading and its writing."""
        lock = self._locks.setdefault(subscription_id, asyncio.Lock())
        async with lock:
            yield

    async def put_subscription(
        self, subscription_id: SubscriptionId, fields: Mapping[str, Any]
    ) -> Drafted | tuple[Mistake, ...]:
        """Keep a subscription, or say what is wrong with it.

        Raises:
            UnreadableInput: no record could hold it.
        """
        self._check_size(fields)
        # Beside what else is served: a template is tried on fourteen notices, a quarter of a second at most on each.
        drafted = await asyncio.to_thread(
            draft_subscription,
            fields,
            subscription_id,
            current=await self.registers.subscriptions.get(subscription_id),
            fresh_secret=make_secret(),
            now=self.clock.now(),
            allow_private=self.allow_private,
            topics=NAMES,
        )
        if isinstance(drafted, Drafted):
            await self._keep(drafted.subscription)
        return drafted

    async def rotate_secret(self, subscription: Subscription) -> str | None:
        """Put a new secret before the one that is known, and return it; None where the channel has none."""
        made = make_secret()
        new = rotated(subscription, made, self.clock.now())
        if new is None:
            return None
        await self._keep(new)
        return made

    async def remove_subscription(self, subscription_id: SubscriptionId) -> None:
        """Forget a subscription."""
        offset = await self._publish(Topic.SUBSCRIPTIONS, subscription_id, None)
        await self.registers.subscriptions.until(offset)

    async def put_silence(
        self, silence_id: SilenceId, fields: Mapping[str, Any], author: str
    ) -> Silence | tuple[Mistake, ...]:
        """Keep a silence, or say what is wrong with it; raises as `put_subscription`."""
        self._check_size(fields)
        silence = await asyncio.to_thread(
            draft_silence, fields, silence_id, author=author, now=self.clock.now(), topics=NAMES
        )
        if isinstance(silence, Silence):
            await self._keep_silence(silence)
        return silence

    async def end_silence(self, silence: Silence) -> None:
        """End a silence now: what it withheld is told. One that never began, or is over, is forgotten."""
        now = self.clock.now()
        if silence.starts_at < now < silence.ends_at:
            await self._keep_silence(silence.model_copy(update={"ends_at": now}))
        else:
            await self.registers.silences.until(await self._publish(Topic.SILENCES, silence.silence_id, None))

    async def respond(self, step: AlertTransition, kind: Kind, author: str) -> Response:
        """Say something of an episode; saying it twice is saying it once."""
        response = Response(
            response_id=digest_of("response", step.episode_id, kind, author),
            episode_id=step.episode_id,
            series=step.series,
            rule=step.rule,
            kind=kind,
            author=author,
            at=self.clock.now(),
        )
        offset = await self._publish(Topic.RESPONSES, step.series, encode_record(response))
        await self.registers.responses.until(offset)
        return response

    async def test(self, subscription_id: SubscriptionId, author: str) -> DeliveryRequest:
        """Ask for a test of a subscription; its outcome comes as a delivery."""
        return await self._request("test", subscription_id, None, author)

    async def replay(self, outcome: DeliveryOutcome, author: str) -> DeliveryRequest:
        """Ask for a notification to be delivered once more, under the id that it has."""
        return await self._request("replay", outcome.subscription_id, outcome.notification_id, author)

    async def _request(
        self,
        request: Literal["replay", "test"],
        subscription_id: SubscriptionId,
        notification_id: NotificationId | None,
        author: str,
    ) -> DeliveryRequest:
        asked = DeliveryRequest(
            request=request,
            request_id=uuid.uuid4().hex,
            subscription_id=subscription_id,
            notification_id=notification_id,
            author=author,
            at=self.clock.now(),
        )
        await self._publish(Topic.DELIVERIES, notification_id or asked.request_id, encode_record(asked))
        return asked

    def _check_size(self, fields: Mapping[str, Any]) -> None:
        """Refuse what the broker would, before millions of mistakes are looked for in it."""
        try:
            length = len(json.dumps(fields, ensure_ascii=False, separators=(",", ":")))
        except RecursionError:
            raise UnreadableInput(DeadLetterReason.NESTED_TOO_DEEP, "no field of it holds others so deep") from None
        if length > self.max_message_bytes:
            detail = f"{length:,} characters; the largest record is {self.max_message_bytes:,} bytes"
            raise UnreadableInput(DeadLetterReason.TOO_LARGE, detail)

    async def _keep(self, subscription: Subscription) -> None:
        key, value = subscription.subscription_id, encode_subscription(subscription)
        await self.registers.subscriptions.until(await self._publish(Topic.SUBSCRIPTIONS, key, value))

    async def _keep_silence(self, silence: Silence) -> None:
        offset = await self._publish(Topic.SILENCES, silence.silence_id, encode_record(silence))
        await self.registers.silences.until(offset)

    async def _publish(self, topic: Topic, key: str, value: bytes | None) -> int:
        receipt = await self.producer.send(
            topic,
            key=key.encode(),
            value=value,
            timestamp_ms=epoch_ms(self.clock.now()),
            partition=FIRST_PARTITION,
        )
        return receipt.offset
