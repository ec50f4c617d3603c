"""Watch the mentions; send each step of an episode as an event on `alerts`, and on `novelty` how new each mention was.

Everything here lives on partition 0, named outright: one owner sees every mention in one order. This is a thin shell:
the `Watch` decides, the table keeps its states, and the outlet sends. Whenever the partition comes to this process
the watch begins anew on the table, and what passing time made is sent again under the same ids.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from faust.types import StreamT

from agents.application import Application
from agents.rules import RulesFile
from alerts.detection.tuning import Tuning
from alerts.detection.watch import Watch
from streams.alerting import AlertTransition, Mention
from streams.decoding import decode_record, encode_record
from streams.delivery import Confirmation, Event, received_at
from streams.events import to_cloudevent
from streams.metrics import ALERT_TRANSITIONS
from streams.subscriptions import Response
from streams.tables import StateTable
from streams.topics import FIRST_PARTITION, Topic


class TableStates:
    """Keep states in a table, and the confirmations of what was written."""

    def __init__(self, table: StateTable) -> None:
        self._table = table
        self._confirmations: list[Confirmation] = []

    def get(self, key: str) -> bytes | None:
        """Return the value of a key."""
        return self._table.get(key.encode())

    def put(self, key: str, value: bytes) -> None:
        """Write a value."""
        self._confirmations.append(self._table.put(key.encode(), value))

    def items(self) -> Iterator[tuple[str, bytes]]:
        """Yield every key with its value."""
        for key, value in self._table.items():
            yield key.decode(), value

    def confirmations(self) -> list[Confirmation]:
        """Return the confirmations of the writes since the last call."""
        written, self._confirmations = self._confirmations, []
        return written


class Watching:
    """Let the watch take what comes on partition 0, and send what it says."""

    def __init__(self, application: Application, file: RulesFile) -> None:
        self._application = application
        self._states = TableStates(application.table("series"))
        self._file = file
        self._watch = Watch(file.current(), self._states, Tuning.of(application.settings))
        self._generation: int | None = None

    async def take(self, event: Event) -> Iterable[Confirmation]:
        """Take one mention. A repeat sends the novelty that it had the first time."""
        mention = decode_record(Mention, event.value)
        confirmations = await self._send([*self._taken_over(), *self._watch.take(mention)])
        novelty = self._watch.novelty(mention)
        if novelty is not None:
            key, value = novelty.article_id.encode(), encode_record(novelty)
            outlet = self._application.outlet
            confirmations.append(await outlet.send(Topic.NOVELTY, key=key, value=value, partition=FIRST_PARTITION))
        return confirmations

    async def respond(self, event: Event) -> Iterable[Confirmation]:
        """Take a person's answer to an alert."""
        response = decode_record(Response, event.value)
        return await self._send([*self._taken_over(), *self._watch.respond(response)])

    async def tick(self, event: Event) -> Iterable[Confirmation]:
        """Take a tick of the wall clock: its time is that of its record."""
        return await self._send([*self._taken_over(), *self._watch.tick(received_at(event))])

    def _taken_over(self) -> list[AlertTransition]:
        rules = self._file.current()
        if rules is not self._watch.rules:
            self._watch.reload(rules)
        generation = self._application.app.consumer_generation_id
        if generation == self._generation:
            return []
        self._generation = generation
        return self._watch.recover()

    async def _send(self, transitions: Iterable[AlertTransition]) -> list[Confirmation]:
        confirmations = self._states.confirmations()
        for transition in transitions:
            ALERT_TRANSITIONS.labels(transition.kind).inc()
            headers, value = to_cloudevent(transition, self._application.settings)
            key = transition.series.encode()
            confirmations.append(
                await self._application.outlet.send(
                    Topic.ALERTS, key=key, value=value, headers=headers, partition=FIRST_PARTITION
                )
            )
        return confirmations


def register_watching(application: Application, file: RulesFile) -> None:
    """Add the agents and their table to their app."""
    watching_ = Watching(application, file)
    app, outlet, delivery = application.app, application.outlet, application.delivery

    @app.agent(outlet.topic(Topic.MENTIONS), name="watching")
    async def watching(mentions: StreamT[Any]) -> None:
        await delivery.run("watching", mentions, watching_.take)

    @app.agent(outlet.topic(Topic.RESPONSES), name="responding")
    async def responding(responses: StreamT[Any]) -> None:
        await delivery.run("responding", responses, watching_.respond)

    @app.agent(outlet.topic(Topic.TICKS), name="ticking")
    async def ticking(ticks: StreamT[Any]) -> None:
        await delivery.run("ticking", ticks, watching_.tick)
