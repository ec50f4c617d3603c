"""What detection takes and says: mentions in, steps of episodes out."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from streams.enrichment import Sentiment
from streams.records import ArticleId, EntityId, EpisodeId, Moment, Probability, Record, SeriesId, StoryId

RuleKind = Literal["negative-spike", "positive-spike", "turn", "silence"]
Step = Literal["opened", "updated", "acknowledged", "resolved"]
Severity = Literal["low", "medium", "high"]
SEVERITIES: tuple[Severity, Severity, Severity] = ("low", "medium", "high")


class Mention(Record):
    """Say what one article says of one series: the input of detection."""

    format: Literal[1] = 1
    series: SeriesId
    """`entity:<id>`, or `market` (one for every article); the other series follow from these two."""
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
    about: str = ""
    """Of the market: a digest of the names that the article is about. What is about others is another story there."""
    story_vector: str | None = None
    """base64 of two bytes that name the embedding's space, then its projection to 64 dimensions as int8."""
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
    topics: tuple[str, ...] = ()
    """Of the article."""


class Novelty(Record):
    """Say how new an article was to a series when it was taken."""

    format: Literal[1] = 1
    article_id: ArticleId
    series: SeriesId
    story: StoryId
    """Of the story's first article: the article is a copy or rewrite of it, or that one itself."""
    first: bool
    before_24h: int = Field(ge=0)
    """Other stories of the series in the 24 hours before, counted by whole hours."""
    before_7d: int = Field(ge=0)


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
    kind: Step
    revision: int = Field(ge=0)
    rule: str
    rule_kind: RuleKind = "negative-spike"
    rules_version: str = ""
    labels: dict[str, str] = Field(default_factory=dict)
    topic: str | None = None
    """Of a series that has one."""
    severity: Severity
    opened_at: Moment
    at: Moment
    """Event time of this step."""
    received_at: Moment
    """Broker's time of the message that caused this step."""
    observed: float
    """Stories in the window that speak for the alert (weighted where the rule says so); of a turn the mean sentiment;
    of a silence the articles since the last one: 0."""
    expected: float
    """What was to be expected there."""
    window_s: float
    p_value: Probability
    """Chance of seeing this many or more if nothing had changed."""
    threshold: float = Field(default=0.0, ge=0, le=1)
    """What `p_value` had to be below when the episode opened: it follows from the rule's budget and the past."""
    rarity_days: float
    """About once in so many days for this series."""
    stories: int
    articles: int
    inhibited: int = Field(default=0, ge=0)
    """Of the market: alerts of single series that were held back because of this one."""
    acknowledged_by: str | None = None
    evidence: tuple[Evidence, ...] = ()
    model: str
    detector: str
