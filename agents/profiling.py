"""Learn what each reader cares about from what they read; publish the profile each time that it changes.

The names that a reader reads about most go to `watchlists` besides, for alerts "on what I read": only when they are
others than before, for the alert role keeps them in memory.

A reader without a value is erased: what was learned goes, and what was sent is taken back. The erasure comes the way of
the clicks, so that it has its place among them.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from faust.types import StreamT

from agents.application import Application
from models.interest import ProfileState, learn, publish
from streams.decoding import decode_record, encode_record
from streams.delivery import Confirmation, Event
from streams.interests import Profile, Read
from streams.records import EntityId
from streams.subscriptions import Watchlist
from streams.topics import FIRST_PARTITION, Topic

WATCHED_NAMES = 20


class Profiling:
    """Take what readers read, in the partition of each reader, and send what is then known of them."""

    def __init__(self, application: Application) -> None:
        self._outlet = application.outlet
        self._profiles = application.table("profiles")
        self._half_life_days = application.settings.interest_half_life_days

    async def handle(self, event: Event) -> Iterable[Confirmation]:
        """Take one click or erasure. A repeat changes nothing and sends all again: the first may never have arrived."""
        if event.key and event.value is None:
            return await self._forget(event.key)
        read = decode_record(Read, event.value)
        key = read.click.reader_id.encode()
        stored = self._profiles.get(key)
        before = ProfileState.from_bytes(stored) if stored is not None else ProfileState.new(read.click.reader_id)
        state = learn(before, read, self._half_life_days)
        profile = publish(state)
        confirmations = [
            self._profiles.put(key, state.to_bytes()),
            await self._outlet.send(Topic.PROFILES, key=key, value=encode_record(profile)),
        ]
        watchlist = watchlist_of(profile)
        if state is before or set(watchlist.entities) != set(watchlist_of(publish(before)).entities):
            value = encode_record(watchlist)
            confirmations.append(
                await self._outlet.send(Topic.WATCHLISTS, key=key, value=value, partition=FIRST_PARTITION)
            )
        return confirmations

    async def _forget(self, key: bytes) -> Iterable[Confirmation]:
        known = self._profiles.get(key) is not None
        return [
            *([self._profiles.delete(key)] if known else []),
            await self._outlet.send(Topic.PROFILES, key=key, value=None),
            await self._outlet.send(Topic.WATCHLISTS, key=key, value=None, partition=FIRST_PARTITION),
        ]


def watchlist_of(profile: Profile) -> Watchlist:
    """Return the names of a profile that a reader reads about most, the strongest first."""
    names = tuple(EntityId(interest.id) for interest in profile.entities[:WATCHED_NAMES])
    return Watchlist(reader_id=profile.reader_id, entities=names, at=profile.at)


def register_profiling(application: Application) -> None:
    """Add the agent and its table to their app."""
    profiling_ = Profiling(application)

    @application.app.agent(application.outlet.topic(Topic.READS), name="profiling")
    async def profiling(reads: StreamT[Any]) -> None:
        await application.delivery.run("profiling", reads, profiling_.handle)
