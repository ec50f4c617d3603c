"""Hand-made time lines of mentions, and a plain loop around the detector that keeps its states in a dictionary."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from alerts.detector import Detector
from alerts.mentions import MARKET
from alerts.signatures import signature_of
from alerts.state import SeriesState
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


@dataclass
class Watch:
    """Keep states as the agent does; `through_bytes` writes and reads each."""

    detector: Detector
    through_bytes: bool = False
    states: dict[SeriesId, SeriesState] = field(default_factory=dict)
    sent: list[AlertTransition] = field(default_factory=list)

    def state(self, series: SeriesId) -> SeriesState:
        """Return the state of a series, new where nothing was heard of it."""
        return self.states.get(series) or SeriesState.new(series)

    def take(self, mentions: Iterable[Mention]) -> list[AlertTransition]:
        """Feed mentions; return the transitions that these made."""
        before = len(self.sent)
        for mention in mentions:
            state, made = self.detector.observe(mention, self.state(mention.series), self.state(MARKET))
            self._put(state)
            self.sent += made
            now = self.detector.now(self.state(MARKET))
            for series in sorted(self.states):
                due = self.detector.due(self.states[series])
                if now is not None and due is not None and due <= now:
                    state, made = self.detector.expire(self.states[series], now, mention.received_at)
                    self._put(state)
                    self.sent += made
        return self.sent[before:]

    def _put(self, state: SeriesState) -> None:
        self.states[state.series] = SeriesState.from_bytes(state.to_bytes()) if self.through_bytes else state
