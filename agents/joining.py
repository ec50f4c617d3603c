"""Bring clicks and articles together, in whichever order they come.

Both topics are keyed by article id, so both sides of the join lie in one partition: an article leaves its features
in a table, and a click that is early waits in another until its article is there.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from faust.types import StreamT

from agents.application import Application
from models.features import ArticleFeatures, PendingClicks, features_of
from streams.decoding import decode_record, encode_record
from streams.delivery import Confirmation, Event
from streams.enrichment import EnrichedArticle
from streams.interests import Click
from streams.topics import Topic


class Joining:
    """Take articles and clicks, in the partition of each article, and send the clicks whose article is known."""

    def __init__(self, application: Application) -> None:
        self._outlet = application.outlet
        self._features = application.table("features")
        self._pending = application.table("pending-clicks")

    async def handle_article(self, event: Event) -> Iterable[Confirmation]:
        """Keep the features of an article, and send the clicks that waited for them."""
        enriched = decode_record(EnrichedArticle, event.value)
        key = enriched.article.article_id.encode()
        stored, latest = self._features.get(key), features_of(enriched)
        earlier = ArticleFeatures.from_bytes(stored) if stored is not None else None
        known = earlier.latest(latest) if earlier is not None else latest
        confirmations = [self._features.put(key, known.to_bytes())]
        waiting = self._pending.get(key)
        # A correction comes after the version that the clicks waited for: they went with that one. Months later a
        # profile would not know them again, and a reader who was erased meanwhile would be back.
        corrects = earlier is not None and earlier.version < latest.version
        if waiting is not None and not corrects:
            # The waiting clicks stay: a repeat of this article sends the same reads again, under the same ids.
            confirmations += [await self._send_read(click, known) for click in PendingClicks.from_bytes(waiting).clicks]
        return confirmations

    async def handle_click(self, event: Event) -> Iterable[Confirmation]:
        """Send a click with the features of its article, or let it wait for them."""
        click = decode_record(Click, event.value)
        key = click.article_id.encode()
        stored = self._features.get(key)
        if stored is not None:
            return [await self._send_read(click, ArticleFeatures.from_bytes(stored))]
        waiting = self._pending.get(key)
        clicks = PendingClicks.from_bytes(waiting) if waiting is not None else PendingClicks()
        return [self._pending.put(key, clicks.taking(click).to_bytes())]

    async def _send_read(self, click: Click, known: ArticleFeatures) -> Confirmation:
        read = known.read(click)
        return await self._outlet.send(Topic.READS, key=click.reader_id.encode(), value=encode_record(read))


def register_joining(application: Application) -> None:
    """Add both agents and both tables to their app."""
    outlet, delivery = application.outlet, application.delivery
    joining = Joining(application)

    @application.app.agent(outlet.topic(Topic.NEWS_ENRICHED), name="joining-articles")
    async def joining_articles(articles: StreamT[Any]) -> None:
        await delivery.run("joining-articles", articles, joining.handle_article)

    @application.app.agent(outlet.topic(Topic.CLICKS), name="joining-clicks")
    async def joining_clicks(clicks: StreamT[Any]) -> None:
        await delivery.run("joining-clicks", clicks, joining.handle_click)
