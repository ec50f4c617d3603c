"""What the routers are handed: the index, the producer, the live alerts, the clock and the settings."""

from __future__ import annotations

from typing import Annotated, cast

from fastapi import Depends, Request

from streams.clock import Clock
from streams.producer import Producer
from streams.settings import Settings
from streams.sinks.index import Index
from web.live import AlertFeed


def _settings(request: Request) -> Settings:
    return cast(Settings, request.app.state.settings)


def _index(request: Request) -> Index:
    return cast(Index, request.app.state.index)


def _producer(request: Request) -> Producer:
    return cast(Producer, request.app.state.producer)


def _alerts(request: Request) -> AlertFeed:
    return cast(AlertFeed, request.app.state.alerts)


def _clock(request: Request) -> Clock:
    return cast(Clock, request.app.state.clock)


UsedSettings = Annotated[Settings, Depends(_settings)]
UsedIndex = Annotated[Index, Depends(_index)]
UsedProducer = Annotated[Producer, Depends(_producer)]
UsedAlerts = Annotated[AlertFeed, Depends(_alerts)]
UsedClock = Annotated[Clock, Depends(_clock)]
