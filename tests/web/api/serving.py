"""Serving a site on a socket: httpx's ASGI transport waits for the end of an answer, and an event stream has none."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping

import httpx
import uvicorn

from tests.stack.server import free_ports
from tests.web.conftest import Site, app_of


@contextlib.asynccontextmanager
async def listening(site: Site, path: str, headers: Mapping[str, str]) -> AsyncIterator[httpx.Response]:
    """Serve, and open a stream."""
    (port,) = free_ports(1)
    server = uvicorn.Server(uvicorn.Config(app_of(site), port=port, log_config=None, timeout_graceful_shutdown=1))
    serving = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    try:
        url = f"http://127.0.0.1:{port}{path}"
        async with httpx.AsyncClient() as client, client.stream("GET", url, headers=dict(headers)) as answer:
            yield answer
    finally:
        server.should_exit = True
        await serving


async def next_event(lines: AsyncIterator[str]) -> dict[str, str]:
    """Read one event; comments are heartbeats."""
    fields: dict[str, str] = {}
    async for line in lines:
        if not line and fields:
            return fields
        if line and not line.startswith(":"):
            name, _, value = line.partition(": ")
            fields[name] = value
    return fields
