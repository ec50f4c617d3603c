"""The web process: the API and the console in one application, stateless, in any number."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from importlib.metadata import version

import uvicorn
from fastapi import FastAPI

from streams.clock import Clock, SystemClock
from streams.producer import Producer
from streams.security import tls_context
from streams.settings import Settings
from streams.sinks.index import Index
from streams.sinks.opening import open_index
from web.api.alerts import router as alerts_router
from web.api.articles import router as articles_router
from web.api.deliveries import router as deliveries_router
from web.api.dependencies import UNKNOWN_REFUSED
from web.api.operation import router as operation_router
from web.api.readers import router as readers_router
from web.api.responses import router as responses_router
from web.api.silences import router as silences_router
from web.api.subscriptions import router as subscriptions_router
from web.changes import Changes
from web.console.page import add_console
from web.console.parts import Parts
from web.guard import add_guard, add_unknown_paths
from web.health import Probe
from web.keys import refuse_open_door
from web.live import (
    AlertFeed,
    Broadcast,
    LiveAlert,
    LiveNotification,
    NotificationFeed,
    follow_alerts,
    follow_notifications,
)
from web.problems import RESPONSES, add_problem_handlers
from web.publishing import LateProducer
from web.registers import Registers, follow_registers

DESCRIPTION = """Push news and clicks, search enriched articles, read interests, list and follow alerts, subscribe to
them.

Where keys are set, send one as `Authorization: Bearer <key>` or `X-API-Key: <key>`; scopes reach read < write < admin.
Errors are problem documents (RFC 9457). Times are in UTC. A body has 8,000,000 bytes at most."""
ROUTERS = (
    articles_router,
    readers_router,
    alerts_router,
    responses_router,
    subscriptions_router,
    silences_router,
    deliveries_router,
    operation_router,
)
GRACE_S = 5


def create_app(
    settings: Settings,
    *,
    index: Index,
    producer: Producer,
    alerts: AlertFeed,
    notifications: NotificationFeed,
    registers: Registers,
    clock: Clock,
) -> FastAPI:
    """Build the API around what it is handed; nothing is opened here."""
    app = FastAPI(
        title="Tidewatch",
        version=version("tidewatch"),
        description=DESCRIPTION,
        responses=RESPONSES,
        # The usual pages load their scripts from elsewhere; the document itself is at /openapi.json.
        docs_url=None,
        redoc_url=None,
    )
    app.state.settings = settings
    app.state.index = index
    app.state.producer = producer
    app.state.alerts = alerts
    app.state.notifications = notifications
    app.state.registers = registers
    app.state.changes = Changes(producer, registers, clock, settings.webhook_allow_private, settings.max_message_bytes)
    app.state.clock = clock
    app.state.probe = Probe(settings, index)
    add_problem_handlers(app)
    add_guard(app, settings)
    for router in ROUTERS:
        app.include_router(router, dependencies=[UNKNOWN_REFUSED])
    add_unknown_paths(app, ROUTERS)
    return app


def socket_config(app: FastAPI, settings: Settings) -> uvicorn.Config:
    """Say how the application is served on its socket."""
    return uvicorn.Config(
        app,
        host=settings.web_host,
        port=settings.web_port,
        # The quicker parser takes headers and addresses without an end, from strangers too; this one 64 KiB of them.
        http="h11",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=GRACE_S,
    )


async def serve(settings: Settings) -> None:
    """Serve API and console until told to stop; index and broker may be away, and come back.

    Raises:
        MisconfiguredError: it would listen off loopback without keys, or Kafka's certificates cannot be read.
    """
    refuse_open_door(settings)
    tls_context(settings)
    index, clock, registers = open_index(settings), SystemClock(), Registers()
    alerts: Broadcast[LiveAlert] = Broadcast()
    notifications: Broadcast[LiveNotification] = Broadcast()
    following = asyncio.gather(
        follow_alerts(settings, alerts),
        follow_notifications(settings, notifications),
        follow_registers(settings, registers),
    )
    try:
        async with LateProducer(settings) as producer:
            app = create_app(
                settings,
                index=index,
                producer=producer,
                alerts=alerts,
                notifications=notifications,
                registers=registers,
                clock=clock,
            )
            parts = Parts(index, alerts, registers, app.state.changes, app.state.probe, clock)
            add_console(app, settings, parts)
            # uvicorn raises the signal that stopped it once more, and what is open here has to be closed first.
            for name in (signal.SIGINT, signal.SIGTERM):
                signal.signal(name, signal.SIG_IGN)
            await uvicorn.Server(socket_config(app, settings)).serve()
    finally:
        following.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await following
        await index.close()
