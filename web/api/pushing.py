"""Taking messages in over HTTP: one JSON object, an array of them, or one a line."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import orjson
from fastapi import HTTPException, Request
from pydantic import BaseModel

from streams.errors import DeadLetterReason, UnreadableInput

MAX_REQUEST_BYTES = 8_000_000
MAX_ITEMS = 1_000


class Refusal(BaseModel):
    """Say why one item was not taken."""

    position: int
    reason: str
    detail: str


class Receipts(BaseModel):
    """Say what was taken and what was not, by position in the request."""

    accepted: list[str]
    refused: list[Refusal]


@dataclass(frozen=True, slots=True)
class Checked:
    """Be an item that can be taken: its id, its key and its bytes as they came."""

    id: str
    key: bytes
    value: bytes


async def read_items(request: Request) -> list[bytes]:
    """Return the items of a request as bytes.

    Raises:
        HTTPException: 413 where the request or the number of items is over the cap.
        UnreadableInput: the request is not JSON.
    """
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_REQUEST_BYTES:
            raise HTTPException(413, f"the request is over {MAX_REQUEST_BYTES:,} bytes: send it in parts")
    if request.headers.get("content-type", "").split(";")[0].strip() in ("application/x-ndjson", "application/jsonl"):
        items = [line for line in bytes(body).splitlines() if line.strip()]
    elif body.lstrip()[:1] == b"[":
        try:
            items = [orjson.dumps(item) for item in orjson.loads(bytes(body))]
        except orjson.JSONDecodeError as error:
            raise UnreadableInput(DeadLetterReason.NOT_JSON, str(error)) from error
    else:
        items = [bytes(body)]
    if len(items) > MAX_ITEMS:
        raise HTTPException(413, f"{len(items):,} items, the cap is {MAX_ITEMS:,}: send them in parts")
    return items


def check_items(items: list[bytes], check: Callable[[bytes], Checked]) -> tuple[list[Checked], list[Refusal]]:
    """Part the items that can be taken from those that cannot.

    Raises:
        UnreadableInput: there is one item only, and it cannot be taken.
    """
    taken: list[Checked] = []
    refused: list[Refusal] = []
    for position, item in enumerate(items):
        try:
            taken.append(check(item))
        except UnreadableInput as error:
            if len(items) == 1:
                raise
            refused.append(Refusal(position=position, reason=str(error.reason), detail=error.detail))
    return taken, refused
