"""`tidewatch send`: publish JSON lines to a topic, at full speed or at a pace of their own time."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import islice
from typing import Annotated

import orjson
import typer
from pydantic import TypeAdapter, ValidationError
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from streams.decoding import ARTICLE_FIELDS, CLICK_FIELDS
from streams.errors import DataMissing, TidewatchError, UnreadableInput
from streams.identity import article_id_of
from streams.producer import Producer, open_producer
from streams.records import Moment
from streams.settings import Role, Settings, load_settings
from streams.sources.files import opened, parse_map, renamed
from streams.sources.lag import group_lag
from streams.sources.pacing import LagPacer, Speed, TimePacer, parse_speed

IN_FLIGHT = 512
"""Messages that wait for the broker's word at one time; together they fill batches."""


class Target(StrEnum):
    """Name a topic that takes raw input."""

    NEWS = "news.raw"
    CLICKS = "clicks.raw"


_MOMENT: TypeAdapter[datetime] = TypeAdapter(Moment)
_FIELDS = {Target.NEWS: ARTICLE_FIELDS, Target.CLICKS: CLICK_FIELDS}
_READERS = {Target.NEWS: Role.ENRICH, Target.CLICKS: Role.READERS}


@dataclass(slots=True)
class Tally:
    """Count what became of the lines."""

    sent: int = 0
    unparsed: int = 0
    refused: int = 0


def _speed(text: str) -> str:
    try:
        parse_speed(text)
    except ValueError:
        raise typer.BadParameter("write max, or a factor on the articles' own time such as 60") from None
    return text


def send(
    files: Annotated[list[str], typer.Argument(help="JSON lines, plain or gzipped; - is standard input.")],
    to: Annotated[Target, typer.Option(help="The topic.")] = Target.NEWS,
    speed: Annotated[
        str, typer.Option(callback=_speed, help="max, paced by the readers' lag, or a factor on event time.")
    ] = "max",
    limit: Annotated[int | None, typer.Option(help="Send so many lines at most.", min=1)] = None,
    rename: Annotated[
        str, typer.Option("--map", help="Rename fields: ours=theirs, separated by commas, as in title=headline.")
    ] = "",
) -> None:
    """Publish JSON lines to a topic; a line that is no JSON goes too, and ends in the dead-letter topic."""
    breaks: list[str] = []
    lines = _lines(files, limit, breaks)
    tally = asyncio.run(_send(load_settings(), lines, to, parse_speed(speed), limit, parse_map(rename, _FIELDS[to])))
    if breaks:
        raise DataMissing("\n".join(breaks))
    raise typer.Exit(1 if tally.refused else 0)


async def _send(
    settings: Settings, lines: Iterator[bytes], to: Target, speed: Speed, limit: int | None, mapping: Mapping[str, str]
) -> Tally:
    console, tally, began_s = Console(stderr=True, soft_wrap=True), Tally(), time.monotonic()
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    free = asyncio.Semaphore(IN_FLIGHT)
    try:
        async with (
            open_producer(settings) as producer,
            _pacer(settings, to, speed) as pacer,
            asyncio.TaskGroup() as group,
        ):
            with Progress(*columns, console=console) as progress:
                task = progress.add_task(f"→ {to}", total=limit)
                for line in lines:
                    value, fields = _prepared(line, mapping, tally)
                    at = event_time(fields, to)
                    await pacer.wait_for(at)
                    await free.acquire()
                    sending = group.create_task(_publish(producer, to, key_of(fields, to, at), value, tally, console))
                    sending.add_done_callback(lambda _: free.release())
                    progress.advance(task)
    except* TidewatchError as failed:
        raise _first(failed) from None
    took_s = time.monotonic() - began_s
    console.print(
        f"{tally.sent:,} lines sent to {to} in {took_s:.1f} s ({tally.sent / max(took_s, 1e-9):,.0f}/s);"
        f" {tally.unparsed:,} are no JSON object and were sent as they are; {tally.refused:,} refused as too large",
        highlight=False,
    )
    return tally


def _first(group: BaseExceptionGroup[TidewatchError]) -> TidewatchError:
    """Return one of the errors: where the broker is lost, all say the same."""
    first = group.exceptions[0]
    return _first(first) if isinstance(first, BaseExceptionGroup) else first


def _lines(files: list[str], limit: int | None, breaks: list[str]) -> Iterator[bytes]:
    return islice((line for path in files for line in _of_file(path, breaks) if line.strip()), limit)


def _of_file(path: str, breaks: list[str]) -> Iterator[bytes]:
    with opened(path, breaks) as lines:
        yield from lines


def _prepared(line: bytes, mapping: Mapping[str, str], tally: Tally) -> tuple[bytes, dict[str, object] | None]:
    value = (renamed(line, mapping) or line) if mapping else line
    fields = _fields(value)
    tally.unparsed += fields is None
    return value, fields


async def _publish(
    producer: Producer, to: Target, key: bytes | None, value: bytes, tally: Tally, console: Console
) -> None:
    try:
        await producer.send(to, key=key, value=value)
    except UnreadableInput as error:
        tally.refused += 1
        console.print(f"refused: {error}; it begins with {value[:60]!r}", markup=False, highlight=False)
    else:
        tally.sent += 1


@asynccontextmanager
async def _pacer(settings: Settings, to: Target, speed: Speed) -> AsyncIterator[TimePacer | LagPacer]:
    if speed != "max":
        yield TimePacer(speed, time.monotonic, asyncio.sleep)
        return
    async with group_lag(settings, to, f"tidewatch-{_READERS[to]}") as lag:
        yield LagPacer(lag, asyncio.sleep, time.monotonic)


def _fields(value: bytes) -> dict[str, object] | None:
    try:
        fields = orjson.loads(value)
    except orjson.JSONDecodeError:
        return None
    return fields if isinstance(fields, dict) else None


def event_time(fields: Mapping[str, object] | None, to: Target) -> datetime | None:
    """Return the time that a line says it is of, or None where it says none."""
    value = (fields or {}).get("at" if to is Target.CLICKS else "published_at")
    try:
        return _MOMENT.validate_python(value)
    except ValidationError:
        return None


def key_of(fields: Mapping[str, object] | None, to: Target, at: datetime | None) -> bytes | None:
    """Return what keeps related lines in order: the reader of a click, the id of an article, published `at`."""
    if fields is None:
        return None
    if to is Target.CLICKS:
        reader = fields.get("reader_id")
        return reader.encode("utf-8", "surrogatepass") if isinstance(reader, str) else None
    source, url, title, body = (
        value if isinstance(value := fields.get(name), str) else "" for name in ("source", "url", "title", "body")
    )
    return article_id_of(source, url or None, title, at, body).encode()
