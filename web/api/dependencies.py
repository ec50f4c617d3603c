"""What the routers are handed: index, producer, registers, changes, what is live, clock, probe and settings."""

from __future__ import annotations

from typing import Annotated, cast

from fastapi import Depends, Header, HTTPException, Request
from fastapi.routing import APIRoute

from streams.clock import Clock
from streams.producer import Producer
from streams.settings import Settings
from streams.sinks.index import Index
from web.changes import Changes
from web.health import Probe
from web.live import AlertFeed, NotificationFeed
from web.registers import Registers


def _settings(request: Request) -> Settings:
    return cast(Settings, request.app.state.settings)


def _index(request: Request) -> Index:
    return cast(Index, request.app.state.index)


def _producer(request: Request) -> Producer:
    return cast(Producer, request.app.state.producer)


def _alerts(request: Request) -> AlertFeed:
    return cast(AlertFeed, request.app.state.alerts)


def _notifications(request: Request) -> NotificationFeed:
    return cast(NotificationFeed, request.app.state.notifications)


def _registers(request: Request) -> Registers:
    return cast(Registers, request.app.state.registers)


def _changes(request: Request) -> Changes:
    return cast(Changes, request.app.state.changes)


def _clock(request: Request) -> Clock:
    return cast(Clock, request.app.state.clock)


def _probe(request: Request) -> Probe:
    return cast(Probe, request.app.state.probe)


def _refuse_foreign(request: Request) -> None:
    """Refuse what a page of another site has a browser send: a request without a body needs no leave from us."""
    origin = request.headers.get("origin")
    if origin is not None and origin.partition("://")[2] != request.headers.get("host"):
        raise HTTPException(403, f"a page of {origin} cannot change anything here")


def _refuse_unknown(request: Request) -> None:
    """Refuse a parameter that the document does not name, or one given twice: it would not narrow the answer."""
    if not request.query_params:
        return
    route = cast(APIRoute, request.scope["route"])
    operation = request.app.openapi()["paths"][route.path_format][request.method.lower()]
    known = sorted(each["name"] for each in operation.get("parameters", ()) if each["in"] == "query")
    given = [name for name, _ in request.query_params.multi_items()]
    for name in given:
        if name not in known:
            taken = f"this takes {', '.join(known)}" if known else "this takes none"
            raise HTTPException(422, f"query.{name}: there is no such parameter; {taken}")
        if given.count(name) > 1:
            raise HTTPException(422, f"query.{name}: it is given more than once; give one value")


UsedSettings = Annotated[Settings, Depends(_settings)]
UsedIndex = Annotated[Index, Depends(_index)]
UsedProducer = Annotated[Producer, Depends(_producer)]
UsedAlerts = Annotated[AlertFeed, Depends(_alerts)]
UsedNotifications = Annotated[NotificationFeed, Depends(_notifications)]
UsedRegisters = Annotated[Registers, Depends(_registers)]
UsedChanges = Annotated[Changes, Depends(_changes)]
UsedClock = Annotated[Clock, Depends(_clock)]
UsedProbe = Annotated[Probe, Depends(_probe)]
LastEventId = Annotated[
    str | None, Header(alias="Last-Event-ID", description="The `id` of the last event that was seen.")
]
FOREIGN_REFUSED = Depends(_refuse_foreign)
UNKNOWN_REFUSED = Depends(_refuse_unknown)
