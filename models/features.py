"""The features of an article that a click takes with it, and the clicks that wait for their article."""

from __future__ import annotations

from typing import Literal

from streams.decoding import decode_record, encode_record
from streams.enrichment import Embedding, EnrichedArticle
from streams.interests import Click, Read
from streams.records import ArticleId, EntityId, Record

MAX_WAITING = 2_000
"""Clicks that wait for one article; past it the oldest go first. About 250 bytes each: a value stays below 0.5 MB."""


class ArticleFeatures(Record):
    """Be what profiling needs of an article, about 2 kB."""

    format: Literal[1] = 1
    article_id: ArticleId
    version: int
    title: str
    entities: dict[EntityId, float]
    names: dict[EntityId, str]
    topics: dict[str, float]
    embedding: Embedding

    def latest(self, other: ArticleFeatures) -> ArticleFeatures:
        """Return the features of the later version; of equal ones the first stands, as in the index."""
        return other if other.version > self.version else self

    def read(self, click: Click) -> Read:
        """Return the click together with these features."""
        return Read(
            click=click,
            title=self.title,
            entities=self.entities,
            names=self.names,
            topics=self.topics,
            embedding=self.embedding,
        )

    def to_bytes(self) -> bytes:
        """Write as a table value."""
        return encode_record(self)

    @classmethod
    def from_bytes(cls, value: bytes) -> ArticleFeatures:
        """Read a table value."""
        return decode_record(cls, value)


def features_of(enriched: EnrichedArticle) -> ArticleFeatures:
    """Take from an enriched article what a click carries into a profile."""
    enrichment = enriched.enrichment
    return ArticleFeatures(
        article_id=enriched.article.article_id,
        version=enriched.version,
        title=enriched.article.title[:300],
        entities={entity.id: entity.relevance for entity in enrichment.entities},
        names={entity.id: entity.name for entity in enrichment.entities},
        topics={topic.topic: topic.probability for topic in enrichment.topics},
        embedding=enrichment.embedding,
    )


class PendingClicks(Record):
    """Be the clicks whose article is not there yet, in the order of their arrival."""

    format: Literal[1] = 1
    clicks: tuple[Click, ...] = ()

    def taking(self, click: Click) -> PendingClicks:
        """Return these clicks with one more; the same click again changes nothing."""
        if any(known.click_id == click.click_id for known in self.clicks):
            return self
        return PendingClicks(clicks=(*self.clicks, click)[-MAX_WAITING:])

    def to_bytes(self) -> bytes:
        """Write as a table value."""
        return encode_record(self)

    @classmethod
    def from_bytes(cls, value: bytes) -> PendingClicks:
        """Read a table value."""
        return decode_record(cls, value)
