"""Errors as `application/problem+json` (RFC 9457): what, where, and what to do."""

from __future__ import annotations

import re
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from alerts.notifications.drafts import Mistake
from streams.errors import BrokerUnavailable, DeadLetterReason, IndexUnavailable, MisconfiguredError, UnreadableInput

log = structlog.get_logger(__name__)

MEDIA_TYPE = "application/problem+json"
RETRY_AFTER_S = 5
_LOST_PLUS = re.compile(r":\d\d(?:\.\d+)? \d\d:?\d\d$")
"""An address reads + as a blank."""
MISTAKES_TOLD = 100
"""A list of the wrong names has as many mistakes as names."""
SCHEMA = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string", "const": "about:blank"},
        "title": {"type": "string", "description": "The status in words."},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "What is wrong, where, and what to do."},
        "reason": {"type": "string", "enum": list(DeadLetterReason), "description": "Why an item cannot be taken."},
        "mistakes": {"type": "array", "description": "`path` and `message` of each mistake in what was written."},
        "refused": {"type": "array", "description": "Of several items: `position`, `reason` and `detail` of each."},
    },
}
RESPONSES: dict[int | str, dict[str, Any]] = {
    "4XX": {"description": "The request cannot be served as it is.", "content": {MEDIA_TYPE: {"schema": SCHEMA}}},
    "503": {"description": "Index or broker is away: try again later.", "content": {MEDIA_TYPE: {"schema": SCHEMA}}},
}


def problem(status: int, detail: str, headers: dict[str, str] | None = None, **more: Any) -> JSONResponse:
    """Return a problem as a response; `more` are its extension members."""
    body = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail, **more}
    return JSONResponse(body, status_code=status, media_type=MEDIA_TYPE, headers=headers)


class MistakesError(HTTPException):
    """Say the mistakes in what a person wrote, each with its place; of very many the first."""

    def __init__(self, mistakes: Sequence[Mistake]) -> None:
        self.mistakes = tuple(mistakes[:MISTAKES_TOLD])
        super().__init__(422, _in_words([f"{each.where}: {each.message}" for each in self.mistakes], len(mistakes)))


def add_problem_handlers(app: FastAPI) -> None:
    """Answer every error of ours and of the framework as a problem."""

    @app.exception_handler(IndexUnavailable)
    @app.exception_handler(BrokerUnavailable)
    async def unavailable(_request: Request, error: Exception) -> JSONResponse:
        return problem(503, str(error), {"Retry-After": str(RETRY_AFTER_S)})

    @app.exception_handler(UnreadableInput)
    async def unreadable(_request: Request, error: UnreadableInput) -> JSONResponse:
        status = 413 if error.reason is DeadLetterReason.TOO_LARGE else 422
        return problem(status, error.detail, reason=str(error.reason))

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> JSONResponse:
        found = error.errors()
        return problem(422, _in_words([_told(each, request) for each in found[:MISTAKES_TOLD]], len(found)))

    @app.exception_handler(MistakesError)
    async def mistaken(_request: Request, error: MistakesError) -> JSONResponse:
        return problem(422, error.detail, mistakes=[{"path": m.where, "message": m.message} for m in error.mistakes])

    @app.exception_handler(HTTPException)
    async def refused(_request: Request, error: HTTPException) -> JSONResponse:
        return problem(error.status_code, str(error.detail), dict(error.headers or {}))

    @app.exception_handler(MisconfiguredError)
    async def misconfigured(_request: Request, error: MisconfiguredError) -> JSONResponse:
        log.error("the settings and the world disagree", error=str(error))
        return problem(500, "The service is misconfigured; its log says what to do.")

    @app.exception_handler(Exception)
    async def unexpected(_request: Request, _error: Exception) -> JSONResponse:
        return problem(500, "The service failed; its log says how.")


def _in_words(told: Sequence[str], count: int) -> str:
    """Join what is told of so many mistakes."""
    more = count - len(told)
    return "; ".join([*told, f"and {more:,} more"] if more else told)


def _told(mistake: dict[str, Any], request: Request) -> str:
    """Say where a request is mistaken, and what is wrong there."""
    if mistake["type"] == "json_invalid":
        return f"body: it is not JSON: {mistake['ctx']['error']} at character {mistake['loc'][-1]}"
    sent_as = request.headers.get("content-type", "nothing")
    if mistake["loc"] == ("body",) and "json" not in sent_as:
        return f"body: it came as {sent_as}; send JSON with Content-Type: application/json"
    advice = ""
    if mistake["type"].startswith("datetime") and _LOST_PLUS.search(str(mistake["input"])):
        advice = "; in an address the + of a zone is written %2B"
    return f"{'.'.join(str(part) for part in mistake['loc'])}: {mistake['msg']}{advice}"
