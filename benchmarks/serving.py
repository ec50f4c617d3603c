"""What batching gives, what sharing one pass gives, and which engine runs the network best on this CPU.

    python -m benchmarks serving --data ../shared/data [--articles 200] [--engines "torch float32" "ONNX Runtime"]

All figures of a run come from the same articles. An engine is judged by its speed and by how far its answers are from
float32's: the largest change of a probability, and the share of sentences and entities whose label changes.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Literal

import torch
from rich.console import Console
from rich.table import Table

from benchmarks.engines import ENGINES
from benchmarks.news import reuters_articles
from benchmarks.pipeline import CHUNK, decoded
from benchmarks.plain import PlainWay
from models.loading import load_model
from models.reading import EncoderModel
from streams.enrichment import Enrichment, Sentiment
from streams.records import Article
from streams.settings import Settings

PEAK_SIZE = 2048


def main(arguments: Sequence[str]) -> None:
    """Run all measurements and print them."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks serving", description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--articles", type=int, default=200)
    parser.add_argument("--plain-articles", type=int, default=30)
    parser.add_argument("--engines", nargs="*", default=list(ENGINES), choices=list(ENGINES))
    options = parser.parse_args(arguments)
    articles = decoded(reuters_articles(options.data, options.articles))
    few = articles[: options.plain_articles]
    model = _loaded("auto")
    batched = _rate(model.enrich, articles, CHUNK)
    single = _rate(model.enrich, few, 1)
    plain = PlainWay(Settings())
    apart = _rate(lambda part: plain.read(part[0]), few, 1)
    table = Table("way", "articles/s", "times", title=f"{torch.get_num_threads()} threads, {os.cpu_count()} cores")
    table.add_row("one at a time, a model for each task", f"{apart:.2f}", "1")
    table.add_row("one at a time, one pass", f"{single:.2f}", f"{single / apart:.1f} by sharing the pass")
    table.add_row("batched, one pass", f"{batched:.2f}", f"{batched / single:.1f} by batching")
    table.add_row("both", "", f"{batched / apart:.1f}")
    Console(width=110).print(table)
    _show_peak(model, articles, batched)
    _show_engines(articles, options.engines)


def _loaded(precision: Literal["auto", "float32"]) -> EncoderModel:
    model = load_model(Settings(device="cpu", precision=precision))
    if not isinstance(model, EncoderModel):
        raise TypeError("the settings name the stub: unset TIDEWATCH_MODEL")
    return model


def _rate(read: Callable[[Sequence[Article]], Any], articles: Sequence[Article], chunk: int) -> float:
    read(articles[:chunk])
    began = time.perf_counter()
    for start in range(0, len(articles), chunk):
        read(articles[start : start + chunk])
    return len(articles) / (time.perf_counter() - began)


def _show_peak(model: EncoderModel, articles: Sequence[Article], articles_per_s: float) -> None:
    """Print which share of the matrix product's peak the whole model reaches, counting unpadded tokens only."""
    left, right = torch.rand(PEAK_SIZE, PEAK_SIZE), torch.rand(PEAK_SIZE, PEAK_SIZE)
    torch.mm(left, right)
    began = time.perf_counter()
    for _ in range(8):
        torch.mm(left, right)
    peak = 8 * 2 * PEAK_SIZE**3 / (time.perf_counter() - began)
    tokens, operations = model.work(articles)
    reached = operations / len(articles) * articles_per_s
    Console(width=110).print(
        f"{tokens / len(articles):.0f} tokens an article; {reached / 1e9:.0f} of {peak / 1e9:.0f} GFLOP/s"
        f" = {reached / peak:.2f} of the float32 peak, end to end"
    )


def _show_engines(articles: Sequence[Article], names: Sequence[str]) -> None:
    expected = _loaded("float32").enrich(articles)
    table = Table("engine", "articles/s", "largest change", "labels changed")
    for name in names:
        model = _loaded("float32")
        try:
            model.run_with(ENGINES[name])
            rate = _rate(lambda part, model=model: model.enrich(part), articles, CHUNK)  # type: ignore[misc]
        except ImportError as error:
            table.add_row(name, f"not installed: {error.name}", "", "")
            continue
        pairs = list(zip(_sentiments(expected), _sentiments(model.enrich(articles)), strict=True))
        largest = max(abs(a.probabilities[k] - b.probabilities[k]) for a, b in pairs for k in a.probabilities)
        changed = sum(a.label != b.label for a, b in pairs) / len(pairs)
        table.add_row(name, f"{rate:.2f}", f"{largest:.4f}", f"{changed:.2%}")
    Console(width=110).print(table)


def _sentiments(enrichments: Sequence[Enrichment]) -> list[Sentiment]:
    return [
        said
        for enrichment in enrichments
        for said in (*(s.sentiment for s in enrichment.sentences), *(e.sentiment for e in enrichment.entities))
    ]
