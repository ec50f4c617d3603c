"""Taking messages in over HTTP: one JSON object, an array of them, or one a line."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from itertools import islice

from fastapi import HTTPException, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from streams.clock import Clock, epoch_ms
from streams.errors import DeadLetterReason, UnreadableInput
from streams.producer import Producer
from streams.settings import Settings
from streams.topics import Topic
from web.problems import problem

MAX_ITEMS = 1_000
RECORD_OVERHEAD_BYTES = 512
"""What a record takes on the wire beside its key and value, at most."""
JSON_TYPES = ("application/json",)
LINES_TYPES = ("application/x-ndjson", "application/jsonl", "application/jsonlines")
_WHITE = " \t\n\r"


class Refusal(BaseModel):
    """Say why one item was not taken."""

    position: int
    reason: str
    detail: str


class Receipts(BaseModel):
    """Say what was taken, by its id, and what was not, by its position in the request."""

    accepted: list[str]
    refused: list[Refusal]


@dataclass(frozen=True, slots=True)
class Checked:
    """Be an item that can be taken: its id, its key and its bytes as they came."""

    id: str
    key: bytes
    value: bytes


async def read_items(request: Request) -> list[bytes]:
    """Return the items of a request, each as the bytes that came.

    Raises:
        HTTPException: 415 where a browser sends another type than JSON; and what `split_items` raises.
        UnreadableInput: as `split_items`.
    """
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    # A browser sends a form, plain text or bytes to another site without asking, but not JSON. Programs may send any.
    if "origin" in request.headers and kind not in JSON_TYPES + LINES_TYPES:
        detail = f"content type {kind!r}: send application/json, or application/x-ndjson for one object a line"
        raise HTTPException(415, detail)
    body = await request.body()
    return await asyncio.to_thread(split_items, body, lines=kind in LINES_TYPES)


def split_items(body: bytes, *, lines: bool) -> list[bytes]:
    """Cut a request into its items: one a line, those of an array, or one.

    Raises:
        HTTPException: 413, there are more than `MAX_ITEMS`.
        UnreadableInput: it is no JSON array, though it begins like one.
    """
    if not lines and body.lstrip()[:1] != b"[":
        return [body]
    cut = (line.removesuffix(b"\n") for line in BytesIO(body) if line.strip()) if lines else split_array(body)
    items = list(islice(cut, MAX_ITEMS + 1))
    if len(items) > MAX_ITEMS:
        raise HTTPException(413, f"more than {MAX_ITEMS:,} items: send them in parts")
    return items


def split_array(body: bytes) -> Iterator[bytes]:
    """Yield the bytes of each item of a JSON array, untouched.

    Raises:
        UnreadableInput: it is not an array of JSON in UTF-8.
    """
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise UnreadableInput(DeadLetterReason.NOT_UTF8, f"byte {error.start}: {error.reason}") from None
    # Of the items only the places count here: a number of 5,000 digits is not made one before its item is judged.
    decoder = json.JSONDecoder(parse_int=str)
    count = 0
    at = _skip(text, text.index("[") + 1)
    ended = text[at : at + 1] == "]"
    while not ended:
        try:
            _, end = decoder.raw_decode(text, at)
        except json.JSONDecodeError as error:
            detail = f"item {count}, line {error.lineno}, column {error.colno}: {error.msg}"
            raise UnreadableInput(DeadLetterReason.NOT_JSON, detail) from None
        except RecursionError:
            raise UnreadableInput(DeadLetterReason.NESTED_TOO_DEEP, f"item {count}") from None
        yield text[at:end].encode("utf-8")
        at = _skip(text, end)
        if text[at : at + 1] not in (",", "]"):
            raise UnreadableInput(DeadLetterReason.NOT_JSON, f"after item {count}: expected ',' or ']'")
        count += 1
        ended = text[at] == "]"
        at = _skip(text, at + 1) if not ended else at
    if _skip(text, at + 1) < len(text):
        raise UnreadableInput(DeadLetterReason.NOT_JSON, "there is more after the end of the array")


def check_items(
    items: Sequence[bytes], check: Callable[[bytes], Checked], max_message_bytes: int
) -> tuple[list[Checked], list[Refusal]]:
    """Part the items that can be taken from those that cannot.

    Raises:
        UnreadableInput: there is one item only, and it cannot be taken.
    """
    taken: list[Checked] = []
    refused: list[Refusal] = []
    for position, item in enumerate(items):
        try:
            checked = check(item)
            size = len(checked.value) + len(checked.key) + RECORD_OVERHEAD_BYTES
            if size > max_message_bytes:
                detail = f"{len(item):,} bytes; the largest record is {max_message_bytes:,}"
                raise UnreadableInput(DeadLetterReason.TOO_LARGE, detail)  # noqa: TRY301 - refused as the others are
            taken.append(checked)
        except UnreadableInput as error:
            if len(items) == 1:
                raise
            refused.append(Refusal(position=position, reason=str(error.reason), detail=error.detail))
    return taken, refused


async def push_items(
    request: Request,
    topic: Topic,
    check: Callable[[bytes, datetime], Checked],
    producer: Producer,
    settings: Settings,
    clock: Clock,
) -> Receipts | JSONResponse:
    """Read the items of a request, check each, and publish those that can be taken, all in flight at once.

    They are published under the time that they were checked at; Kafka's own time of arrival, a little later, lets pass
    all that this one did.

    Raises:
        HTTPException: see `read_items`.
        UnreadableInput: there is one item only, and it cannot be taken.
        BrokerUnavailable: the broker did not confirm in time. Some may have been taken; to send all again is safe.
    """
    items, now = await read_items(request), clock.now()
    # Beside what else is served: the HTML of eight megabytes takes seconds to go.
    taken, refused = await asyncio.to_thread(
        check_items, items, lambda item: check(item, now), settings.max_message_bytes
    )
    if not taken and refused:
        detail = f"none of the {len(items):,} items can be taken; `refused` says why"
        return problem(422, detail, refused=[each.model_dump() for each in refused])
    await asyncio.gather(*(producer.send(topic, key=e.key, value=e.value, timestamp_ms=epoch_ms(now)) for e in taken))
    return Receipts(accepted=[each.id for each in taken], refused=refused)


def _skip(text: str, at: int) -> int:
    while at < len(text) and text[at] in _WHITE:
        at += 1
    return at
