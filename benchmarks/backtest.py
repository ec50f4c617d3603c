"""How long `tidewatch backtest` takes over many enriched mentions, without the report and with it.

    python -m benchmarks backtest [--mentions 100000]

The news is invented, sixty days of it, and enriched by the stub: only the time of the backtest is measured, as a whole
process with its start and the reading of the file.
"""

from __future__ import annotations

import argparse
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path

import orjson
from rich.console import Console

from alerts.detection.mentions import mentions_of
from models.stub import StubModel
from streams.decoding import decode_article, encode_record
from streams.enrichment import EnrichedArticle
from streams.records import Article
from tests.alerts.timelines import words

START = datetime(2026, 3, 2, tzinfo=UTC)
SPAN = timedelta(days=60)
NAMES = 500
BAD_SHARE = 0.15
MENTIONS_EACH = 3
"""Of an article: the market and two names."""
CHUNK = 500


def main(arguments: Sequence[str]) -> None:
    """Write the mentions to a file, run the backtest over it twice, and print what it says and how long it took."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks backtest", description=__doc__)
    parser.add_argument("--mentions", type=int, default=100_000)
    options = parser.parse_args(arguments)
    console = Console(highlight=False)
    with tempfile.TemporaryDirectory(prefix="tidewatch-") as folder:
        news, alerts, report = (Path(folder) / name for name in ("news.jsonl", "alerts.jsonl", "report.html"))
        with news.open("wb") as sink:
            for enriched in _enriched(-(-options.mentions // MENTIONS_EACH)):
                sink.write(encode_record(enriched) + b"\n")
        console.print(f"{news.stat().st_size / 2**20:,.0f} MiB of enriched records")
        for title, more in (("alone", []), ("with --report", ["--report", str(report)])):
            began = time.monotonic()
            command = [sys.executable, "-m", "tidewatch", "backtest", str(news), "-o", str(alerts), *more]
            said = subprocess.run(command, check=True, capture_output=True, text=True).stderr
            console.print(f"{title}: {time.monotonic() - began:.1f} s: {' '.join(said.split())}")


def _enriched(count: int) -> Iterator[EnrichedArticle]:
    model, articles = StubModel(), _articles(count)
    while chunk := list(islice(articles, CHUNK)):
        for article, enrichment in zip(chunk, model.enrich(chunk), strict=True):
            enriched = EnrichedArticle(article=article, enrichment=enrichment)
            if len(list(mentions_of(enriched, 0.0))) != MENTIONS_EACH:
                raise AssertionError(f"{article.title} does not have two names")
            yield enriched


def _articles(count: int) -> Iterator[Article]:
    rng = random.Random(count)
    for place in range(count):
        one, other = rng.sample(range(NAMES), 2)
        at = START + SPAN * (place + rng.random()) / count
        text = words(place, 40)
        fields = {
            "title": f"${_ticker(one)} and ${_ticker(other)}: {text[:40]}",
            "body": f"{text}. {'A loss, a probe and weak sales.' if rng.random() < BAD_SHARE else 'Sales rose.'}",
            "published_at": at.isoformat(),
            "source": rng.choice(("wire", "herald", "ledger")),
            "url": f"https://news.example/{place}",
        }
        yield decode_article(orjson.dumps(fields), received_at=at, max_body_chars=10_000, max_future_s=60.0)


def _ticker(number: int) -> str:
    return f"QX{chr(65 + number // 26 % 26)}{chr(65 + number % 26)}"
