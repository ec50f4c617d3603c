"""`tidewatch demo`: everything in one go, on embedded parts, over a scripted trading day about invented companies."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO, Annotated

import orjson
import typer
from rich.console import Console
from rich.live import Live
from rich.table import Table

from agents.roles import changelogs
from agents.supervisor import Supervisor
from streams.alerting import AlertTransition
from streams.broker import PARTITIONS, EmbeddedBroker
from streams.errors import MisconfiguredError
from streams.producer import KafkaProducer, open_producer
from streams.settings import Role, Settings, load_settings
from streams.sinks.index import AlertQuery, ArticleQuery, Index
from streams.sinks.opening import open_index
from streams.sources.scenario import Crisis, Scenario, scripted_day
from streams.topics import Topic, wanted_topics
from tidewatch.terminal import harmless

FOUND_WITHIN = timedelta(hours=8)
"""An episode that opens later than this after the onset of a crisis has missed it."""


@dataclass(slots=True)
class Progress:
    """Be what the terminal shows."""

    articles: int
    clicks: int
    sent_articles: int = 0
    sent_clicks: int = 0
    indexed: int = 0
    at: datetime | None = None
    alerts: tuple[AlertTransition, ...] = ()
    state: str = "starting the workers"


def demo(
    exit_after: Annotated[
        float | None, typer.Option(help="End by itself after so many seconds, with a summary.", min=30)
    ] = None,
    minutes: Annotated[float, typer.Option(help="Play the day in so many minutes.", min=0.2, max=600)] = 3.0,
    port: Annotated[int, typer.Option(help="Of the console; 0 chooses a free one.")] = 0,
    data_dir: Annotated[Path | None, typer.Option(help="Keep index and log here; else they go when it ends.")] = None,
) -> None:
    """Run a scripted trading day end to end; with --exit-after, fail where a planted crisis was not alerted on."""
    with contextlib.ExitStack() as held:
        home = data_dir or Path(held.enter_context(tempfile.TemporaryDirectory(prefix="tidewatch-demo-")))
        home.mkdir(parents=True, exist_ok=True)
        if any(home.iterdir()):
            # The broker forgets, the index and the tables would not: the alerts of an earlier day would count here.
            raise MisconfiguredError(f"{home} is not empty: name a new folder in --data-dir")
        missed = asyncio.run(_demo(home, exit_after, minutes, _free_port(port)))
    raise typer.Exit(1 if missed else 0)


async def _demo(home: Path, exit_after: float | None, minutes: float, port: int) -> list[Crisis]:
    began_s = time.monotonic()
    console = Console()
    # The scripted day ends now: its dates are never in the future, and the console shows them as today's.
    day = scripted_day(datetime.now(UTC).replace(microsecond=0) - timedelta(hours=24))
    shape = load_settings(partitions=PARTITIONS, index="sqlite", kafka_brokers="unset", data_dir=home, web_port=port)
    names = [topic.name for topic in wanted_topics(shape, changelogs(shape))]
    with EmbeddedBroker(names) as broker, (home / "demo.log").open("ab") as log:
        settings = shape.model_copy(update={"kafka_brokers": broker.address})
        console.print(f"Tidewatch plays a scripted day: {len(day.articles)} articles, {len(day.clicks)} clicks.")
        console.print(f"Console: [bold]http://127.0.0.1:{port}[/bold]   Log: {home / 'demo.log'}", highlight=False)
        progress = Progress(len(day.articles), len(day.clicks))
        async with _service(settings, log), _stopped() as stopped:
            with Live(_picture(progress), console=console, refresh_per_second=2) as live:
                playing = asyncio.create_task(_play(day, settings, minutes, progress))
                watching = asyncio.create_task(_watch(settings, progress, live))
                stop = asyncio.create_task(stopped.wait())
                left_s = None if exit_after is None else exit_after - (time.monotonic() - began_s)
                await asyncio.wait({stop, playing}, timeout=left_s, return_when=asyncio.FIRST_COMPLETED)
                for task in (playing, watching, stop):
                    task.cancel()
                await asyncio.gather(playing, watching, stop, return_exceptions=True)
                live.update(_picture(progress))
        if not console.is_terminal:
            console.line()  # a live picture leaves its last line open there
        return _summarise(console, day, progress)


@asynccontextmanager
async def _service(settings: Settings, log: IO[bytes]) -> AsyncIterator[None]:
    environment = {
        "TIDEWATCH_KAFKA_BROKERS": settings.kafka_brokers,
        "TIDEWATCH_PARTITIONS": str(settings.partitions),
        "TIDEWATCH_INDEX": "sqlite",
        "TIDEWATCH_DATA_DIR": str(settings.data_dir),
        "TIDEWATCH_WEB_PORT": str(settings.web_port),
        "TIDEWATCH_LOG_FORMAT": "text",
    }
    supervisor = Supervisor(list(Role), settings.metrics_port, environment, log)
    running = asyncio.create_task(supervisor.run())
    web = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tidewatch", "web", env=os.environ | environment, stdout=log, stderr=log
    )
    try:
        yield
    finally:
        supervisor.stop()
        with contextlib.suppress(ProcessLookupError):
            web.terminate()
        await asyncio.gather(running, web.wait())


@asynccontextmanager
async def _stopped() -> AsyncIterator[asyncio.Event]:
    event, loop = asyncio.Event(), asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, event.set)
    try:
        yield event
    finally:
        for name in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(name)


async def _play(day: Scenario, settings: Settings, minutes: float, progress: Progress) -> None:
    """Publish the events of the day at their times, compressed; never return."""
    events = day.events()
    first, last = events[0].at, events[-1].at
    speed = (last - first).total_seconds() / (minutes * 60)
    async with open_producer(settings) as producer:
        progress.state = f"playing the day at {speed:.0f} × its speed"
        began_s = time.monotonic()
        for event in events:
            due_s = began_s + (event.at - first).total_seconds() / speed
            await asyncio.sleep(max(0.0, due_s - time.monotonic()))
            await _publish(producer, event.topic, event.fields)
            progress.at = event.at
            if event.topic is Topic.NEWS_RAW:
                progress.sent_articles += 1
            else:
                progress.sent_clicks += 1
    progress.state = "the day is over; the console stays up (Ctrl-C ends it)"
    await asyncio.Event().wait()


async def _publish(producer: KafkaProducer, topic: Topic, fields: dict[str, object]) -> None:
    key = str(fields.get("reader_id") or fields.get("url") or fields.get("title")).encode()
    await producer.send(topic, key=key, value=orjson.dumps(fields))


async def _watch(settings: Settings, progress: Progress, live: Live) -> None:
    index: Index = open_index(settings)
    await index.prepare()
    try:
        while True:
            progress.indexed = (await index.search_articles(ArticleQuery(limit=1))).total
            progress.alerts = (await index.search_alerts(AlertQuery(limit=100))).alerts
            live.update(_picture(progress))
            await asyncio.sleep(0.5)
    finally:
        await index.close()


def _picture(progress: Progress) -> Table:
    table = Table.grid(padding=(0, 2))
    at = f"{progress.at:%a %H:%M}" if progress.at else "–"
    table.add_row("[bold]day[/bold]", f"{at}   {progress.state}")
    table.add_row("articles", f"{progress.sent_articles} of {progress.articles} sent, {progress.indexed} indexed")
    table.add_row("clicks", f"{progress.sent_clicks} of {progress.clicks} sent")
    for alert in progress.alerts[:8]:
        colour = {"acknowledged": "yellow", "resolved": "green"}.get(alert.kind, "red")
        line = f"{alert.name}: {alert.observed:.0f} negative stories, {alert.expected:.1f} expected ({alert.severity})"
        table.add_row(f"[{colour}]{alert.kind}[/{colour}]", f"{alert.opened_at:%a %H:%M}  {harmless(line)}")
    return table


def _summarise(console: Console, day: Scenario, progress: Progress) -> list[Crisis]:
    """Print what was seen; return the crises that were not alerted on."""
    missed: list[Crisis] = []
    for crisis in day.crises:
        found = [
            alert
            for alert in progress.alerts
            if alert.entity_id == crisis.entity_id and crisis.onset <= alert.opened_at <= crisis.onset + FOUND_WITHIN
        ]
        if found:
            delay = min(alert.opened_at for alert in found) - crisis.onset
            console.print(f"[green]found[/green]  {crisis.name}: alerted {delay} after the onset", highlight=False)
        else:
            missed.append(crisis)
            console.print(f"[red]missed[/red] {crisis.name}: no alert by the end", highlight=False)
    planted = {crisis.entity_id for crisis in day.crises}
    others = sorted({alert.name for alert in progress.alerts if alert.entity_id not in planted})
    console.print(
        f"{progress.indexed} of {progress.sent_articles} articles indexed (copies under one address count once);"
        f" {len(progress.alerts)} episodes, {len(others)} not planted{': ' + ', '.join(others) if others else ''}",
        highlight=False,
        soft_wrap=True,
    )
    return missed


def _free_port(wanted: int) -> int:
    """Return the port that is wanted, if it is free; where any will do, 8600 before others."""
    for port in (wanted,) if wanted else (8600, 0):
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))
            return int(probe.getsockname()[1])
    raise MisconfiguredError(f"port {wanted} is in use: name another one in --port, or none")
