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
from streams.settings import Settings
from streams.sinks.index import Index
from streams.sinks.opening import open_index
from web.api.alerts import router as alerts_router
from web.api.articles import router as articles_router
from web.api.operation import router as operation_router
from web.api.readers import router as readers_router
from web.console.page import add_console
from web.guard import add_guard, add_unknown_paths
from web.health import Probe
from web.keys import refuse_open_door
from web.live import AlertFeed, Broadcast, follow_alerts
from web.problems import RESPONSES, add_problem_handlers
from web.publishing import LateProducer

DESCRIPTION = """Push news and clicks, search enriched articles, read interests, list and follow alerts.

Where keys are set, send one as `Authorization: Bearer <key>` or `X-API-Key: <key>`; scopes reach read < write < admin.
Errors are problem documents (RFC 9457). Times are in UTC."""
ROUTERS = (articles_router, readers_router, alerts_router, operation_router)
GRACE_S = 5


def create_app(settings: Settings, *, index: Index, producer: Producer, alerts: AlertFeed, clock: Clock) -> FastAPI:
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
    app.state.clock = clock
    app.state.probe = Probe(settings, index)
    add_problem_handlers(app)
    add_guard(app, settings)
    for router in ROUTERS:
        app.include_router(router)
    add_unknown_paths(app, ROUTERS)
    return app


async def serve(settings: Settings) -> None:
    """Serve API and console until told to stop; index and broker may be away, and come back.

    Raises:
        MisconfiguredError: it would listen off loopback without keys.
    """
    refuse_open_door(settings)
    index, broadcast, clock = open_index(settings), Broadcast(), SystemClock()
    following = asyncio.create_task(follow_alerts(settings, broadcast))
    try:
        async with LateProducer(settings) as producer:
            app = create_app(settings, index=index, producer=producer, alerts=broadcast, clock=clock)
            add_console(app, settings, index=index, feed=broadcast, probe=app.state.probe, clock=clock)
            config = uvicorn.Config(
                app,
                host=settings.web_host,
                port=settings.web_port,
                log_config=None,
                access_log=False,
                server_header=False,
                timeout_graceful_shutdown=GRACE_S,
            )
            # uvicorn raises the signal that stopped it once more, and what is open here has to be closed first.
            for name in (signal.SIGINT, signal.SIGTERM):
                signal.signal(name, signal.SIG_IGN)
            await uvicorn.Server(config).serve()
    finally:
        following.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await following
        await index.close()
