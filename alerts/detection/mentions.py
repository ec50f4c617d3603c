"""From an enriched article to its mentions: one of the market, and one of each entity that it is about."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from alerts.detection.signatures import signature_of
from alerts.detection.vectors import story_vector_of
from streams.alerting import Mention
from streams.enrichment import EnrichedArticle, EntityMention, Sentence, Sentiment
from streams.identity import digest_of
from streams.records import EntityId, SeriesId

MARKET = SeriesId("market")
MAX_TITLE_CHARS = 160
MAX_EVIDENCE_CHARS = 300
MAX_URL_CHARS = 400
UNREAD_LANGUAGE = "und"
ABOUT = 0.5
"""The relevance from which a name tells apart stories of the market, whatever the rules ask of a mention."""
_LINK = re.compile(r"https?://\S+", re.I)


def mentions_of(enriched: EnrichedArticle, min_relevance: float) -> list[Mention]:
    """Return the mention of the market, then one for each entity of at least `min_relevance`, by id.

    Titles and sentences are cut to what an alert shows, so that the state that keeps them is bounded. An article in
    a language that the model cannot read is counted as neutral: its labels mean nothing.
    """
    article, enrichment = enriched.article, enriched.enrichment
    readable = enrichment.language != UNREAD_LANGUAGE
    signature = signature_of(article.title, article.body)
    vector = story_vector_of(enrichment.embedding)
    topics = tuple(topic.topic for topic in enrichment.topics)

    def mention(series: SeriesId, name: str, sentiment: Sentiment, named_in: Sequence[Sentence]) -> Mention:
        return Mention(
            series=series,
            name=name,
            article_id=article.article_id,
            at=article.published_at,
            received_at=article.received_at,
            source=article.source,
            url=_link(article.url),
            title=_cut(article.title, MAX_TITLE_CHARS),
            sentiment=sentiment if readable else Sentiment.of(0, 1, 0),
            evidence=_evidence(named_in, sentiment),
            topics=topics,
            signature=signature,
            story_vector=vector,
            model=enrichment.model,
        )

    of_market = mention(MARKET, "Market", enrichment.sentiment, enrichment.sentences)
    named = (entity.id for entity in enrichment.entities if entity.relevance >= ABOUT)
    found = [of_market.model_copy(update={"about": about(named)})]
    for entity in _entities(enrichment.entities, min_relevance):
        sentences = enrichment.sentences
        named_in = [sentences[place] for place in entity.sentences if place < len(sentences)]
        of_entity = mention(SeriesId(f"entity:{entity.id}"), entity.name, entity.sentiment, named_in)
        found.append(
            of_entity.model_copy(
                update={"entity_id": entity.id, "ticker": entity.ticker, "relevance": entity.relevance}
            )
        )
    return found


def about(names: Iterable[EntityId]) -> str:
    """Return a digest of names in any order; empty where there is none."""
    ids = sorted(set(names))
    return digest_of("about", *ids) if ids else ""


def _entities(entities: Sequence[EntityMention], min_relevance: float) -> list[EntityMention]:
    by_id: dict[str, EntityMention] = {}
    for entity in entities:
        known = by_id.get(entity.id)
        if entity.relevance >= min_relevance and (known is None or entity.relevance > known.relevance):
            by_id[entity.id] = entity
    return [by_id[key] for key in sorted(by_id)]


def _evidence(sentences: Sequence[Sentence], sentiment: Sentiment) -> str:
    """Return the sentence that speaks most in the direction of the sentiment; the earlier one of equals."""
    if not sentences:
        return ""
    sign = -1.0 if sentiment.label == "positive" else 1.0
    strongest = min(sentences, key=lambda sentence: sign * sentence.sentiment.score)
    return _cut(" ".join(strongest.text.split()), MAX_EVIDENCE_CHARS)


def _link(url: str | None) -> str | None:
    """Return an address that people may be led to: none that runs where it is opened, or breaks the line it is in."""
    return url if url is not None and len(url) <= MAX_URL_CHARS and _LINK.fullmatch(url) else None


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"
