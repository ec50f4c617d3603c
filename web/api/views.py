"""What the API shows."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from streams.alerting import Novelty
from streams.enrichment import EnrichedArticle, EntityMention, Label, Sentence, Sentiment, Summary, Topic
from streams.interests import Interest, Profile
from streams.sinks.index import Hit


class ArticleView(BaseModel):
    """Show an article with what the model says of it."""

    article_id: str
    title: str
    body: str
    source: str
    url: str | None
    language: str
    published_at: datetime
    published_at_source: str
    updated_at: datetime
    summary: Summary
    sentiment: Sentiment
    topics: tuple[Topic, ...]
    entities: tuple[EntityMention, ...]
    sentences: tuple[Sentence, ...]
    truncated: bool
    model: str

    @classmethod
    def of(cls, enriched: EnrichedArticle) -> ArticleView:
        """Take from an enriched article what is shown."""
        article, enrichment = enriched.article, enriched.enrichment
        return cls(
            article_id=article.article_id,
            title=article.title,
            body=article.body,
            source=article.source,
            url=article.url,
            language=enrichment.language,
            published_at=article.published_at,
            published_at_source=article.published_at_source,
            updated_at=article.updated_at,
            summary=enrichment.summary,
            sentiment=enrichment.sentiment,
            topics=enrichment.topics,
            entities=enrichment.entities,
            sentences=enrichment.sentences,
            truncated=enrichment.truncated,
            model=enrichment.model,
        )


class NoveltyView(BaseModel):
    """Show how new an article was to one series: to an entity, or to the market as a whole."""

    story: str
    first: bool
    before_24h: int
    before_7d: int


class FoundView(ArticleView):
    """Show an article by itself."""

    novelty: dict[str, NoveltyView]
    """By series: `entity:<id>`, or `market`. Empty until the article was watched."""

    @classmethod
    def with_novelty(cls, enriched: EnrichedArticle, novelties: list[Novelty]) -> FoundView:
        """Take from an article, and from what was said of its novelty, what is shown."""
        by_series = {each.series: NoveltyView(**each.model_dump(exclude={"series"})) for each in novelties}
        return cls(**ArticleView.of(enriched).model_dump(), novelty=by_series)


class HitView(ArticleView):
    """Show an article that a search found."""

    score: float
    highlight: tuple[str, ...]

    @classmethod
    def of_hit(cls, hit: Hit) -> HitView:
        """Take from a hit what is shown."""
        return cls(**ArticleView.of(hit.article).model_dump(), score=hit.score, highlight=hit.highlight)


class PageView(BaseModel):
    """Show one page of a search."""

    total: int
    articles: list[HitView]
    cursor: str | None


class InterestsView(BaseModel):
    """Show what a reader is interested in, strongest first, decayed to `at`."""

    reader_id: str
    at: datetime
    clicks: int
    entities: tuple[Interest, ...]
    topics: tuple[Interest, ...]

    @classmethod
    def of(cls, profile: Profile) -> InterestsView:
        """Take from a profile what is shown."""
        return cls(**profile.model_dump(exclude={"embedding", "format"}))


class BucketView(BaseModel):
    """Show one slice of the sentiment time line."""

    start: datetime
    counts: dict[Label, int]
    mean_score: float


class HealthView(BaseModel):
    """Say how the service is; what is away is told with what to do about it."""

    status: Literal["ok", "unavailable"]
    index: str
    broker: str


class DraftView(BaseModel):
    """Be a template to be tried out; the built-in one where there is none."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(default="Preview", max_length=200)
    template: str | None = Field(default=None, max_length=8_000)


class PreviewView(BaseModel):
    """Show what a template makes of an invented alert."""

    subject: str
    text: str
    html: str
    fault: str | None
    """Why the template would be refused; where it fails on this very alert, the text is the built-in one's."""


class SecretView(BaseModel):
    """Show a secret, once."""

    made_secret: str


class RequestView(BaseModel):
    """Say under which id something was asked for, and under which what comes of it is found among the deliveries."""

    request_id: str
    notification_id: str


class ResponseView(BaseModel):
    """Be what a person says of an alert."""

    model_config = ConfigDict(extra="forbid")

    kind: Literal["acknowledged", "useful", "false"]


class PrecisionView(BaseModel):
    """Show how many of a rule's alerts were marked useful among those that were marked."""

    rule: str
    useful: int
    false: int
    precision: float
