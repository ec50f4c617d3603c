"""Errors as `application/problem+json` (RFC 9457): what, where, and what to do."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from streams.errors import BrokerUnavailable, IndexUnavailable, MisconfiguredError, UnreadableInput

MEDIA_TYPE = "application/problem+json"
RETRY_AFTER_S = 5


def problem(status: int, title: str, detail: str, headers: dict[str, str] | None = None, **more: Any) -> JSONResponse:
    """Return a problem as a response; `more` are its extension members."""
    body = {"type": "about:blank", "title": title, "status": status, "detail": detail, **more}
    return JSONResponse(body, status_code=status, media_type=MEDIA_TYPE, headers=headers)


def add_problem_handlers(app: FastAPI) -> None:
    """Answer every error of ours and of the framework as a problem."""

    @app.exception_handler(IndexUnavailable)
    @app.exception_handler(BrokerUnavailable)
    async def unavailable(_request: Request, error: Exception) -> JSONResponse:
        return problem(503, "Try again later", str(error), {"Retry-After": str(RETRY_AFTER_S)})

    @app.exception_handler(UnreadableInput)
    async def unreadable(_request: Request, error: UnreadableInput) -> JSONResponse:
        return problem(422, "It cannot be taken", error.detail, reason=str(error.reason))

    @app.exception_handler(MisconfiguredError)
    async def misconfigured(_request: Request, error: Exception) -> JSONResponse:
        return problem(500, "The service is misconfigured", str(error))

    @app.exception_handler(RequestValidationError)
    async def invalid(_request: Request, error: RequestValidationError) -> JSONResponse:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        return problem(422, "A parameter is not usable", f"{where}: {first['msg']}")

    @app.exception_handler(HTTPException)
    async def refused(_request: Request, error: HTTPException) -> JSONResponse:
        return problem(
            error.status_code, _TITLES.get(error.status_code, "Refused"), str(error.detail), dict(error.headers or {})
        )


_TITLES = {
    401: "A key is needed",
    403: "The key may not do this",
    404: "Not found",
    405: "Method not allowed",
    413: "Too large",
}
