"""Check raw clicks, and send each on under the key of its article."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from faust.types import StreamT

from agents.application import Application
from streams.decoding import decode_click, encode_record
from streams.delivery import Confirmation, Event, received_at
from streams.topics import Topic


def register_validating(application: Application) -> None:
    """Add the agent to its app."""
    settings, outlet = application.settings, application.outlet

    async def handle(event: Event) -> Iterable[Confirmation]:
        click = decode_click(event.value, received_at=received_at(event), max_future_s=settings.max_future_s)
        return [await outlet.send(Topic.CLICKS, key=click.article_id.encode(), value=encode_record(click))]

    @application.app.agent(outlet.topic(Topic.CLICKS_RAW), name="validating")
    async def validating(clicks: StreamT[Any]) -> None:
        await application.delivery.run("validating", clicks, handle)
