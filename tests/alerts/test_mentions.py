"""Mentions of an enriched article."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np

from alerts.mentions import mentions_of
from streams.enrichment import Embedding, EnrichedArticle, Enrichment, EntityMention, Sentence, Sentiment, Summary
from streams.records import Article, ArticleId, EntityId

AT = datetime(2026, 3, 2, tzinfo=UTC)
BAD, MILD, GOOD = Sentiment.of(0.9, 0.1, 0), Sentiment.of(0.5, 0.4, 0.1), Sentiment.of(0, 0.1, 0.9)


def _enriched(language: str = "en") -> EnrichedArticle:
    texts = [
        ("Quillon slumps.", MILD),
        ("Quillon faces a probe. " * 40, BAD),
        ("Verdane&#8217;s <b>sales</b> gained.", GOOD),
    ]
    sentences = tuple(Sentence(text=t, start=0, end=len(t), sentiment=s) for t, s in texts)

    def entity(name: str, relevance: float, sentiment: Sentiment, *places: int) -> EntityMention:
        return EntityMention(
            id=EntityId(name), name=name.title(), relevance=relevance, sentiment=sentiment, sentences=places
        )

    return EnrichedArticle(
        article=Article(
            article_id=ArticleId("a"), title="Two names", published_at=AT, updated_at=AT, received_at=AT, source="wire"
        ),
        enrichment=Enrichment(
            summary=Summary(text="", sentences=()),
            sentiment=MILD,
            entities=(
                entity("verdane", 0.7, GOOD, 2, 0),
                entity("quillon", 0.9, BAD, 0, 1),
                entity("quillon", 0.6, MILD, 0),
                entity("aside", 0.2, BAD, 1),
            ),
            sentences=sentences,
            embedding=Embedding.of("test", np.ones(4)),
            language=language,
            model="test-1",
        ),
    )


def test_the_market_comes_first_then_each_relevant_name_by_id() -> None:
    """An aside is left out, and a name is mentioned once at its highest relevance."""
    mentions = mentions_of(_enriched(), 0.5)
    assert [m.series for m in mentions] == ["market", "entity:quillon", "entity:verdane"]
    assert [m.relevance for m in mentions] == [1.0, 0.9, 0.7]
    assert len({m.signature for m in mentions}) == 1


def test_evidence_is_the_sentence_that_speaks_most() -> None:
    """Bad news shows its most negative sentence, good news its most positive; long ones are cut, HTML goes."""
    market, quillon, verdane = mentions_of(_enriched(), 0.5)
    assert quillon.evidence.startswith("Quillon faces a probe.")
    assert len(quillon.evidence) <= 300
    assert market.evidence == quillon.evidence
    assert verdane.evidence == "Verdane’s sales gained."


def test_an_unread_language_is_neutral() -> None:
    """Where the model could not read the text, its labels count for nothing."""
    assert {m.sentiment.label for m in mentions_of(_enriched("und"), 0.5)} == {"neutral"}
