"""Bursts of real bad news: texts that no training saw, rewritten to name a target, with edited copies.

Stories come from TFNS's validation part and the fifth of SEntFiN that is held out, chosen by their gold labels,
whatever the model says of them. Each enters as a raw article.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from alerts.backtest import Known, in_order
from alerts.detection.signatures import PERMUTATIONS, signature_of, unpack, words_of
from alerts.detection.stories import SAME_STORY
from benchmarks.alerts.background import Background, Target
from benchmarks.alerts.predictions import Predictions
from benchmarks.alerts.scoring import HIT_WITHIN_S, Span
from benchmarks.alerts.stream import CASHTAG, MIN_RELEVANCE, raw_article
from models.entities.finding import find_entities
from models.entities.gazetteer import Gazetteer
from models.lessons.datasets import fold_of, sentfin, strongest, tfns
from streams.enrichment import LABELS, Label
from streams.records import Article

NAME = "\x00"
BURST_S = 6 * 3600.0
FEWEST, MOST = 2, 10
COPIED, MOST_COPIES = 0.3, 4
_LINK = re.compile(r"https?://\S+")
_REWORDED = {
    "falls": "drops", "drops": "slides", "shares": "stock", "stock": "shares", "cut": "lowered", "cuts": "lowers",
    "says": "states", "profit": "earnings", "results": "figures", "down": "lower", "up": "higher", "rises": "climbs",
    "misses": "falls short of", "beats": "tops", "slumps": "tumbles", "plunges": "sinks", "loss": "deficit",
    "price target": "target price", "downgraded": "lowered", "on": "amid", "after": "following", "to": "towards",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """Be one text with a mark in the place of the name, and its gold label."""

    template: str
    label: Label

    def about(self, cashtag: str) -> str:
        """Return the text about a target."""
        return self.template.replace(NAME, f"${cashtag}")


@dataclass(frozen=True, slots=True)
class Injected:
    """Be one article that is put into a background, with the truth about it."""

    text: str
    at: datetime
    received_at: datetime
    source: str
    path: str
    series: str
    story: str
    label: Label

    def article(self) -> Article:
        """Send it through the door of raw articles."""
        return raw_article(self.text, self.at, self.received_at, self.source, self.path)


@dataclass(frozen=True, slots=True)
class Slot:
    """Be one story that a burst may have: when it comes, what it says, and when its copies follow."""

    after_s: float
    line: Line
    copies_after_s: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Burst:
    """Be one cluster of bad news about a target; how many of its slots are used depends on the scale."""

    key: str
    target: Target
    onset: datetime
    draw: int
    """From 2 to 10, before scaling."""
    slots: tuple[Slot, ...]

    def stories(self, scale: float) -> int:
        """Return how many stories it has."""
        return max(FEWEST, min(MOST, round(self.draw * scale)))

    def times_s(self, scale: float) -> list[float]:
        """Return when its stories begin, in order."""
        return sorted(self.onset.timestamp() + slot.after_s for slot in self.slots[: self.stories(scale)])

    def injected(self, scale: float) -> Iterator[Injected]:
        """Yield its articles, copies included."""
        rng = random.Random(self.key)
        for place, slot in enumerate(self.slots[: self.stories(scale)]):
            began, text = self.onset + timedelta(seconds=slot.after_s), slot.line.about(self.target.cashtag)
            story = f"{self.key}-{place}"
            yield _injected(self.target, text, began, slot.line.label, story, 0, rng)
            for copy, after_s in enumerate(slot.copies_after_s, 1):
                at = began + timedelta(seconds=after_s)
                yield _injected(self.target, edited_copy(text, rng), at, slot.line.label, story, copy, rng)


def evaluation_lines(data: Path, gazetteer: Gazetteer) -> list[Line]:
    """Return the texts to inject, no two alike: of tweets those with one cashtag, of headlines each entity's."""
    trained = {_bare(example.text) for example in tfns(data, "train")}
    found: dict[str, Line] = {}
    for example in tfns(data, "valid"):
        tickers = {ticker.upper() for ticker in CASHTAG.findall(example.text)}
        if len(tickers) == 1 and _bare(example.text) not in trained:
            template = _without_name(example.text, next(iter(tickers)), gazetteer)
            found.setdefault(_bare(template), Line(template, _label(example.target)))
    for example in sentfin(data, held_out=True):
        if example.span is not None:
            start, end = example.span
            template = f"{example.text[:start]}{NAME}{example.text[end:]}"
            found.setdefault(_bare(example.text), Line(template, _label(example.target)))
    return _unlike(found.values())


def part_of(lines: Sequence[Line], part: int) -> list[Line]:
    """Return the half of the texts for tuning (0) or for scoring (1)."""
    return [line for line in lines if fold_of(line.template, 2, "injection") == part]


def bursts(
    background: Background, span: Span, lines: Sequence[Line], count: int, *, seed: int, apart_s: float = 14 * 86_400.0
) -> list[Burst]:
    """Return bursts at random places of a span: no two about one series within `apart_s`."""
    rng = random.Random(seed)
    bad = [line for line in lines if line.label == "negative"]
    return [
        _burst(f"{background.name}-{seed}-{number}", target, onset, bad, rng)
        for number, (target, onset) in enumerate(places(background, span, count, rng, apart_s=apart_s))
    ]


def burst_at(key: str, target: Target, onset: datetime, lines: Sequence[Line], rng: random.Random, draw: int) -> Burst:
    """Return a burst of a given size at a place."""
    return Burst(key, target, onset, draw, _burst(key, target, onset, lines, rng).slots)


def places(
    background: Background,
    span: Span,
    count: int,
    rng: random.Random,
    *,
    apart_s: float,
    lasting_s: float = HIT_WITHIN_S,
    targets: Sequence[Target] | None = None,
) -> list[tuple[Target, datetime]]:
    """Return up to `count` places, uniform over targets and time, whose whole time is scored."""
    taken: dict[str, list[float]] = {}
    found: list[tuple[Target, datetime]] = []
    choices = background.targets if targets is None else targets
    for _ in range(count * 200):
        if len(found) == count:
            break
        # Whole seconds: event time has milliseconds, and what opens at once must not seem to have opened before.
        target, at_s = rng.choice(choices), float(int(rng.uniform(span.start_s, span.end_s - lasting_s)))
        others = taken.setdefault(target.series, [])
        if span.between(at_s, at_s + lasting_s) < lasting_s or any(abs(at_s - o) < apart_s for o in others):
            continue
        others.append(at_s)
        found.append((target, datetime.fromtimestamp(at_s, UTC)))
    return found


def edited_copy(text: str, rng: random.Random) -> str:
    """Return a copy as people make them: cut short, sent on, with another address, or in other words."""
    edits = rng.sample(("cut", "sent on", "link", "reworded"), rng.choice((1, 2)))
    if "reworded" in edits:
        words = text.split()
        places_ = [i for i, word in enumerate(words) if word.lower() in _REWORDED]
        for place in rng.sample(places_, min(2, len(places_))):
            words[place] = _REWORDED[words[place].lower()]
        text = " ".join(words)
    if "link" in edits:
        text = f"{_LINK.sub('', text).strip()} https://t.example/{rng.randrange(10**9)}"
    if "cut" in edits:
        kept = max(6, round(len(text.split()) * rng.uniform(0.75, 0.92)))
        text = " ".join(text.split()[:kept]) + "…"
    if "sent on" in edits:
        text = f"RT @reader{rng.randrange(10_000)}: {text}"
    return text


def known_articles(injected: Iterable[Injected], predictions: Predictions, background: Background) -> list[Known]:
    """Read injected articles with the model; the mentions of the market and of the background's targets remain."""
    articles = [item.article() for item in injected]
    found = [background.admitted(Known.of(article, MIN_RELEVANCE)) for article in predictions.enriched(articles)]
    return in_order(found)


def source_of(rng: random.Random) -> str:
    """Return one of forty sources."""
    return f"desk {rng.randrange(40)}"


def _burst(key: str, target: Target, onset: datetime, lines: Sequence[Line], rng: random.Random) -> Burst:
    slots = [
        Slot(
            rng.uniform(0, BURST_S) if place else 0.0,
            line,
            tuple(rng.uniform(120, 5_400) for _ in range(rng.randint(1, MOST_COPIES) if rng.random() < COPIED else 0)),
        )
        for place, line in enumerate(rng.sample(list(lines), MOST))
    ]
    return Burst(key, target, onset, rng.randint(FEWEST, MOST), tuple(slots))


def _injected(
    target: Target, text: str, at: datetime, label: Label, story: str, copy: int, rng: random.Random
) -> Injected:
    return Injected(text, at, at, source_of(rng), f"{story}-{copy}", target.series, story, label)


def _without_name(text: str, ticker: str, gazetteer: Gazetteer) -> str:
    """Put the mark in the place of the cashtag and of every name of its company that the gazetteer finds."""
    article = raw_article(text, datetime(2024, 1, 2, tzinfo=UTC), datetime(2024, 1, 2, tzinfo=UTC), "pool", "x")
    spans = [s for e in find_entities(article, gazetteer) if (e.ticker or "").upper() == ticker for s in e.spans]
    for span in sorted(spans, key=lambda s: -s.start):
        text = f"{text[: span.start]}{NAME}{text[span.end :]}"
    return re.sub(rf"(?<![\w$])\${re.escape(ticker)}(?![\w$])", NAME, text, flags=re.IGNORECASE)


def _unlike(lines: Iterable[Line]) -> list[Line]:
    kept: list[Line] = []
    signatures = np.zeros((0, PERMUTATIONS), dtype=np.uint32)
    for line in lines:
        if len(words_of(line.template)) < 5 or NAME not in line.template:
            continue
        signature = unpack(signature_of("", line.about("XX")))
        if not kept or float((signatures == signature).mean(axis=1).max()) < SAME_STORY:
            kept.append(line)
            signatures = np.concatenate([signatures, signature[None]])
    return kept


def _label(target: tuple[float, float, float]) -> Label:
    return LABELS[strongest(target)]


def _bare(text: str) -> str:
    return " ".join(words_of(_LINK.sub(" ", text)))
