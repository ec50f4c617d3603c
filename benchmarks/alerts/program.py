"""The program: what to measure, how long it will take, and where the figures go."""

from __future__ import annotations

import argparse
import gc
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import orjson
from rich.console import Console

from alerts.detection.watch import Watch
from benchmarks.alerts import nab
from benchmarks.alerts.background import Background
from benchmarks.alerts.comparison import Comparison
from benchmarks.alerts.detection import rules_at
from benchmarks.alerts.injection import evaluation_lines
from benchmarks.alerts.predictions import Predictions
from benchmarks.alerts.results import BUDGETS, Result, Sizes
from benchmarks.alerts.stream import clean, read_rows, stocknet
from benchmarks.alerts.synthetic import synthetic
from benchmarks.alerts.tables import nab_table, tables_of
from models.entities.gazetteer import load_gazetteer
from streams.settings import load_settings

QUICK = Sizes(
    budgets=(2.0, 20.0),
    bursts=15,
    replicates=3,
    tuning_bursts=40,
    aftermaths=10,
    control_places=10,
    control_days=4,
)
PARTS = ("stocknet", "synthetic", "nab")
RUNS_OF_SCORED_PART = 14
"""With something put in, at all budgets and controls together; a rough number for the estimate of time."""
SAMPLE = 2_000


def main(arguments: Sequence[str]) -> None:
    """Measure detection on both backgrounds, and print the tables."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks alerts", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with interest/, sentiment/ and spikes/")
    parser.add_argument("--cache", type=Path, help="folder that keeps what the model says of each text")
    parser.add_argument("--quick", action="store_true", help="a slice of each background, few bursts")
    parser.add_argument("--only", choices=PARTS, action="append", help="measure this part alone; may be repeated")
    parser.add_argument("--series", type=int, default=1_000, help="names in the synthetic feed (default: 1,000)")
    parser.add_argument("--json", type=Path, help="also write the figures here")
    options = parser.parse_args(arguments)
    parts = options.only or PARTS
    console, results = Console(width=None if sys.stdout.isatty() else 150), []
    sizes = QUICK if options.quick else Sizes()
    series = 200 if options.quick else options.series
    if set(parts) & {"stocknet", "synthetic"}:
        settings = load_settings()
        predictions = Predictions(settings, options.cache)
        lines = evaluation_lines(options.data, load_gazetteer(settings.gazetteer_files))
        counts = {label: sum(line.label == label for line in lines) for label in ("negative", "neutral", "positive")}
        console.print(f"texts to inject: {counts}")
        for part in parts:
            if part == "nab":
                continue
            background = _background(part, options.data, predictions, console, quick=options.quick, series=series)
            gc.freeze()  # hundreds of thousands of mentions live to the end: no collection has to look at them
            of_feed = sizes.for_series(len(background.targets)) if part == "synthetic" else sizes
            _estimate(background, of_feed, console)
            result = Comparison(background, predictions, lines, of_feed).run()
            results.append(result)
            for table in tables_of(result):
                console.print(table)
    checks = [nab.measure(options.data, budget) for budget in (BUDGETS[1], BUDGETS[-1])] if "nab" in parts else []
    if checks:
        console.print(nab_table(checks))
    if options.json:
        _write(options.json, results, checks)


def _background(
    part: str, data: Path, predictions: Predictions, console: Console, *, quick: bool, series: int
) -> Background:
    if part == "synthetic":
        return synthetic(series=series, days=65) if quick else synthetic(series=series)
    _, cleaning = clean(read_rows(data))
    console.print(
        f"StockNet: {cleaning.rows:,} rows, {cleaning.of_campaign:,} of a campaign, {cleaning.without_cashtag:,}"
        f" without their cashtag, {cleaning.tweets:,} tweets remain"
    )
    return stocknet(data, predictions, tickers=30, days=92) if quick else stocknet(data, predictions)


def _estimate(background: Background, sizes: Sizes, console: Console) -> None:
    """Say how long detection will take, from a sample of this background on this machine."""
    watch, began, taken = Watch(rules_at(2.0), None), time.process_time(), 0
    for known in background.articles[:SAMPLE]:
        for mention in known.mentions:
            watch.take(mention)
            taken += 1
    each_s = (time.process_time() - began) / max(1, taken)
    scored = sum(len(known.mentions) for known in background.articles if known.at >= background.split)
    runs = background.mentions * len(sizes.budgets) + scored * (
        len(sizes.budgets) * sizes.replicates + RUNS_OF_SCORED_PART
    )
    console.print(
        f"{background.name}: {background.mentions:,} mentions, {len(background.targets)} series,"
        f" {1e6 * each_s:.0f} µs a mention: about {each_s * runs / 60:.0f} min of CPU for detection"
    )


def _write(path: Path, results: list[Result], checks: list[nab.NabResult]) -> None:
    report = {"backgrounds": [asdict(result) for result in results], "nab": [asdict(check) for check in checks]}
    path.write_bytes(orjson.dumps(report, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
