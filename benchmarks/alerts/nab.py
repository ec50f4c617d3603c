"""NAB's tweet volumes, as a sanity check only: its windows are a day or two wide, and it knows no sentiment."""

from __future__ import annotations

import base64
import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import orjson

from alerts.backtest import Known, in_order
from alerts.detection.mentions import MARKET
from alerts.detection.watch import Watch
from benchmarks.alerts.detection import of_names, openings_from, rules_at
from streams.alerting import Mention
from streams.enrichment import Sentiment
from streams.errors import DataMissing
from streams.records import ArticleId, EntityId, SeriesId

FOLDER = Path("spikes/nab_realTweets")
PER_HOUR = 4.0
"""Each series is thinned to so many items an hour in the mean: a name with thousands of posts is no news feed."""
PROBATION = 0.15
"""Of each series, as in NAB: nothing is scored there."""


@dataclass(frozen=True, slots=True)
class NabResult:
    """Say how the openings lie to NAB's windows."""

    budget: float
    windows: int
    windows_hit: int
    outside: int
    time_inside: float
    """Share of the scored time that lies inside windows: what chance would hit."""


def measure(data: Path, budget: float) -> NabResult:
    """Run the detector over the ten series as one feed of bad news.

    Raises:
        DataMissing: the folder of data is not there.
    """
    folder = data / FOLDER
    if not folder.is_dir():
        raise DataMissing(f"{folder} is not there: name the folder of data with --data")
    windows = _windows(folder)
    volumes = {name: _volumes(folder / f"{name}.csv") for name in windows}
    known = in_order(k for name, volume in volumes.items() for k in _items(name, volume))
    watch = Watch(rules_at(budget), None)
    made = [transition for k in known for mention in k.mentions for transition in watch.take(mention)]
    openings = of_names(openings_from(made, known[-1].at))
    hit = outside = 0
    inside_s = scored_s = 0.0
    for name, of_name in windows.items():
        first, last = volumes[name][0][0], volumes[name][-1][0]
        begin = first + (last - first) * PROBATION
        times = [o.at_s for o in openings if o.series == f"entity:{name}" and o.at_s >= begin.timestamp()]
        spans = [(start.timestamp(), end.timestamp()) for start, end in of_name]
        hit += sum(any(start <= at <= end for at in times) for start, end in spans)
        outside += sum(not any(start <= at <= end for start, end in spans) for at in times)
        inside_s += sum(end - start for start, end in spans)
        scored_s += (last - begin).total_seconds()
    return NabResult(budget, sum(map(len, windows.values())), hit, outside, inside_s / scored_s)


def _windows(folder: Path) -> dict[str, list[tuple[datetime, datetime]]]:
    content = orjson.loads((folder / "windows.json").read_bytes())
    return {
        Path(name).stem: [(_moment(start), _moment(end)) for start, end in spans] for name, spans in content.items()
    }


def _volumes(path: Path) -> list[tuple[datetime, float]]:
    with path.open(encoding="utf-8", newline="") as file:
        return [(_moment(row["timestamp"]), float(row["value"])) for row in csv.DictReader(file)]


def _items(name: str, volume: list[tuple[datetime, float]]) -> Iterator[Known]:
    rng = np.random.default_rng(sum(name.encode()))
    values = np.array([value for _, value in volume])
    counts = rng.poisson(values * PER_HOUR / 12 / max(1e-9, values.mean()))
    for (start, _), count in zip(volume, counts, strict=True):
        for second in np.sort(rng.uniform(0, 300, count)):
            at = start + timedelta(seconds=float(second))
            sketch = rng.integers(0, 2**32, 64, dtype=np.uint32)
            common = {
                "article_id": ArticleId(f"{name}-{at.isoformat()}"),
                "at": at,
                "received_at": at,
                "source": f"account {rng.integers(20)}",
                "sentiment": Sentiment.of(0.9, 0.08, 0.02),
                "signature": base64.b64encode(sketch.astype("<u4").tobytes()).decode("ascii"),
                "model": "nab",
            }
            market = Mention(series=MARKET, name="Market", **common)
            yield Known(
                at, (market, Mention(series=SeriesId(f"entity:{name}"), entity_id=EntityId(name), name=name, **common))
            )


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
