"""`tidewatch init`: make what has to exist before anything subscribes."""

from __future__ import annotations

import asyncio

import typer

from agents.roles import changelogs
from streams.settings import load_settings
from streams.sinks.opening import open_index
from streams.topics import make_topics


def init() -> None:
    """Make the topics and the index; what is there already is checked and left as it is."""
    asyncio.run(_init())


async def _init() -> None:
    settings = load_settings()
    made = await make_topics(settings, changelogs(settings))
    typer.echo(f"topics: {len(made)} made, {settings.partitions} partitions each")
    index = open_index(settings)
    try:
        await index.prepare()
    finally:
        await index.close()
    typer.echo(f"index: {settings.index} is ready")
