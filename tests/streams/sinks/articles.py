"""An enriched article for the tests of single indexes."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np

from streams.enrichment import Embedding, EnrichedArticle, Enrichment, EntityMention, Sentiment, Summary, Topic
from streams.records import Article, ArticleId, EntityId

NOON = datetime(2026, 3, 9, 12, tzinfo=UTC)


def enriched(
    name: str = "a", *, body: str = "Crews walked out on Monday.", at: datetime = NOON, url: str | None = None
) -> EnrichedArticle:
    """Return an article about an invented company with every part of an answer filled in."""
    sentiment = Sentiment.of(0.8, 0.15, 0.05)
    entity = EntityMention(
        id=EntityId("nwa"), name="Northwind Airways", ticker="NWA", relevance=0.9, sentiment=sentiment
    )
    return EnrichedArticle(
        article=Article(
            article_id=ArticleId(name),
            title="Northwind Airways cancels flights",
            body=body,
            source="wire",
            url=url,
            published_at=at,
            updated_at=at,
            received_at=at,
        ),
        enrichment=Enrichment(
            summary=Summary(text=body, sentences=(0,)),
            sentiment=sentiment,
            topics=(Topic(topic="labour", probability=0.9),),
            entities=(entity,),
            embedding=Embedding.of("test-space", np.eye(8, dtype=np.float32)[0]),
            language="en",
            model="test-1",
        ),
    )
