"""What the routers are handed: the index, the producer, the live alerts, the clock, the probe and the settings."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, cast

from fastapi import Depends, Request
from pydantic import AfterValidator

from streams.clock import Clock
from streams.producer import Producer
from streams.settings import Settings
from streams.sinks.index import Index
from web.health import Probe
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


def _probe(request: Request) -> Probe:
    return cast(Probe, request.app.state.probe)


def _as_utc(moment: datetime) -> datetime:
    try:
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except OverflowError:
        raise ValueError("it lies outside the calendar once its zone is counted in") from None


UsedSettings = Annotated[Settings, Depends(_settings)]
UsedIndex = Annotated[Index, Depends(_index)]
UsedProducer = Annotated[Producer, Depends(_producer)]
UsedAlerts = Annotated[AlertFeed, Depends(_alerts)]
UsedClock = Annotated[Clock, Depends(_clock)]
UsedProbe = Annotated[Probe, Depends(_probe)]
PointInTime = Annotated[datetime, AfterValidator(_as_utc)]
"""A time in a query; UTC where it names no zone."""
