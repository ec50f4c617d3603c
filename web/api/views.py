"""What the API shows."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel

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
