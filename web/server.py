"""The web process: the API and the console in one application, stateless, in any number."""

from __future__ import annotations

import asyncio
import contextlib

import uvicorn
from fastapi import FastAPI

from streams.clock import Clock, SystemClock
from streams.producer import Producer, open_producer
from streams.settings import Settings
from streams.sinks.index import Index
from streams.sinks.opening import open_index
from web.api import alerts, articles, operation, readers
from web.console.page import add_console
from web.keys import refuse_open_door
from web.live import AlertFeed, Broadcast, follow_alerts
from web.problems import add_problem_handlers

DESCRIPTION = "Push news and clicks; search enriched articles; read interests; list and follow alerts."


def create_app(
    settings: Settings, *, index: Index, producer: Producer, alerts_feed: AlertFeed, clock: Clock
) -> FastAPI:
    """Build the API around what it is handed; nothing is opened here."""
    app = FastAPI(title="Tidewatch", version="1", description=DESCRIPTION, docs_url="/docs", redoc_url=None)
    app.state.settings = settings
    app.state.index = index
    app.state.producer = producer
    app.state.alerts = alerts_feed
    app.state.clock = clock
    add_problem_handlers(app)
    for module in (articles, readers, alerts, operation):
        app.include_router(module.router)
    return app


async def serve(settings: Settings) -> None:
    """Open index and broker, and serve until told to stop.

    Raises:
        MisconfiguredError: it would listen off loopback without keys.
        BrokerUnavailable: no broker answers.
    """
    refuse_open_door(settings)
    index = open_index(settings)
    broadcast = Broadcast()
    async with open_producer(settings) as producer:
        clock = SystemClock()
        app = create_app(settings, index=index, producer=producer, alerts_feed=broadcast, clock=clock)
        add_console(app, settings, index, clock)
        config = uvicorn.Config(
            app,
            host=settings.web_host,
            port=settings.web_port,
            log_config=None,
            access_log=False,
            timeout_graceful_shutdown=5,
        )
        following = asyncio.create_task(follow_alerts(settings, broadcast))
        try:
            await uvicorn.Server(config).serve()
        finally:
            following.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await following
            await index.close()
