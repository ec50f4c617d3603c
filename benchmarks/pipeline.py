"""The whole way against its parts, in one run: the bare model, the pipeline, a stub in its place, and the plain way.

    python -m benchmarks pipeline --data ../shared/data [--articles 400] [--stub-articles 6000]

Every figure comes from the same articles on the same machine in one run. The pipeline is measured from the first
articles that the index has acknowledged to the last, so that starting up does not count; CPU is that of each role's
process over the same span.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import re
import time
import urllib.request
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil
from rich.console import Console
from rich.table import Table

from benchmarks.news import reuters_articles
from benchmarks.plain import PlainWay
from benchmarks.service import cpu_seconds, new_service
from models.loading import load_model
from streams.decoding import decode_article
from streams.records import Article
from streams.settings import Role, Settings
from tests.stack.elasticsearch import ElasticsearchServer
from tests.stack.kafka import KafkaServer
from tests.stack.server import free_ports
from tests.stack.workers import Workers

MEASURED = (Role.ENRICH, Role.INDEX)
CHUNK = 64
"""Articles in one call of the bare model: what the inference service gives it under load."""


@dataclass(slots=True)
class Measurement:
    """Be the figures of one way of doing it."""

    way: str
    articles: int
    articles_per_s: float
    cpu_ms_per_article: dict[str, float] = field(default_factory=dict)
    p99_s: float | None = None


def main(arguments: Sequence[str]) -> None:
    """Run all measurements and print them side by side."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks pipeline", description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--articles", type=int, default=400)
    parser.add_argument("--stub-articles", type=int, default=6_000)
    parser.add_argument("--plain-articles", type=int, default=40)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args(arguments)
    raw = reuters_articles(options.data, max(options.articles, options.stub_articles))
    results = [measure_bare(raw[: options.articles]), measure_plain(raw[: options.plain_articles])]
    with KafkaServer() as kafka, ElasticsearchServer() as elasticsearch:
        for model, count in (("packaged", options.articles), ("stub", options.stub_articles)):
            results.append(asyncio.run(measure_pipeline(kafka.address, elasticsearch.url, raw[:count], model)))
        rate = results[2].articles_per_s / 2
        results.append(asyncio.run(measure_delay(kafka.address, elasticsearch.url, raw[: options.articles // 2], rate)))
    _show(results)
    if options.json:
        options.json.write_text(json.dumps([asdict(result) for result in results], indent=2) + "\n")


def decoded(raw: Sequence[bytes]) -> list[Article]:
    """Return the articles of raw messages."""
    now = datetime.now(UTC)
    return [decode_article(value, received_at=now, max_body_chars=200_000, max_future_s=86_400) for value in raw]


def measure_bare(raw: Sequence[bytes]) -> Measurement:
    """Measure the model alone on decoded articles."""
    model = load_model(Settings())
    articles = decoded(raw)
    model.enrich(articles[:CHUNK])
    process = psutil.Process()
    began, cpu = time.perf_counter(), sum(process.cpu_times()[:2])
    for start in range(0, len(articles), CHUNK):
        model.enrich(articles[start : start + CHUNK])
    wall, used = time.perf_counter() - began, sum(process.cpu_times()[:2]) - cpu
    return Measurement("bare model", len(raw), len(raw) / wall, {"model": 1000 * used / len(raw)})


def measure_plain(raw: Sequence[bytes]) -> Measurement:
    """Measure one message at a time with a `transformers` pipeline for each task."""
    plain = PlainWay(Settings())
    articles = decoded(raw)
    plain.read(articles[0])
    process = psutil.Process()
    began, cpu = time.perf_counter(), sum(process.cpu_times()[:2])
    for article in articles:
        plain.read(article)
    wall, used = time.perf_counter() - began, sum(process.cpu_times()[:2]) - cpu
    return Measurement("plain way", len(raw), len(raw) / wall, {"model": 1000 * used / len(raw)})


async def measure_pipeline(kafka: str, elasticsearch: str, raw: Sequence[bytes], model: str) -> Measurement:
    """Measure the pipeline over Kafka and Elasticsearch, with all articles waiting in the topic."""
    (port,) = free_ports(1)
    async with new_service(kafka, elasticsearch, model=model, log_level="WARNING", metrics_port=port) as service:
        index_port = port + MEASURED.index(Role.INDEX)
        warm_up = max(CHUNK, len(raw) // 10)
        await service.publish(raw[:warm_up])
        with Workers(service.settings, MEASURED) as workers:
            await service.until_written(warm_up, index_port, within_s=180)
            before, began = cpu_seconds(workers, MEASURED), time.monotonic()
            await service.publish(raw[warm_up:])
            ended = await service.until_written(len(raw), index_port, within_s=580)
            used = cpu_seconds(workers, MEASURED)
    count = len(raw) - warm_up
    cpu = {role.value: 1000 * (used[role] - before[role]) / count for role in MEASURED}
    return Measurement(f"pipeline, {model}", count, count / (ended - began), cpu)


async def measure_delay(kafka: str, elasticsearch: str, raw: Sequence[bytes], per_s: float) -> Measurement:
    """Measure the time from publishing to the acknowledgement of the bulk write, at a fixed rate."""
    (port,) = free_ports(1)
    async with new_service(kafka, elasticsearch, log_level="WARNING", metrics_port=port) as service:
        warm_up = 20
        await service.publish(raw[:warm_up])
        with Workers(service.settings, MEASURED):
            index_port = port + MEASURED.index(Role.INDEX)
            await service.until_written(warm_up, index_port, within_s=180)
            before = _delay_buckets(index_port)
            await service.publish(raw[warm_up:], per_s=per_s)
            await service.until_written(len(raw), index_port, within_s=300)
            after = _delay_buckets(index_port)
    counts = {bound: after[bound] - before.get(bound, 0.0) for bound in after}
    return Measurement(f"pipeline at {per_s:.1f}/s", len(raw) - warm_up, per_s, p99_s=_quantile(counts, 0.99))


def _delay_buckets(port: int) -> dict[float, float]:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics") as response:
        text = response.read().decode()
    found = re.findall(r'^tidewatch_index_delay_seconds_bucket\{le="([^"]+)"\} (\S+)$', text, re.MULTILINE)
    return {float(bound.replace("+Inf", "inf")): float(count) for bound, count in found}


def _quantile(cumulative: dict[float, float], share: float) -> float:
    """Return the upper bound of the bucket that holds the quantile: never below the true value."""
    total = max(cumulative.values())
    return min(bound for bound, count in cumulative.items() if count >= share * total)


def _show(results: list[Measurement]) -> None:
    bare, plain = results[0].articles_per_s, results[1].articles_per_s
    table = Table(title=f"{os.cpu_count()} cores, {psutil.virtual_memory().total / 2**30:.0f} GiB")
    for heading in ("way", "articles", "articles/s", "of bare", "of plain", "CPU ms/article", "p99 s ≤"):
        table.add_column(heading, justify="left" if heading == "way" else "right")
    for result in results:
        cpu: Any = ", ".join(f"{name} {value:.1f}" for name, value in result.cpu_ms_per_article.items())
        rate = result.articles_per_s
        shares = ("", "") if result.p99_s else (f"{rate / bare:.2f}", f"{rate / plain:.1f}")
        p99 = f"{result.p99_s:g}" if result.p99_s else ""
        table.add_row(result.way, str(result.articles), f"{rate:.1f}", *shares, cpu, p99)
    Console().print(table)
    stub = next(result for result in results if result.way == "pipeline, stub")
    per_core = 1000 / sum(stub.cpu_ms_per_article.values())
    Console().print(f"with the stub: {per_core:.0f} articles a second a core (enrich and index together)")
