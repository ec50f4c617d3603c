"""What the model says of an article: the records that enrichment adds."""

from __future__ import annotations

import base64
from typing import Literal

import numpy as np
import numpy.typing as npt
from pydantic import Field

from streams.clock import epoch_ms
from streams.records import Article, EntityId, Moment, Probability, Record

Label = Literal["negative", "neutral", "positive"]

LABELS: tuple[Label, Label, Label] = ("negative", "neutral", "positive")


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
    """Be what stands for the article: its own sentences in order, or written text, with the indices of sentences."""

    text: str
    sentences: tuple[int, ...]
    kind: Literal["extractive", "abstractive"] = "extractive"


class Topic(Record):
    """Be one topic with its probability; topics are not exclusive."""

    topic: str
    probability: Probability
    sentences: tuple[int, ...] = ()
    """Indices of the sentences behind it, the strongest first."""


class EntityMention(Record):
    """Say what one article says of one entity."""

    id: EntityId
    name: str
    ticker: str | None = None
    relevance: Probability
    sentiment: Sentiment
    spans: tuple[Span, ...] = ()
    sentences: tuple[int, ...] = ()
    """Indices of the sentences that name the entity, or tell its results under a title that does: the evidence for its
    sentiment."""
    kind: Literal["company", "index", "currency", "commodity", "other"] = "company"
    first_sentence: int | None = None
    """Index of the first sentence that names the entity; None where the feed named it and the text does not."""
    companions: int = Field(default=0, ge=0)
    """How many other entities are named in the sentences that name this one."""


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
    evidence: tuple[int, ...] = ()
    """Indices of the sentences behind the article's sentiment, the strongest first."""
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
    gazetteer: str = ""
    """Version of the gazetteer alone: it changes without new weights when an operator's file does."""
    scored_at: Moment | None = None
    """When the model said so; None in what was written before this was kept."""
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
        return max(0, epoch_ms(self.article.updated_at)) * 1000 + min(self.enrichment.generation, 999)
