"""Learn what each reader cares about from what they read, and publish the profile each time that it changes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from faust.types import StreamT

from agents.application import Application
from models.interest import ProfileState, learn, publish
from streams.decoding import decode_record, encode_record
from streams.delivery import Confirmation, Event
from streams.interests import Read
from streams.topics import Topic


def register_profiling(application: Application) -> None:
    """Add the agent and its table to their app."""
    outlet = application.outlet
    profiles = application.table("profiles")
    half_life_days = application.settings.interest_half_life_days

    async def handle(event: Event) -> Iterable[Confirmation]:
        read = decode_record(Read, event.value)
        key = read.click.reader_id.encode()
        stored = profiles.get(key)
        state = ProfileState.from_bytes(stored) if stored is not None else ProfileState.new(read.click.reader_id)
        state = learn(state, read, half_life_days)
        return [
            profiles.put(key, state.to_bytes()),
            await outlet.send(Topic.PROFILES, key=key, value=encode_record(publish(state))),
        ]

    @application.app.agent(outlet.topic(Topic.READS), name="profiling")
    async def profiling(reads: StreamT[Any]) -> None:
        await application.delivery.run("profiling", reads, handle)
