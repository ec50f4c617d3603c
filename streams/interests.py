"""What readers do, and what is known of their interests."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from streams.enrichment import Embedding
from streams.records import ArticleId, EntityId, Moment, ReaderId, Record


class Click(Record):
    """Be one act of one reader on one article."""

    format: Literal[1] = 1
    click_id: str
    reader_id: ReaderId
    article_id: ArticleId
    kind: Literal["open", "read", "share", "save", "dismiss"] = "open"
    at: Moment
    dwell_s: float | None = Field(default=None, ge=0)


class Read(Record):
    """Be a click together with the features of its article: the input of profiling."""

    format: Literal[1] = 1
    click: Click
    title: str = ""
    entities: dict[EntityId, float] = Field(default_factory=dict)
    """Relevance of each entity."""
    names: dict[EntityId, str] = Field(default_factory=dict)
    topics: dict[str, float] = Field(default_factory=dict)
    embedding: Embedding


class Interest(Record):
    """Be one weight of a profile, with the name that a person knows it by."""

    id: str
    name: str
    weight: float


class Profile(Record):
    """Be the published interests of a reader, decayed to `at`, strongest first."""

    format: Literal[1] = 1
    reader_id: ReaderId
    at: Moment
    """The latest click by event time."""
    clicks: int
    """Clicks taken so far: it rises with each publication, also when a click comes late, so it is the version."""
    entities: tuple[Interest, ...] = ()
    topics: tuple[Interest, ...] = ()
    embedding: Embedding | None = None
