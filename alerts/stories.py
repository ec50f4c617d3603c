"""Stories: what several articles tell alike is one. Counting stories, not copies, is what detection gains most from."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from alerts.signatures import similarity
from streams.records import Evidence, Mention, Moment, Record, StoryId

KEPT_FOR = timedelta(hours=72)
KEPT_AT_MOST = 64
"""Stories remembered per series: about 700 bytes each with their evidence, 45 kB in all."""
ALIKE = 0.5
"""Estimated Jaccard similarity from which two texts tell one story: edited copies lie above it, other stories below."""


class Story(Record):
    """Be one negative story of a series: its first article, and how many tell it."""

    story_id: StoryId
    at: Moment
    signature: str
    articles: int = 1
    evidence: Evidence


def story_of(mention: Mention) -> Story:
    """Begin a story with a mention."""
    evidence = Evidence(
        article_id=mention.article_id,
        title=mention.title,
        sentence=mention.evidence,
        url=mention.url,
        source=mention.source,
        at=mention.at,
        score=mention.sentiment.score,
    )
    return Story(story_id=StoryId(mention.article_id), at=mention.at, signature=mention.signature, evidence=evidence)


def collapse(stories: Sequence[Story], mention: Mention) -> tuple[tuple[Story, ...], Story | None]:
    """Add a mention to the stories of its series; return them, and the story if it is a new one.

    At most `KEPT_AT_MOST` signatures are compared: O(1) a mention.
    """
    for place, story in enumerate(stories):
        near = abs(mention.at - story.at) <= KEPT_FOR
        if near and similarity(story.signature, mention.signature) >= ALIKE:
            known = story.model_copy(
                # The earliest telling dates the story, whatever the order of arrival.
                update={"articles": story.articles + 1, "at": min(story.at, mention.at)}
            )
            return (*stories[:place], known, *stories[place + 1 :]), None
    begun = story_of(mention)
    newest = max([begun.at, *(story.at for story in stories)])
    kept = sorted((s for s in (*stories, begun) if newest - s.at <= KEPT_FOR), key=lambda s: (s.at, s.story_id))
    return tuple(kept[-KEPT_AT_MOST:]), begun


def within(stories: Sequence[Story], end: datetime, window_s: float) -> list[Story]:
    """Return the stories that began in the window that ends at a moment, the moment included."""
    start = end - timedelta(seconds=window_s)
    return [story for story in stories if start < story.at <= end]
