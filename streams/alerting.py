"""What detection takes and says: mentions in, steps of episodes out."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from streams.enrichment import Sentiment
from streams.records import ArticleId, EntityId, EpisodeId, Moment, Probability, Record, SeriesId


class Mention(Record):
    """Say what one article says of one series: the input of detection."""

    format: Literal[1] = 1
    series: SeriesId
    """`entity:<id>`, or `market` (one for every article)."""
    entity_id: EntityId | None = None
    name: str
    ticker: str | None = None
    article_id: ArticleId
    at: Moment
    """Event time: the article's publication."""
    received_at: Moment
    source: str = ""
    url: str | None = None
    title: str = ""
    relevance: Probability = 1.0
    sentiment: Sentiment
    evidence: str = ""
    """The sentence that carries the sentiment most."""
    topics: tuple[str, ...] = ()
    signature: str
    """base64 of the article's MinHash (little-endian uint32): equal for copies, near for rewrites."""
    model: str


class Evidence(Record):
    """Be one sentence that speaks for an alert, with its link."""

    article_id: ArticleId
    title: str = ""
    sentence: str = ""
    url: str | None = None
    source: str = ""
    at: Moment
    score: float


class AlertTransition(Record):
    """Be one step in the life of an episode; carried as the data of a CloudEvent, and immutable once sent."""

    format: Literal[1] = 1
    transition_id: str
    """Derived from episode and revision: the same at every replay."""
    episode_id: EpisodeId
    series: SeriesId
    entity_id: EntityId | None = None
    name: str
    ticker: str | None = None
    kind: Literal["opened", "updated", "resolved"]
    revision: int = Field(ge=0)
    rule: str
    severity: Literal["low", "medium", "high"]
    opened_at: Moment
    at: Moment
    """Event time of this step."""
    received_at: Moment
    """Broker's time of the message that caused this step."""
    observed: float
    """Negative stories seen in the window."""
    expected: float
    """Negative stories that the baseline expects there."""
    window_s: float
    p_value: Probability
    """Chance of seeing this many or more if nothing had changed."""
    rarity_days: float
    """About once in so many days for this series."""
    stories: int
    articles: int
    evidence: tuple[Evidence, ...] = ()
    model: str
    detector: str
