"""The history of scores: what each generation of the model said of a text, kept when a later one takes its place."""

from __future__ import annotations

from typing import Literal

from streams.enrichment import EnrichedArticle, Sentiment
from streams.records import ArticleId, EntityId, Moment, Record


class Score(Record):
    """Be one answer of the model to one text, without its sentences."""

    format: Literal[1] = 1
    article_id: ArticleId
    version: int
    """Of the enriched article: the corrections in their order, and the generations of each."""
    updated_at: Moment
    generation: int
    model: str
    scored_at: Moment | None = None
    sentiment: Sentiment
    entities: dict[EntityId, Sentiment]


def score_of(enriched: EnrichedArticle) -> Score:
    """Return what is kept of an answer."""
    article, enrichment = enriched.article, enriched.enrichment
    return Score(
        article_id=article.article_id,
        version=enriched.version,
        updated_at=article.updated_at,
        generation=enrichment.generation,
        model=enrichment.model,
        scored_at=enrichment.scored_at,
        sentiment=enrichment.sentiment,
        entities={entity.id: entity.sentiment for entity in enrichment.entities},
    )
