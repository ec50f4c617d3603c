"""`tidewatch web`: serve the API and the console."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer

from streams.logs import set_up_logs
from streams.settings import load_settings
from web.server import serve


def web(
    host: Annotated[str | None, typer.Option(help="Address to listen on; off loopback it needs API keys.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on.", min=1, max=65_535)] = None,
) -> None:
    """Serve the API and the console; any number of these may run."""
    chosen = {"web_host": host, "web_port": port}
    settings = load_settings(**{name: value for name, value in chosen.items() if value is not None})
    set_up_logs(settings, role="web")
    asyncio.run(serve(settings))
