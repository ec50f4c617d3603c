"""The application as a whole."""

from __future__ import annotations

import asyncio
import contextlib

import pytest
import uvicorn

from tests.stack.server import free_ports
from tests.web.conftest import Site, app_of
from web.server import socket_config


async def test_the_interface_describes_itself(site: Site) -> None:
    """The OpenAPI document names every path; every operation has words, and its errors are problem documents."""
    document = (await site.client.get("/openapi.json")).json()
    paths = document["paths"]
    assert {"/v1/articles", "/v1/clicks", "/v1/alerts/live", "/v1/readers/{reader_id}/interests", "/health"} <= set(
        paths
    )
    for path, operations in paths.items():
        for operation in operations.values():
            assert operation.get("description"), path
            assert "application/problem+json" in operation["responses"]["4XX"]["content"], path
    body = paths["/v1/articles"]["post"]["requestBody"]["content"]
    assert body["application/json"]["example"]["title"]
    assert set(document["components"]["securitySchemes"]) == {"HTTPBearer", "APIKeyHeader"}


@pytest.mark.parametrize(
    ("method", "path", "status", "kind"),
    [
        ("put", "/v1/subscriptions/{subscription_id}", "201", "application/json"),
        ("put", "/v1/subscriptions/{subscription_id}", "200", "application/json"),
        ("put", "/v1/silences/{silence_id}", "201", "application/json"),
        ("put", "/v1/silences/{silence_id}", "200", "application/json"),
        ("get", "/metrics", "200", "text/plain"),
        ("get", "/v1/alerts/live", "200", "text/event-stream"),
        ("get", "/v1/subscriptions/{subscription_id}/stream", "200", "text/event-stream"),
    ],
)
async def test_the_interface_says_what_it_answers(site: Site, method: str, path: str, status: str, kind: str) -> None:
    """Each status and type that is answered where all is well is in the document, and no other type."""
    answers = (await site.client.get("/openapi.json")).json()["paths"][path][method]["responses"]
    assert list(answers[status]["content"]) == [kind]
    assert answers[status]["content"][kind]["schema"]


@pytest.mark.parametrize(
    ("begun", "going_on"),
    [
        (b"GET / HTTP/1.1\r\nHost: localhost\r\n", b"X: " + b"a" * 60_000 + b"\r\n"),
        (b"GET / HTTP/1.1\r\nHost: localhost\r\nX: ", b"a" * 60_000),
        (b"GET /", b"a" * 60_000),
    ],
)
async def test_a_request_that_never_begins_is_cut_off(locked_site: Site, begun: bytes, going_on: bytes) -> None:
    """Headers and addresses are read before any key is looked at: without an end they filled the memory."""
    (port,) = free_ports(1)
    settings = locked_site.settings.model_copy(update={"web_port": port})
    server = uvicorn.Server(socket_config(app_of(locked_site), settings))
    serving = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    ended = asyncio.create_task(reader.read())
    writer.write(begun)
    try:
        for _ in range(100):
            if ended.done():
                break
            writer.write(going_on)
            await asyncio.sleep(0.01)
        async with asyncio.timeout(5):
            # What was on its way to a closed connection may reset it, and its answer, 400, is lost.
            with contextlib.suppress(ConnectionResetError):
                assert (await ended).startswith(b"HTTP/1.1 400 ")
    finally:
        writer.close()
        server.should_exit = True
        await serving
