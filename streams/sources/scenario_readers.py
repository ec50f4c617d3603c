"""The readers of the scripted day: what each likes, and what they click."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from streams.sources.scenario_companies import COMPANIES

READERS = 40
CLICKS_A_READER = 50
EARLY_SHARE = 0.05
"""Of the clicks come a few minutes before their article: another path brought it to the reader sooner."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Be an invented reader with a few favourite companies and sectors."""

    id: str
    companies: tuple[str, ...]
    sectors: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Click:
    """Be one act of a reader on an article, named by source and address."""

    reader_id: str
    source: str
    url: str
    kind: str
    at: datetime
    dwell_s: float | None


def readers(rng: random.Random) -> list[Reader]:
    """Return the readers; the first is always the same, so that a page has somebody to show."""
    sectors = sorted({company.sector for company in COMPANIES})
    found = [Reader("reader-01", ("demo:corvane", "demo:aldercrest", "demo:fernhollow"), ("finance",))]
    for number in range(2, READERS + 1):
        liked = rng.sample([company.id for company in COMPANIES], rng.randrange(2, 5))
        found.append(Reader(f"reader-{number:02d}", tuple(liked), tuple(rng.sample(sectors, rng.randrange(1, 3)))))
    return found


def clicks_of(
    people: Sequence[Reader], articles: Sequence[tuple[datetime, dict[str, object]]], end: datetime, rng: random.Random
) -> list[Click]:
    """Return what the readers click, in the order of time; nothing after `end`."""
    sector_of = {company.id: company.sector for company in COMPANIES}
    firsts = list({str(fields["url"]): (at, fields) for at, fields in reversed(articles)}.values())
    found: list[Click] = []
    for reader in people:
        weights = [_appeal(reader, fields, sector_of) for _, fields in firsts]
        for at, fields in rng.choices(firsts, weights, k=CLICKS_A_READER):
            delay = timedelta(seconds=rng.expovariate(1 / 1500))
            if rng.random() < EARLY_SHARE:
                delay = -timedelta(seconds=rng.randrange(60, 600))
            kind = rng.choices(("open", "read", "share", "save", "dismiss"), (50, 35, 5, 5, 5))[0]
            found.append(
                Click(
                    reader_id=reader.id,
                    source=str(fields["source"]),
                    url=str(fields["url"]),
                    kind=kind,
                    at=min(at + delay, end),
                    dwell_s=None if kind == "dismiss" else round(rng.lognormvariate(3.4, 0.7), 1),
                )
            )
    return sorted(found, key=lambda click: (click.at, click.reader_id, click.url))


def _appeal(reader: Reader, fields: dict[str, object], sector_of: dict[str, str]) -> float:
    entities = fields["entities"]
    named = [str(entity["id"]) for entity in entities] if isinstance(entities, list) else []
    appeal = 0.05
    for entity in named:
        if entity in reader.companies:
            appeal += 3.0
        elif sector_of.get(entity) in reader.sectors:
            appeal += 0.6
    return appeal
