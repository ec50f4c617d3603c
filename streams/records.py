"""What travels on the topics: pydantic records, each with the number of its format.

A reader accepts its own format and refuses a newer one by name; fields are added with defaults, and a field that
changes its meaning raises the number. Times are aware and in UTC. Vectors travel as base64 of little-endian float16,
beside the name of the space that they belong to.
"""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from typing import Annotated, Literal, NewType

import numpy as np
import numpy.typing as npt
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

ArticleId = NewType("ArticleId", str)
EntityId = NewType("EntityId", str)
ReaderId = NewType("ReaderId", str)
SeriesId = NewType("SeriesId", str)
EpisodeId = NewType("EpisodeId", str)
StoryId = NewType("StoryId", str)

Label = Literal["negative", "neutral", "positive"]
LABELS: tuple[Label, Label, Label] = ("negative", "neutral", "positive")


def _as_utc(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


Moment = Annotated[datetime, AfterValidator(_as_utc)]
Probability = Annotated[float, Field(ge=0.0, le=1.0)]


class Record(BaseModel):
    """Be the base of every record: immutable, and indifferent to fields that a later minor version added."""

    model_config = ConfigDict(frozen=True, extra="ignore", ser_json_inf_nan="constants")


class EntityHint(Record):
    """Name an entity that the feed already knows to be in the article."""

    name: str = Field(min_length=1, max_length=512)
    id: str | None = Field(default=None, max_length=256)


class Article(Record):
    """Be one article as the feed gave it, with identity and time settled."""

    format: Literal[1] = 1
    article_id: ArticleId
    title: str = ""
    body: str = ""
    source: str = ""
    url: str | None = None
    language: str | None = None
    published_at: Moment
    published_at_source: Literal["feed", "broker"] = "feed"
    """`broker` when the feed gave no date and the broker's time of arrival stands in."""
    updated_at: Moment
    """When this text was last corrected; the publication time where the feed does not say."""
    received_at: Moment
    """The broker's time of arrival of the raw message: the same at every replay."""
    entities: tuple[EntityHint, ...] = ()


class Sentiment(Record):
    """Say how a text speaks: the likeliest label, positive minus negative probability, and all three."""

    label: Label
    score: float = Field(ge=-1.0, le=1.0)
    probabilities: dict[Label, Probability]

    @classmethod
    def of(cls, negative: float, neutral: float, positive: float) -> Sentiment:
        """Build from three probabilities; the earlier label wins a tie."""
        values = (float(negative), float(neutral), float(positive))
        best = max(range(3), key=values.__getitem__)
        return cls(
            label=LABELS[best],
            score=max(-1.0, min(1.0, values[2] - values[0])),
            probabilities=dict(zip(LABELS, (min(1.0, max(0.0, v)) for v in values), strict=True)),
        )


class Span(Record):
    """Mark characters of a text: `field` says which, `start` and `end` are half-open offsets in code points."""

    field: Literal["title", "body"]
    start: int = Field(ge=0)
    end: int = Field(ge=0)


class Sentence(Record):
    """Be one sentence with its place: offsets are into `title` or `body`, as `field` says."""

    text: str
    field: Literal["title", "body"] = "body"
    start: int
    end: int
    sentiment: Sentiment


class Summary(Record):
    """Be the sentences that stand for the article, in the order of the text, and their indices."""

    text: str
    sentences: tuple[int, ...]


class Topic(Record):
    """Be one topic with its probability; topics are not exclusive."""

    topic: str
    probability: Probability


class EntityMention(Record):
    """Say what one article says of one entity."""

    id: EntityId
    name: str
    ticker: str | None = None
    relevance: Probability
    sentiment: Sentiment
    spans: tuple[Span, ...] = ()
    sentences: tuple[int, ...] = ()
    """Indices of the sentences that name the entity: the evidence for its sentiment."""
    kind: Literal["company", "index", "currency", "commodity", "other"] = "company"


class Embedding(Record):
    """Be a unit vector in a named space."""

    space: str
    vector: str
    """base64 of little-endian float16."""

    @classmethod
    def of(cls, space: str, vector: npt.NDArray[np.floating]) -> Embedding:
        """Pack a vector of shape (D,)."""
        return cls(space=space, vector=base64.b64encode(vector.astype("<f2").tobytes()).decode("ascii"))

    def array(self) -> npt.NDArray[np.float32]:
        """Unpack to float32 of shape (D,)."""
        return np.frombuffer(base64.b64decode(self.vector), dtype="<f2").astype(np.float32)


class Enrichment(Record):
    """Be what the model says of one article; the model's whole answer and nothing of the article itself."""

    summary: Summary
    sentiment: Sentiment
    topics: tuple[Topic, ...] = ()
    entities: tuple[EntityMention, ...] = ()
    sentences: tuple[Sentence, ...] = ()
    embedding: Embedding
    language: str
    """What the article was read as; `und` where that is unknown, in which case no label is to be trusted."""
    truncated: bool = False
    """Whether sentences past the model's cap were left unread."""
    model: str
    """Version of weights, heads and gazetteer together."""
    generation: int = 0
    """Rises when the same text is scored again by a newer model."""


class EnrichedArticle(Record):
    """Be an article with the model's answer: what is indexed, joined with clicks, and watched."""

    format: Literal[1] = 1
    article: Article
    enrichment: Enrichment

    @property
    def version(self) -> int:
        """Order corrections, then rescorings: `updated_at` in milliseconds times 1,000, plus the generation."""
        from streams.clock import epoch_ms

        return max(0, epoch_ms(self.article.updated_at)) * 1000 + min(self.enrichment.generation, 999)


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


class Click(Record):
    """Be one act of one reader on one article."""

    format: Literal[1] = 1
    click_id: str
    reader_id: ReaderId
    article_id: ArticleId
    kind: Literal["open", "read", "share", "save", "dismiss"] = "open"
    at: Moment
    dwell_s: float | None = Field(default=None, ge=0)


class Read(Record):
    """Be a click together with the features of its article: the input of profiling."""

    format: Literal[1] = 1
    click: Click
    title: str = ""
    entities: dict[EntityId, float] = {}
    """Relevance of each entity."""
    names: dict[EntityId, str] = {}
    topics: dict[str, float] = {}
    embedding: Embedding


class Interest(Record):
    """Be one weight of a profile, with the name that a person knows it by."""

    id: str
    name: str
    weight: float


class Profile(Record):
    """Be the published interests of a reader, decayed to `at`, strongest first."""

    format: Literal[1] = 1
    reader_id: ReaderId
    at: Moment
    """The latest click by event time."""
    clicks: int
    """Clicks taken so far: it rises with each publication, also when a click comes late, so it is the version."""
    entities: tuple[Interest, ...] = ()
    topics: tuple[Interest, ...] = ()
    embedding: Embedding | None = None


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


class DeadLetter(Record):
    """Be the note about a message that was put aside: where it lies, why, and how it began."""

    format: Literal[1] = 1
    topic: str
    partition: int
    offset: int
    reason: str
    detail: str
    role: str
    at: Moment
    size_bytes: int
    first_bytes: str
    """base64 of the first 512 bytes."""
