"""`tidewatch dlq`: look at what was put aside, and send it again once the cause is gone."""

from __future__ import annotations

import asyncio
import base64
from collections import Counter
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Column, Table

from streams.dead_letters import dead_letters, fetch_original
from streams.errors import DataMissing, DeadLetterReason
from streams.producer import open_producer
from streams.records import DeadLetter
from streams.settings import Settings, load_settings
from streams.topics import Topic
from tidewatch.terminal import harmless


def dlq(
    topic: Annotated[Topic | None, typer.Option(help="Only the letters of this topic.")] = None,
    reason: Annotated[DeadLetterReason | None, typer.Option(help="Only letters with this reason.")] = None,
    limit: Annotated[int, typer.Option(help="Show at most so many, the latest, in the table.", min=1)] = 20,
    replay: Annotated[bool, typer.Option("--replay", help="Send the originals to their topics again.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Write each letter as a line of JSON.")] = False,
) -> None:
    """List dead letters, or send their originals again: each is read back from its topic while that holds it."""
    settings = load_settings()
    found = asyncio.run(dead_letters(settings, [topic] if topic else None))
    letters = [letter for letter in found if reason is None or letter.reason == reason]
    if replay:
        asyncio.run(_replay(settings, letters))
    elif as_json:
        for letter in letters:
            typer.echo(letter.model_dump_json())
    else:
        _show(letters, limit)


def _show(letters: list[DeadLetter], limit: int) -> None:
    counts = Counter(letter.reason for letter in letters)
    # Whoever looks a letter up needs its place and its reason whole; the rest folds.
    place_column, reason_column = (Column(name, no_wrap=True) for name in ("topic/partition@offset", "reason"))
    table = Table("when", place_column, reason_column, "detail", "begins with", title=f"{len(letters)} dead letters")
    for letter in letters[-limit:]:
        begins = base64.b64decode(letter.first_bytes)[:40].decode("utf-8", "backslashreplace")
        place = f"{letter.topic}/{letter.partition}@{letter.offset}"
        table.add_row(
            f"{letter.at:%Y-%m-%d %H:%M:%S}", harmless(place), letter.reason, harmless(letter.detail), harmless(begins)
        )
    console = Console()
    console.print(table)
    console.print(", ".join(f"{name}: {count}" for name, count in counts.most_common()) or "nothing was put aside")


async def _replay(settings: Settings, letters: list[DeadLetter]) -> None:
    sent = lapsed = 0
    async with open_producer(settings) as producer:
        for letter in letters:
            try:
                original = await fetch_original(settings, letter)
            except DataMissing as error:
                typer.echo(str(error), err=True)
                lapsed += 1
                continue
            bare = letter.topic.removeprefix(settings.named(""))
            # Where it lay: the alert role reads one partition of its topics.
            await producer.send(
                bare, key=original.key, value=original.value, partition=letter.partition, headers=original.headers
            )
            sent += 1
    typer.echo(f"{sent} sent again, {lapsed} no longer held by their topic")
