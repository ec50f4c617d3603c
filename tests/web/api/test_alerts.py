"""Alerts: the list, and live."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

import httpx
import orjson
import uvicorn

from streams.clock import ManualClock
from tests.stack.server import free_ports
from tests.web.conftest import NOW, Site, transition
from web.live import LiveAlert
from web.server import create_app


async def test_alerts_are_listed(site: Site) -> None:
    """Episodes are listed, the open ones alone where asked."""
    await site.index.put_alerts([transition(1), transition(2, "resolved")])
    assert len((await site.client.get("/v1/alerts")).json()) == 2
    opened = (await site.client.get("/v1/alerts", params={"open_only": True})).json()
    assert [each["transition_id"] for each in opened] == ["t1"]


@contextlib.asynccontextmanager
async def _listening(site: Site, last_event_id: str) -> AsyncIterator[httpx.Response]:
    """Serve on a socket: httpx's ASGI transport waits for the end of an answer, and this one has none."""
    (port,) = free_ports(1)
    parts = {"index": site.index, "producer": site.producer, "alerts": site.broadcast, "clock": ManualClock(NOW)}
    app = create_app(site.settings, **parts)  # type: ignore[arg-type]
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_config=None, timeout_graceful_shutdown=1))
    serving = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    try:
        url, headers = f"http://127.0.0.1:{port}/v1/alerts/live", {"Last-Event-ID": last_event_id}
        async with httpx.AsyncClient() as client, client.stream("GET", url, headers=headers) as answer:
            yield answer
    finally:
        server.should_exit = True
        await serving


async def _event(lines: AsyncIterator[str]) -> dict[str, str]:
    """Read one event; comments are heartbeats."""
    fields: dict[str, str] = {}
    async for line in lines:
        if not line and fields:
            return fields
        if line and not line.startswith(":"):
            name, _, value = line.partition(": ")
            fields[name] = value
    return fields


async def test_alerts_come_live(site: Site) -> None:
    """A step comes as a CloudEvent; who comes back with the id of an event gets what came after it, then what comes."""
    site.broadcast.tell(LiveAlert(0, transition(0)))
    site.broadcast.tell(LiveAlert(1, transition(1)))
    async with asyncio.timeout(20), _listening(site, "0") as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        lines = answer.aiter_lines()
        assert (await _event(lines))["id"] == "1"
        site.broadcast.tell(LiveAlert(2, transition(2, "resolved")))
        event = await _event(lines)
        assert (event["id"], event["event"]) == ("2", "resolved")
        data = orjson.loads(event["data"])
        assert (data["specversion"], data["type"]) == ("1.0", "tidewatch.alert.resolved.v1")
        assert data["data"]["episode_id"] == "e2"


async def test_a_gap_is_told(site: Site) -> None:
    """Who comes back for what is no longer at hand is told so first."""
    site.broadcast.begin(100)
    site.broadcast.tell(LiveAlert(100, transition(1)))
    async with asyncio.timeout(20), _listening(site, "7") as answer:
        lines = answer.aiter_lines()
        assert (await _event(lines))["event"] == "gap"
        assert (await _event(lines))["id"] == "100"
    assert (await site.client.get("/v1/alerts/live", headers={"Last-Event-ID": "x"})).status_code == 422
