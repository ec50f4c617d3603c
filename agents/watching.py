"""Watch the mentions, and send each step of an episode as an event on `alerts`.

Everything here lives on partition 0, named outright: one owner sees every mention in one order. Closings wait in a
heap, popped by event time on each mention. Whenever the partition comes to this process the heap is rebuilt, and the
endings that passing time made are sent again under the same ids: no mention would repeat them.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from faust.types import StreamT

from agents.application import Application
from alerts.config import DetectorConfig
from alerts.detector import Detector
from alerts.mentions import MARKET
from alerts.state import SeriesState
from streams.alerting import AlertTransition, Mention
from streams.decoding import decode_record
from streams.delivery import Confirmation, Event
from streams.events import to_cloudevent
from streams.metrics import ALERT_TRANSITIONS
from streams.records import SeriesId
from streams.tables import StateTable
from streams.topics import FIRST_PARTITION, Topic

SENT_AGAIN_FOR = timedelta(hours=24)
"""How far back from the latest ending, in event time, a process that takes over sends endings again."""


class Watch:
    """Hold the table of series, and the closings that are due, for the one partition that they live in."""

    def __init__(self, application: Application) -> None:
        self._application = application
        self._detector = Detector(DetectorConfig.of(application.settings))
        self._table: StateTable = application.table("series")
        self._closings: list[tuple[datetime, bytes]] = []
        self._generation: int | None = None

    async def handle(self, event: Event) -> Iterable[Confirmation]:
        """Take one mention: detect, close what is due, and send what there is to say."""
        mention = decode_record(Mention, event.value)
        said = self._taken_over()
        market = self._state(MARKET)
        series = market if mention.series == MARKET else self._state(mention.series)
        series, made = self._detector.observe(mention, series, market)
        confirmations = [self._keep(series)]
        now = self._detector.now(series if mention.series == MARKET else market)
        while now is not None and self._closings and self._closings[0][0] <= now:
            _, key = heapq.heappop(self._closings)
            closing, ended = self._detector.expire(self._state(SeriesId(key.decode())), now, mention.received_at)
            confirmations.append(self._keep(closing))
            made += ended
        return [*confirmations, *[await self._send(transition) for transition in [*said, *made]]]

    def _state(self, series: SeriesId) -> SeriesState:
        stored = self._table.get(series.encode())
        return SeriesState.new(series) if stored is None else SeriesState.from_bytes(stored)

    def _keep(self, series: SeriesState) -> Confirmation:
        key = series.series.encode()
        self._plan(key, series)
        return self._table.put(key, series.to_bytes())

    def _plan(self, key: bytes, series: SeriesState) -> None:
        due = self._detector.due(series)
        if due is not None and (due, key) not in self._closings:
            heapq.heappush(self._closings, (due, key))

    def _taken_over(self) -> list[AlertTransition]:
        generation = self._application.app.consumer_generation_id
        if generation == self._generation:
            return []
        self._generation = generation
        self._closings.clear()
        endings: list[AlertTransition] = []
        for key, value in self._table.items():
            series = SeriesState.from_bytes(value)
            self._plan(key, series)
            endings += self._detector.sent_by_time(series)
        latest = max((ending.at for ending in endings), default=None)
        return [e for e in endings if latest is not None and latest - e.at <= SENT_AGAIN_FOR]

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
