"""`tidewatch doctor`: what is reachable, and what to do about what is not."""

from __future__ import annotations

import asyncio
import shutil
from dataclasses import dataclass

import typer
from rich.console import Console

from agents.roles import changelogs
from models.loading import load_model
from streams.errors import BrokerUnavailable, MisconfiguredError, TidewatchError
from streams.settings import Settings, load_settings
from streams.sinks.index import IndexHealth
from streams.sinks.opening import open_index
from streams.topics import (
    STAMPED_BY_BROKER,
    STAMPING,
    check_partitions,
    existing_topics,
    unstamped_topics,
    wanted_topics,
)
from tidewatch.terminal import harmless

LEAST_FREE_BYTES = 2 * 1024**3


@dataclass(frozen=True, slots=True)
class Finding:
    """Be what one examination found: whether it is well, what was seen, and what to do where it is not."""

    part: str
    well: bool
    seen: str
    remedy: str = ""


def doctor() -> None:
    """Examine broker, index, model and disk; the exit status is 1 where something is not as it must be."""
    findings = asyncio.run(examine(load_settings()))
    console = Console(soft_wrap=True)
    for finding in findings:
        mark = "[green]ok[/green]" if finding.well else "[red]!![/red]"
        console.print(f"{mark}  {finding.part:<7} {harmless(finding.seen)}", highlight=False)
        if not finding.well:
            console.print(f"            {harmless(finding.remedy)}", highlight=False)
    if not all(finding.well for finding in findings):
        raise typer.Exit(1)


async def examine(settings: Settings) -> list[Finding]:
    """Return the findings on every part."""
    health = await _health_of_index(settings)
    return [
        await examine_broker(settings),
        examine_index(settings, health),
        await asyncio.to_thread(examine_model, settings, health),
        examine_disk(settings),
    ]


async def _health_of_index(settings: Settings) -> IndexHealth:
    try:
        index = open_index(settings)
    except MisconfiguredError as error:
        return IndexHealth(reachable=False, detail=str(error))
    try:
        return await index.check()
    finally:
        await index.close()


async def examine_broker(settings: Settings) -> Finding:
    """Say whether the broker answers and its topics are there with the partitions that are set."""
    wanted = [topic.name for topic in wanted_topics(settings, changelogs(settings))]
    try:
        existing = await existing_topics(settings, wanted)
        check_partitions(existing, settings)
        unstamped = await unstamped_topics(settings)
    except BrokerUnavailable as error:
        return Finding("broker", False, str(error), "Start Kafka, or set TIDEWATCH_KAFKA_BROKERS and its security.")
    except MisconfiguredError as error:
        return Finding("broker", False, str(error), "Nothing was changed.")
    missing = sorted(set(wanted) - set(existing))
    if missing:
        seen = f"{len(missing)} of {len(wanted)} topics are missing, {str(missing[0])!r} first"
        return Finding("broker", False, seen, "Run `tidewatch init`.")
    if unstamped:
        seen = f"records of {' and '.join(unstamped)} bear their producers' times, not that of their arrival"
        command = f"kafka-configs.sh --bootstrap-server {settings.kafka_brokers} --alter --entity-type topics"
        remedy = f"`{command} --add-config {STAMPING}={STAMPED_BY_BROKER} --entity-name TOPIC` for each."
        return Finding("broker", False, seen, remedy)
    return Finding(
        "broker", True, f"{settings.kafka_brokers}: {len(wanted)} topics, {settings.partitions} partitions each"
    )


def examine_index(settings: Settings, health: IndexHealth) -> Finding:
    """Say whether the index answers."""
    if health.reachable:
        return Finding("index", True, f"{settings.index}: {health.detail}, {health.articles:,} articles")
    remedy = (
        "Start Elasticsearch, or set TIDEWATCH_ELASTICSEARCH_URL and its credentials."
        if settings.index == "elasticsearch"
        else f"See that {settings.home} can be written."
    )
    return Finding("index", False, f"{settings.index}: {health.detail}", remedy)


def examine_model(settings: Settings, health: IndexHealth) -> Finding:
    """Say whether the model loads, and whether its embeddings belong to the space of those that are stored."""
    try:
        model = load_model(settings)
    except (TidewatchError, OSError, ValueError) as error:
        remedy = "Install the locked packages again (`make clean test`), or set TIDEWATCH_MODEL."
        return Finding("model", False, f"{settings.model}: {error}", remedy)
    others = sorted(set(health.spaces) - {model.space})
    if others:
        seen = f"its embeddings lie in {model.space!r}, the index holds {', '.join(map(repr, others))}"
        remedy = "Vectors of two spaces cannot be compared: set TIDEWATCH_MODEL back, or use a new TIDEWATCH_NAMESPACE."
        return Finding("model", False, seen, remedy)
    return Finding("model", True, f"{model.version}, {model.dimensions} dimensions in {model.space!r}")


def examine_disk(settings: Settings) -> Finding:
    """Say whether tables and index have room to grow."""
    folder = settings.home
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    seen = f"{free / 1024**3:.1f} GiB free at {folder.resolve()}"
    remedy = f"Free some: tables and index want {LEAST_FREE_BYTES // 1024**3} GiB at least, or set TIDEWATCH_DATA_DIR."
    return Finding("disk", free >= LEAST_FREE_BYTES, seen, remedy)
