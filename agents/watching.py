"""Watch the mentions, and send each step of an episode as an event on `alerts`.

Everything here lives on partition 0, named outright: one owner sees every mention in one order. Closings wait in a
heap, popped by event time on each mention; it is rebuilt, and what was said lately is said again under the same
ids, whenever the partition comes to this process.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from faust.types import StreamT
from streams.events import to_cloudevent

from agents.application import Application
from alerts.baseline import Feed
from alerts.detector import DetectorConfig, SeriesState, expire, observe, watermark
from alerts.mentions import MARKET
from streams.decoding import decode_record, encode_record
from streams.delivery import Confirmation, Event
from streams.metrics import ALERT_TRANSITIONS
from streams.records import AlertTransition, Mention
from streams.tables import StateTable
from streams.topics import FIRST_PARTITION, Topic

FEED_KEY = MARKET.encode()
SAID_AGAIN_FOR = timedelta(hours=24)
"""How far back, in event time, a process that takes over says again what may not have been sent."""


class Watch:
    """Hold the table of series, and the closings that are due, for the one partition that they live in."""

    def __init__(self, application: Application) -> None:
        settings = application.settings
        self._application = application
        self._table: StateTable = application.table("series")
        self._closings: list[tuple[datetime, bytes]] = []
        self._generation: int | None = None
        self._config = DetectorConfig(
            window_s=settings.alert_window_s,
            p_value=settings.alert_p_value,
            min_stories=settings.alert_min_stories,
            max_lateness_s=settings.max_lateness_s,
            zone=ZoneInfo(settings.time_zone),
        )

    async def handle(self, event: Event) -> Iterable[Confirmation]:
        """Take one mention: detect, close what is due, and send what there is to say."""
        mention = decode_record(Mention, event.value)
        said = self._taken_over()
        key = mention.series.encode()
        stored, stored_feed = self._table.get(key), self._table.get(FEED_KEY)
        feed = Feed() if stored_feed is None else decode_record(Feed, stored_feed)
        state = None if mention.series == MARKET or stored is None else SeriesState.from_bytes(stored)
        step = observe(self._config, mention, state, feed)
        said += step.transitions
        confirmations: list[Confirmation] = []
        if step.state is not None:
            confirmations.append(self._table.put(key, step.state.to_bytes()))
            self._plan(key, step.state)
        if step.feed is not feed:
            confirmations.append(self._table.put(FEED_KEY, encode_record(step.feed)))
        closings, closed = self._close(watermark(step.feed))
        return [*confirmations, *closings, *[await self._send(transition) for transition in [*said, *closed]]]

    def _plan(self, key: bytes, state: SeriesState) -> None:
        due = state.due()
        if due is not None:
            heapq.heappush(self._closings, (due, key))

    def _close(self, now: datetime | None) -> tuple[list[Confirmation], list[AlertTransition]]:
        confirmations: list[Confirmation] = []
        said: list[AlertTransition] = []
        while now is not None and self._closings and self._closings[0][0] <= now:
            _, key = heapq.heappop(self._closings)
            stored = self._table.get(key)
            if stored is None:
                continue
            state, transitions = expire(SeriesState.from_bytes(stored), now)
            if transitions:
                confirmations.append(self._table.put(key, state.to_bytes()))
                said += transitions
            elif (due := state.due()) is not None and due > now:
                heapq.heappush(self._closings, (due, key))
        return confirmations, said

    def _taken_over(self) -> list[AlertTransition]:
        generation = self._application.app.consumer_generation_id
        if generation == self._generation:
            return []
        self._generation = generation
        self._closings.clear()
        states = {key: SeriesState.from_bytes(value) for key, value in self._table.items() if key != FEED_KEY}
        for key, state in states.items():
            self._plan(key, state)
        said = [transition for state in states.values() for transition in state.recent]
        newest = max((transition.at for transition in said), default=None)
        again = [transition for transition in said if newest is not None and newest - transition.at <= SAID_AGAIN_FOR]
        return sorted(again, key=lambda transition: (transition.at, transition.transition_id))

    async def _send(self, transition: AlertTransition) -> Confirmation:
        ALERT_TRANSITIONS.labels(transition.kind).inc()
        headers, value = to_cloudevent(transition, self._application.settings)
        key = transition.series.encode()
        return await self._application.outlet.send(
            Topic.ALERTS, key=key, value=value, headers=headers, partition=FIRST_PARTITION
        )


def register_watching(application: Application) -> None:
    """Add the agent and its table to their app."""
    watch = Watch(application)

    @application.app.agent(application.outlet.topic(Topic.MENTIONS), name="watching")
    async def watching(mentions: StreamT[Any]) -> None:
        await application.delivery.run("watching", mentions, watch.handle)
