"""How many mentions a second the alert role counts, and how soon it counts again after `kill -9`, on real Kafka.

    python -m benchmarks recovery [--names 3000] [--days 4]

A killed role reads its tables from their changelog (`streams/local_tables.py`). The feed is the synthetic one of the
benchmark of detection; nothing has been compacted yet, so that every write of the feed is read again.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
import time
import uuid
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from agents.roles import changelogs
from benchmarks.alerts.synthetic import synthetic
from benchmarks.bursts import alert_settings, send_mention
from benchmarks.kills.worker import Worker, signs_of
from streams.alerting import Mention
from streams.contents import read_to_end
from streams.producer import KafkaProducer, open_producer
from streams.settings import Role, Settings
from streams.sources.lag import group_lag
from streams.tables import changelog_topic
from streams.topics import Topic, make_topics
from tests.stack.kafka import KafkaServer

KILLS = 3
KEPT_BACK = 500
"""Mentions that come after the kills: the first that is counted ends the wait."""
EVERY_S = 0.2
CHUNK = 500
"""Mentions that are sent at once."""
CAUGHT_UP_WITHIN_S = 600.0
LAST_WORDS_S = 1.0
"""In which what the killed process still wrote is seen."""


def main(arguments: Sequence[str]) -> None:
    """Feed the role, kill it, and print what it had to read and how long it took."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks recovery", description=__doc__)
    parser.add_argument("--names", type=int, default=3_000)
    parser.add_argument("--days", type=int, default=4)
    options = parser.parse_args(arguments)
    articles = synthetic(series=options.names, days=options.days).articles
    mentions = [mention for known in articles for mention in known.mentions]
    with KafkaServer() as kafka, tempfile.TemporaryDirectory(prefix="tidewatch-") as folder:
        settings = alert_settings(Path(folder), f"b{uuid.uuid4().hex[:8]}", kafka_brokers=kafka.address)
        asyncio.run(_measure(settings, mentions, Console()))


async def _measure(settings: Settings, mentions: Sequence[Mention], console: Console) -> None:
    await make_topics(settings, changelogs(settings))
    async with open_producer(settings) as producer, signs_of(settings) as signs:
        with Worker(settings) as worker:
            began = time.monotonic()
            await _publish(producer, mentions[:-KEPT_BACK], CHUNK)
            await _caught_up(settings)
            took_s, count = time.monotonic() - began, len(mentions) - KEPT_BACK
            console.print(
                f"{count:,} mentions counted in {took_s:.0f} s: {count / took_s:.0f} a second,"
                f" {1000 * worker.cpu_s / count:.2f} ms of the role's CPU each"
            )
            sizes: dict[bytes, int] = {}
            records = total = 0
            async for record in read_to_end(settings, [changelog_topic("series", settings)]):
                sizes[record.key or b""] = len(record.value or b"")
                records, total = records + 1, total + len(record.value or b"")
            console.print(
                f"{len(sizes):,} series of {sum(sizes.values()) / max(1, len(sizes)):,.0f} bytes;"
                f" their changelog has {records:,} records and {total / 2**20:,.0f} MiB"
            )
            feeding = asyncio.create_task(_publish(producer, mentions[-KEPT_BACK:], 1, EVERY_S))
            for _ in range(KILLS):
                worker.kill()
                await asyncio.sleep(LAST_WORDS_S)
                began = time.monotonic()
                worker.start()
                await signs.next(worker)
                console.print(f"killed; counts again after {time.monotonic() - began:.1f} s")
            feeding.cancel()


async def _publish(producer: KafkaProducer, mentions: Sequence[Mention], chunk: int, every_s: float = 0.0) -> None:
    for start in range(0, len(mentions), chunk):
        await asyncio.sleep(every_s)
        await asyncio.gather(*(send_mention(producer, mention) for mention in mentions[start : start + chunk]))


async def _caught_up(settings: Settings) -> None:
    async with (
        group_lag(settings, Topic.MENTIONS, f"tidewatch-{Role.ALERT}") as lag,
        asyncio.timeout(CAUGHT_UP_WITHIN_S),
    ):
        while await lag() > 0:  # noqa: ASYNC110 - nothing to be told by
            await asyncio.sleep(0.2)
