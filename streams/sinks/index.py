"""The index port: what is asked of a place that keeps articles, profiles, alerts and novelties and finds them again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import Enum
from typing import Literal, Protocol

import numpy as np
import numpy.typing as npt

from streams.alerting import AlertTransition, Novelty, Severity
from streams.clock import epoch_ms
from streams.enrichment import EnrichedArticle, Label
from streams.interests import Profile
from streams.records import ArticleId, EntityId, EpisodeId, ReaderId
from streams.sinks.scores import Score


class Written(Enum):
    """Say what became of one document."""

    NEW = "new"
    """It was stored: it is the newest."""
    STALE = "stale"
    """What is stored is at least as new; nothing changed. This is success: a repeat or a late correction."""
    REJECTED = "rejected"
    """The index will never take it; see the detail."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """Be the answer to one document of a bulk write."""

    written: Written
    detail: str = ""


@dataclass(frozen=True, slots=True)
class EmbeddingSpace:
    """Be a space that vectors live in: only vectors of one space are compared, so an index keeps one."""

    name: str
    dimensions: int


@dataclass(frozen=True, slots=True)
class ArticleDocument:
    """Be an article with the day whose index keeps it, fixed when the article was first seen."""

    article: EnrichedArticle
    day: date


@dataclass(frozen=True, slots=True)
class NoveltyDocument:
    """Be a novelty with the broker's time of its message: by it the document is kept and lapses."""

    novelty: Novelty
    received_at: datetime


@dataclass(frozen=True, slots=True)
class ArticleQuery:
    """Be a search for articles; every condition given must hold."""

    text: str = ""
    """Words, and phrases in double quotes; all of them must occur in the title or the body."""
    entity_id: EntityId | None = None
    topic: str | None = None
    label: Label | None = None
    source: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    """Exclusive."""
    limit: int = 20
    """From 1 to 10,000."""
    cursor: str | None = None
    """Where the last page ended; opaque."""


@dataclass(frozen=True, slots=True)
class Hit:
    """Be one article found. `highlight` holds fragments with the matches between <mark> and </mark>, else escaped."""

    article: EnrichedArticle
    score: float
    highlight: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """Be one page of results: newest first without text, else best first."""

    hits: tuple[Hit, ...]
    total: int
    cursor: str | None = None


State = Literal["open", "unacknowledged", "acknowledged", "resolved"]
"""Of an episode: open until it is resolved; an open one is acknowledged, or not."""


@dataclass(frozen=True, slots=True)
class AlertQuery:
    """Be a search for episodes; every condition given must hold for the latest step."""

    entity_id: EntityId | None = None
    severity: Severity | None = None
    rule: str | None = None
    state: State | None = None
    since: datetime | None = None
    until: datetime | None = None
    """Exclusive."""
    limit: int = 50
    cursor: str | None = None
    """Where the last page ended; opaque."""


@dataclass(frozen=True, slots=True)
class AlertPage:
    """Be one page of episodes, each by its latest step, the newest by event time first."""

    alerts: tuple[AlertTransition, ...]
    cursor: str | None = None


MAX_SLICES = 50_000
"""Of a time line: five years of hours, or a month of minutes."""


@dataclass(frozen=True, slots=True)
class SentimentBucket:
    """Count the articles of one slice of time by label."""

    start: datetime
    counts: dict[Label, int]
    mean_score: float


@dataclass(frozen=True, slots=True)
class IndexHealth:
    """Say how the index is, in words a person can act on."""

    reachable: bool
    detail: str
    articles: int = 0
    spaces: tuple[str, ...] = field(default=())
    """Embedding spaces that the stored vectors belong to."""


def profile_version(profile: Profile) -> int:
    """Order the profiles of one reader: by moment, then by clicks, for a late click leaves the moment as it was.

    The moment comes first because clicks begin anew after an erasure, and an index may remember the erased version.
    """
    return min(2**63 - 1, max(0, epoch_ms(profile.at)) * 1_000_000 + min(profile.clicks, 999_999))


class Index(Protocol):
    """Keep articles, profiles, alerts and novelties, and find them again.

    Every method raises `IndexUnavailable` when the index cannot be reached or asks for patience, and
    `MisconfiguredError` when it refuses the credentials or the request as such; a single bad document is an
    `Outcome`, never an exception. What was written can be found after the index's next refresh, seconds later.
    """

    async def prepare(self, space: EmbeddingSpace | None = None) -> None:
        """Make what has to exist (templates, mappings, tables); safe to repeat.

        The first article settles the embedding space where nobody named one.

        Raises:
            MisconfiguredError: what is there belongs to another format or embedding space.
        """
        ...

    async def put_articles(self, documents: Sequence[ArticleDocument]) -> list[Outcome]:
        """Store each document under its article id unless what is stored has the same or a later version.

        An article whose embedding lies in another space than the index's is rejected. The score of every version that
        is taken is kept besides, that of a stale one too: see `scores_of`.
        """
        ...

    async def put_profiles(self, profiles: Sequence[Profile]) -> list[Outcome]:
        """Store each profile under its reader unless what is stored has the same or a later `profile_version`."""
        ...

    async def put_alerts(self, transitions: Sequence[AlertTransition]) -> list[Outcome]:
        """Append each transition once, by its id."""
        ...

    async def put_novelties(self, documents: Sequence[NoveltyDocument]) -> list[Outcome]:
        """Store the novelty of each article to each series once: the first stands."""
        ...

    async def get_article(self, article_id: ArticleId) -> EnrichedArticle | None:
        """Return one article as it was written, its embedding included."""
        ...

    async def search_articles(self, query: ArticleQuery) -> Page:
        """Return a page of articles; the vectors of their embeddings are left empty.

        Raises:
            UnreadableInput: the cursor did not come from a search like this one.
        """
        ...

    async def nearest_articles(
        self, space: str, vector: npt.NDArray[np.float32], limit: int, since: datetime | None = None
    ) -> list[Hit]:
        """Return the articles nearest a vector of shape (D,) by cosine, nearest first; score is the cosine.

        Their embeddings are included. There are none where the index keeps another space.
        """
        ...

    async def sentiment_timeline(
        self, query: ArticleQuery, bucket_s: int, most: int = MAX_SLICES
    ) -> list[SentimentBucket]:
        """Count the articles that a query matches in slices of `bucket_s` of event time, the earliest `most` of them.

        Empty slices are left out.
        """
        ...

    async def get_profile(self, reader_id: ReaderId) -> Profile | None:
        """Return the latest profile of a reader."""
        ...

    async def search_alerts(self, query: AlertQuery) -> AlertPage:
        """Return a page of episodes.

        Raises:
            UnreadableInput: the cursor did not come from a search for episodes.
        """
        ...

    async def get_alert(self, episode_id: EpisodeId) -> AlertTransition | None:
        """Return the latest transition of one episode, however many others there are."""
        ...

    async def novelties_of(self, article_id: ArticleId) -> list[Novelty]:
        """Return how new an article was to each of its series, by series."""
        ...

    async def scores_of(self, article_id: ArticleId) -> list[Score]:
        """Return every score that an article was given, by version: its corrections, and the rescorings of each."""
        ...

    async def forget_reader(self, reader_id: ReaderId) -> bool:
        """Erase a reader's profile; return whether there was one."""
        ...

    async def check(self) -> IndexHealth:
        """Say how the index is; never raises."""
        ...

    async def close(self) -> None:
        """Let go of connections and files."""
        ...
