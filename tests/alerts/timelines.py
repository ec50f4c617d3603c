"""Hand-made time lines of mentions, and a desk that watches them."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

from alerts.detection.calibration import Calibration
from alerts.detection.holding import CALIBRATION_PREFIX
from alerts.detection.mentions import MARKET
from alerts.detection.signatures import signature_of
from alerts.detection.state import SeriesState
from alerts.detection.watch import MemoryStates, Watch
from alerts.rules import Rules
from streams.alerting import AlertTransition, Mention
from streams.enrichment import Sentiment
from streams.records import ArticleId, EntityId, SeriesId

START = datetime(2026, 3, 2, 14, 0, tzinfo=UTC)
_WORDS = [a + b for a in ("ba", "co", "di", "fu", "ge", "hi", "jo", "ku") for b in ("rn", "st", "lt", "mp", "nd", "sk")]
BAD = Sentiment.of(0.9, 0.08, 0.02)
FLAT = Sentiment.of(0.05, 0.9, 0.05)
GOOD = Sentiment.of(0.02, 0.08, 0.9)


def words(seed: object, count: int = 60) -> str:
    """Return a text that shares next to no shingle with that of another seed."""
    rng = random.Random(str(seed))
    return " ".join(rng.choice(_WORDS) for _ in range(count))


def article(
    at: datetime,
    names: Sequence[str],
    sentiment: Sentiment,
    *,
    text: str | None = None,
    article_id: str | None = None,
    source: str = "wire",
    received_at: datetime | None = None,
) -> list[Mention]:
    """Return the mentions of one article: of the market, then of each name."""
    key = article_id or f"{at.isoformat()}/{'+'.join(names)}/{sentiment.label}/{source}"
    body = words(key) if text is None else text
    common = {
        "article_id": ArticleId(key),
        "at": at,
        "received_at": received_at or at + timedelta(seconds=5),
        "source": source,
        "url": f"https://{source}.example/{key}",
        "title": " ".join(body.split()[:7]),
        "sentiment": sentiment,
        "evidence": body[:80],
        "signature": signature_of("", body),
        "model": "test-1",
    }
    return [
        Mention(series=MARKET, name="Market", **common),
        *(Mention(series=SeriesId(f"entity:{n}"), entity_id=EntityId(n), name=n.title(), **common) for n in names),
    ]


def background(
    start: datetime, hours: float, *, per_hour: float = 12, negative: float = 0.2, names: int = 30, seed: int = 1
) -> list[Mention]:
    """Return an ordinary feed: names by turns of chance, some of them in bad news."""
    rng = random.Random(seed)
    found: list[Mention] = []
    for place in range(int(hours * per_hour)):
        at = start + timedelta(hours=(place + rng.random()) / per_hour)
        tone = rng.random()
        sentiment = BAD if tone < negative else GOOD if tone > 0.8 else FLAT
        name = f"name{rng.randrange(names)}"
        found += article(at, [name], sentiment, source=rng.choice(("wire", "herald", "ledger")))
    return found


def spike(start: datetime, name: str, stories: int, *, over: timedelta = timedelta(hours=2)) -> list[Mention]:
    """Return distinct bad stories about one name."""
    step = over / stories
    return [
        mention
        for place in range(stories)
        for mention in article(start + place * step, [name], BAD, source=("wire", "herald", "ledger")[place % 3])
    ]


def in_order(*parts: Iterable[Mention]) -> list[Mention]:
    """Merge time lines by event time; the mentions of an article stay together."""
    return sorted((m for part in parts for m in part), key=lambda m: (m.at, m.article_id))


class Desk:
    """Keep a watch on states in memory; `restarts` begins anew on the bytes before every mention."""

    def __init__(self, rules: Rules | None = None, *, restarts: bool = False) -> None:
        self.rules = rules or Rules.default()
        self.states = MemoryStates()
        self.restarts = restarts
        self.watch = Watch(self.rules, self.states)

    def state(self, series: str) -> SeriesState:
        """Return the state of a series as it is stored."""
        stored = self.states.get(series)
        return SeriesState.new(series) if stored is None else SeriesState.from_bytes(stored)

    def calibration(self, rule: str) -> Calibration:
        """Return what a rule has learned, as it is stored."""
        stored = self.states.get(f"{CALIBRATION_PREFIX}{rule}")
        return Calibration(rule) if stored is None else Calibration.from_bytes(stored)

    def take(self, mentions: Iterable[Mention]) -> list[AlertTransition]:
        """Feed mentions; return the transitions that these made."""
        made: list[AlertTransition] = []
        for mention in mentions:
            if self.restarts:
                self.restart()
            made += self.watch.take(mention)
        return made

    def restart(self) -> list[AlertTransition]:
        """Begin anew on the bytes; return what is sent again."""
        self.watch = Watch(self.rules, self.states)
        return self.watch.recover()
