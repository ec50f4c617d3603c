"""What every answer carries and every request must show, whatever page or path it is for."""

from __future__ import annotations

from collections.abc import Sequence

from fastapi import APIRouter, FastAPI, HTTPException, Request
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection
from starlette.routing import Match, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocketClose

from streams.settings import Settings
from web.problems import problem

MAX_REQUEST_BYTES = 8_000_000
LOOPBACK_HOSTS = frozenset(("localhost", "127.0.0.1", "::1"))
METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
# NiceGUI compiles its templates in the browser and draws from inline scripts; nothing is loaded from elsewhere.
POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline';"
    " img-src 'self' data:; font-src 'self' data:; connect-src 'self' ws: wss:; frame-ancestors 'none';"
    " form-action 'self'; base-uri 'none'; object-src 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
}


class SecureHeaders:
    """Add the headers to every answer, streams included."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, sending)


class BodyCap:
    """Take no body over the cap, whoever sends it: it is refused by its length, or once so many bytes have come."""

    def __init__(self, app: ASGIApp, most: int) -> None:
        self._app = app
        self._most = most

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or refuse it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        detail = f"the request is over {self._most:,} bytes: send it in parts"
        length = Headers(scope=scope).get("content-length", "")
        if length.isdecimal() and int(length) > self._most:
            await problem(413, detail)(scope, receive, send)
            return
        taken = 0

        async def receiving() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > self._most:
                raise HTTPException(413, detail)
            return message

        await self._app(scope, receiving, send)


class OwnHost:
    """Take only requests that were meant for this machine.

    A page of another site can point a name of its own at 127.0.0.1; the host that the browser then sends betrays it.
    """

    def __init__(self, app: ASGIApp, hosts: frozenset[str]) -> None:
        self._app = app
        self._hosts = hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or refuse it."""
        if scope["type"] == "lifespan" or HTTPConnection(scope).url.hostname in self._hosts:
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":
            await WebSocketClose()(scope, receive, send)
        else:
            detail = f"without keys only {', '.join(sorted(self._hosts))} is served: set TIDEWATCH_API_KEYS"
            await problem(421, detail)(scope, receive, send)


def add_guard(app: FastAPI, settings: Settings) -> None:
    """Add the headers, the cap on bodies, and the check of the host where no key is asked for."""
    if not settings.api_keys:
        app.add_middleware(OwnHost, hosts=LOOPBACK_HOSTS | {settings.web_host})
    app.add_middleware(BodyCap, most=MAX_REQUEST_BYTES)
    app.add_middleware(SecureHeaders)


def add_unknown_paths(app: FastAPI, routers: Sequence[APIRouter]) -> None:
    """Answer unknown paths and methods below /v1 as problems; else the console's page would take them."""

    @app.api_route("/v1/{path:path}", methods=METHODS, include_in_schema=False)
    async def unknown(request: Request, path: str) -> None:
        routes = (route for router in routers for route in router.routes if isinstance(route, Route))
        matching = [route for route in routes if route.matches(request.scope)[0] is Match.PARTIAL]
        allowed = sorted({method for route in matching for method in route.methods or ()})
        if allowed:
            detail = f"{request.method} is not for /v1/{path}; use {' or '.join(allowed)}"
            raise HTTPException(405, detail, {"Allow": ", ".join(allowed)})
        raise HTTPException(404, f"there is no /v1/{path}; /openapi.json names every path")
