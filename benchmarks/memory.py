"""Memory of each role over a long run with a stub in the model's place.

python -m benchmarks memory [--articles 50000]
"""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Sequence

import orjson
from rich.console import Console
from rich.table import Table

from benchmarks.service import new_service
from streams.settings import Role
from tests.stack.elasticsearch import ElasticsearchServer
from tests.stack.kafka import KafkaServer
from tests.stack.workers import Workers

STEPS = 10


def main(arguments: Sequence[str]) -> None:
    """Send articles in ten parts, and print the resident memory of each role after each part."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks memory", description=__doc__)
    parser.add_argument("--articles", type=int, default=50_000)
    options = parser.parse_args(arguments)
    with KafkaServer() as kafka, ElasticsearchServer() as elasticsearch:
        asyncio.run(_measure(kafka.address, elasticsearch.url, options.articles))


async def _measure(kafka: str, elasticsearch: str, count: int) -> None:
    table = Table(title="resident memory, MiB")
    for heading in ("articles", *Role):
        table.add_column(heading, justify="right")
    async with new_service(kafka, elasticsearch, model="stub", log_level="WARNING") as service:
        with Workers(service.settings) as workers:
            for step in range(1, STEPS + 1):
                first, last = (step - 1) * count // STEPS, step * count // STEPS
                await service.publish([_article(place) for place in range(first, last)])
                await service.until_indexed(last, within_s=580)
                sizes = [workers.process(role).memory_info().rss / 2**20 for role in Role]
                table.add_row(f"{last:,}", *(f"{size:.0f}" for size in sizes))
    Console().print(table)


def _article(place: int) -> bytes:
    name = f"Company {place % 500}"
    return orjson.dumps(
        {
            "title": f"{name} reports quarter {place}",
            "body": f"{name} said sales moved {place % 37} per cent. Profit fell. The outlook {place} is kept.",
            "published_at": f"2026-03-{1 + place * 28 // 50_000 % 28:02d}T{place % 24:02d}:{place % 60:02d}:00Z",
            "source": f"wire-{place % 5}",
            "url": f"https://wire.example/{place}",
            "entities": [{"name": name, "id": f"demo:{place % 500}"}],
        }
    )
