"""Mentions of an enriched article."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest

from alerts.detection.mentions import about, mentions_of
from streams.enrichment import Embedding, EnrichedArticle, Enrichment, EntityMention, Sentence, Sentiment, Summary
from streams.records import Article, ArticleId, EntityId

AT = datetime(2026, 3, 2, tzinfo=UTC)
BAD, MILD, GOOD = Sentiment.of(0.9, 0.1, 0), Sentiment.of(0.5, 0.4, 0.1), Sentiment.of(0, 0.1, 0.9)


def _enriched(language: str = "en") -> EnrichedArticle:
    texts = [
        ("Quillon slumps.", MILD),
        ("Quillon faces a probe. " * 40, BAD),
        ("Verdane’s\nsales gained.", GOOD),
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
    """Bad news shows its most negative sentence, good news its most positive; each is one line, and cut."""
    market, quillon, verdane = mentions_of(_enriched(), 0.5)
    assert quillon.evidence.startswith("Quillon faces a probe.")
    assert len(quillon.evidence) <= 300
    assert market.evidence == quillon.evidence
    assert verdane.evidence == "Verdane’s sales gained."


def test_an_unread_language_is_neutral() -> None:
    """Where the model could not read the text, its labels count for nothing."""
    assert {m.sentiment.label for m in mentions_of(_enriched("und"), 0.5)} == {"neutral"}


@pytest.mark.parametrize(
    ("url", "link"),
    [
        ("https://wire.example/1", "https://wire.example/1"),
        ("javascript:alert(1)", None),
        ("https://wire.example/1\nSent by your bank", None),
        (f"https://wire.example/{'a' * 400}", None),
    ],
)
def test_an_alert_leads_only_to_pages(url: str, link: str | None) -> None:
    """An address that would run as a script, go over several lines or on for ever is not passed on to subscribers."""
    enriched = _enriched()
    article = enriched.article.model_copy(update={"url": url})
    assert {m.url for m in mentions_of(enriched.model_copy(update={"article": article}), 0.5)} == {link}


def test_the_market_tells_apart_whom_an_article_is_about() -> None:
    """The digest is that of the relevant names in any order, whatever the rules ask of a mention; names have none."""
    market, *names = mentions_of(_enriched(), 0.5)
    assert market.about == about([EntityId("verdane"), EntityId("quillon"), EntityId("quillon")])
    assert market.about != about([EntityId("quillon")])
    assert mentions_of(_enriched(), 0.8)[0].about == mentions_of(_enriched(), 0.1)[0].about == market.about
    assert {mention.about for mention in names} == {""} == {about([])}
