"""From one enriched article, what it says of each series: the input of detection."""

from __future__ import annotations

from alerts.signatures import signature_of
from streams.records import EnrichedArticle, EntityMention, Mention, Sentence, SeriesId

MARKET = SeriesId("market")
EVIDENCE_CHARS = 400
SIGNED_CHARS = 4_000
"""Copies are told by how they begin; what follows (disclaimers, links) differs between publishers."""


def entity_series(entity_id: str) -> SeriesId:
    """Return the series of an entity."""
    return SeriesId(f"entity:{entity_id}")


def mentions_of(enriched: EnrichedArticle, min_relevance: float) -> list[Mention]:
    """Return one mention for the market and one for each entity that the article is about, in a fixed order."""
    article, enrichment = enriched.article, enriched.enrichment
    signature = signature_of(f"{article.title}\n{article.body}"[:SIGNED_CHARS])
    topics = tuple(topic.topic for topic in enrichment.topics)

    def mention(series: SeriesId, entity: EntityMention | None) -> Mention:
        sentences = enrichment.sentences
        named = [sentences[place] for place in entity.sentences if place < len(sentences)] if entity else sentences
        return Mention(
            series=series,
            entity_id=entity.id if entity else None,
            name=entity.name if entity else "the market",
            ticker=entity.ticker if entity else None,
            article_id=article.article_id,
            at=article.published_at,
            received_at=article.received_at,
            source=article.source,
            url=article.url,
            title=article.title[:300],
            relevance=entity.relevance if entity else 1.0,
            sentiment=entity.sentiment if entity else enrichment.sentiment,
            evidence=_evidence(named or sentences),
            topics=topics,
            signature=signature,
            model=enrichment.model,
        )

    about = sorted((e for e in enrichment.entities if e.relevance >= min_relevance), key=lambda e: e.id)
    return [mention(MARKET, None), *(mention(entity_series(entity.id), entity) for entity in about)]


def _evidence(sentences: tuple[Sentence, ...] | list[Sentence]) -> str:
    if not sentences:
        return ""
    return min(sentences, key=lambda sentence: sentence.sentiment.score).text[:EVIDENCE_CHARS]
