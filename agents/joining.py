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


def register_joining(application: Application) -> None:
    """Add both agents and both tables to their app."""
    outlet, delivery = application.outlet, application.delivery
    features = application.table("features")
    pending = application.table("pending-clicks")

    async def send_read(click: Click, known: ArticleFeatures) -> Confirmation:
        read = known.read(click)
        return await outlet.send(Topic.READS, key=click.reader_id.encode(), value=encode_record(read))

    async def handle_article(event: Event) -> Iterable[Confirmation]:
        enriched = decode_record(EnrichedArticle, event.value)
        key = enriched.article.article_id.encode()
        stored, latest = features.get(key), features_of(enriched)
        known = latest if stored is None else ArticleFeatures.from_bytes(stored).latest(latest)
        confirmations = [features.put(key, known.to_bytes())]
        waiting = pending.get(key)
        if waiting is not None:
            # The waiting clicks stay: a repeat of this article sends the same reads again, under the same ids.
            confirmations += [await send_read(click, known) for click in PendingClicks.from_bytes(waiting).clicks]
        return confirmations

    async def handle_click(event: Event) -> Iterable[Confirmation]:
        click = decode_record(Click, event.value)
        key = click.article_id.encode()
        stored = features.get(key)
        if stored is not None:
            return [await send_read(click, ArticleFeatures.from_bytes(stored))]
        waiting = pending.get(key)
        clicks = PendingClicks.from_bytes(waiting) if waiting is not None else PendingClicks()
        return [pending.put(key, clicks.taking(click).to_bytes())]

    @application.app.agent(outlet.topic(Topic.NEWS_ENRICHED), name="joining-articles")
    async def joining_articles(articles: StreamT[Any]) -> None:
        await delivery.run("joining-articles", articles, handle_article)

    @application.app.agent(outlet.topic(Topic.CLICKS), name="joining-clicks")
    async def joining_clicks(clicks: StreamT[Any]) -> None:
        await delivery.run("joining-clicks", clicks, handle_click)
