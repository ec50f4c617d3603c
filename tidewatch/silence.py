"""`tidewatch silence`: send nothing of what matches for a while; set on the topic, as the web process does."""

from __future__ import annotations

import asyncio
import getpass
import re
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from alerts.notifications.drafts import draft_silence
from alerts.notifications.subscriptions_file import KEPT_ID
from models.topics import NAMES
from streams.compacted import read_latest
from streams.decoding import encode_record
from streams.errors import DataMissing
from streams.producer import open_producer
from streams.settings import Settings, load_settings
from streams.subscriptions import Silence, SilenceId
from streams.topics import FIRST_PARTITION, Topic
from tidewatch.terminal import harmless
from web.console.wording import matchers_text, silence_time

UNITS = {"m": "minutes", "h": "hours", "d": "days"}


class Act(StrEnum):
    """Name what is done."""

    ADD = "add"
    LIST = "list"
    END = "end"


Many = list[str] | None


def _length(text: str) -> timedelta:
    found = re.fullmatch(r"(\d{1,4})([mhd])", text)
    if found is None:
        raise typer.BadParameter("write a number and m, h or d, such as 90m")
    return timedelta(**{UNITS[found[2]]: int(found[1])})


def silence(
    act: Annotated[Act, typer.Argument(help="add, list or end.")],
    target: Annotated[str | None, typer.Argument(help="The id of a silence.")] = None,
    lasting: Annotated[timedelta, typer.Option("--for", parser=_length, help="How long, as in 90m, 2h, 3d.")] = "1h",  # type: ignore[assignment]
    entity: Annotated[Many, typer.Option(help="Of this entity, by its id; may be repeated, as the next.")] = None,
    subject: Annotated[Many, typer.Option(help="On this topic of news.")] = None,
    rule: Annotated[Many, typer.Option(help="Of this rule.")] = None,
    severity: Annotated[Many, typer.Option(help="Of this severity: low, medium, high.")] = None,
    comment: Annotated[str, typer.Option(help="Why; told to the subscribers when it ends.")] = "",
) -> None:
    """Add, list or end silences; subscribers are told what was withheld when one ends."""
    settings = load_settings()
    if act is Act.LIST:
        _list(settings)
        return
    if target is None or not KEPT_ID.fullmatch(target):
        hint = "name a silence with letters, digits, dots, hyphens and underscores"
        raise typer.BadParameter(hint, param_hint="TARGET")
    if act is Act.END:
        asyncio.run(_end(settings, target))
        return
    now = datetime.now(UTC)
    matchers = {"entities": entity, "topics": subject, "rules": rule, "severities": severity}
    fields = {
        "matchers": {field: values for field, values in matchers.items() if values},
        "ends_at": now + lasting,
        "comment": comment,
    }
    drafted = draft_silence(fields, SilenceId(target), author=getpass.getuser(), now=now, topics=NAMES)
    if not isinstance(drafted, Silence):
        for mistake in drafted:
            typer.echo(f"{mistake.where}: {mistake.message}", err=True)
        raise typer.Exit(2)
    asyncio.run(_publish(settings, target, drafted))
    typer.echo(f"{target} holds until {drafted.ends_at:%Y-%m-%d %H:%M} UTC")


def _list(settings: Settings) -> None:
    kept = asyncio.run(read_latest(settings, Topic.SILENCES, Silence))
    now = datetime.now(UTC)
    table = Table("id", "what", "when", "by", "comment")
    for key, each in kept.items():
        if each.ends_at > now:
            what, when = matchers_text(each.matchers), silence_time(each, now)
            table.add_row(harmless(key), harmless(what), when, harmless(each.author), harmless(each.comment))
    Console().print(table)


async def _end(settings: Settings, silence_id: str) -> None:
    kept = (await read_latest(settings, Topic.SILENCES, Silence)).get(silence_id)
    if kept is None:
        raise DataMissing(f"there is no silence {silence_id!r}: `tidewatch silence list` names them")
    now = datetime.now(UTC)
    held = kept.starts_at < now < kept.ends_at
    await _publish(settings, silence_id, kept.model_copy(update={"ends_at": now}) if held else None)
    typer.echo(f"{silence_id} ended")


async def _publish(settings: Settings, silence_id: str, value: Silence | None) -> None:
    encoded = encode_record(value) if value is not None else None
    async with open_producer(settings) as producer:
        await producer.send(Topic.SILENCES, key=silence_id.encode(), value=encoded, partition=FIRST_PARTITION)
