"""What one browser asks for, and what the index answered: everything that the page draws, read in one go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

from streams.clock import epoch_ms
from streams.enrichment import Label
from streams.records import EntityId
from streams.sinks.index import ArticleQuery, Hit, Index, SentimentBucket


@dataclass(frozen=True, slots=True)
class Span:
    """Be a stretch of the time line and the width of its slices."""

    name: str
    length: timedelta
    bucket_s: int


SPANS = (
    Span("6 h", timedelta(hours=6), 900),
    Span("24 h", timedelta(hours=24), 3_600),
    Span("7 d", timedelta(days=7), 21_600),
)
DAY = SPANS[1]


@dataclass(frozen=True, slots=True)
class Filters:
    """Be what a person looks for; every condition given must hold."""

    text: str = ""
    entity: str = ""
    """Id of an entity."""
    topic: str = ""
    label: Label | None = None
    span: Span = DAY

    @property
    def address(self) -> str:
        """Return the address of the page that is narrowed so."""
        given = {"q": self.text, "entity": self.entity, "topic": self.topic, "label": self.label or ""}
        query = urlencode({name: value for name, value in given.items() if value})
        return f"/?{query}" if query else "/"

    @property
    def narrowed(self) -> bool:
        """Say whether anything is left out."""
        return bool(self.text or self.entity or self.topic or self.label)

    def query(self, limit: int) -> ArticleQuery:
        """Return the search for the stream."""
        return ArticleQuery(
            text=self.text,
            entity_id=EntityId(self.entity) if self.entity else None,
            topic=self.topic or None,
            label=self.label,
            limit=limit,
        )


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Be the articles that fit, and the time line of what was published from `since` on, empty slices included."""

    hits: tuple[Hit, ...]
    matching: int
    newest: datetime | None
    since: datetime | None
    buckets: tuple[SentimentBucket, ...]

    @property
    def published(self) -> int:
        """Count the articles of the time line."""
        return sum(sum(bucket.counts.values()) for bucket in self.buckets)

    @property
    def negative_share(self) -> float | None:
        """Return the share of the time line's articles that are negative."""
        return sum(b.counts.get("negative", 0) for b in self.buckets) / self.published if self.published else None

    @property
    def mean_score(self) -> float | None:
        """Return the mean score of the time line's articles."""
        weighed = sum(b.mean_score * sum(b.counts.values()) for b in self.buckets)
        return weighed / self.published if self.published else None


async def read_snapshot(index: Index, filters: Filters, limit: int, now: datetime) -> Snapshot:
    """Ask the index for everything that the page draws.

    The time line ends with the newest article, not with the clock, so that a replay of last year is seen as well as
    today; a date in the future does not move it. It leaves the label out, or there would be nothing to compare.

    Raises:
        IndexUnavailable: the index did not answer.
    """
    page = await index.search_articles(filters.query(limit))
    latest = await index.search_articles(ArticleQuery(limit=1, until=now + timedelta(seconds=1)))
    if not latest.hits:
        return Snapshot(page.hits, page.total, None, None, ())
    newest = latest.hits[0].article.article.published_at
    step_ms = filters.span.bucket_s * 1000
    until = _moment((epoch_ms(newest) // step_ms + 1) * step_ms)
    since = until - filters.span.length
    asked = replace(filters.query(1), label=None, since=since, until=until)
    found = await index.sentiment_timeline(asked, filters.span.bucket_s)
    return Snapshot(page.hits, page.total, newest, since, _filled(found, since, until, filters.span.bucket_s))


def _moment(epoch: int) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=epoch)


def _filled(
    found: Sequence[SentimentBucket], since: datetime, until: datetime, bucket_s: int
) -> tuple[SentimentBucket, ...]:
    """Put empty slices where the index has none, so that time runs evenly along the axis."""
    known = {bucket.start: bucket for bucket in found}
    count = int((until - since).total_seconds()) // bucket_s
    starts = [since + timedelta(seconds=bucket_s * place) for place in range(count)]
    return tuple(known.get(start, SentimentBucket(start, {}, 0.0)) for start in starts)
