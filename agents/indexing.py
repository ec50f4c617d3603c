"""Write enriched articles, profiles, alerts and novelties to the index, in bulk, until each is there."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from faust.types import StreamT

from agents.application import Application
from agents.bulk import BulkSink
from streams.alerting import AlertTransition, Novelty
from streams.decoding import decode_record
from streams.delivery import Confirmation, Event, received_at
from streams.enrichment import EnrichedArticle
from streams.interests import Profile
from streams.sinks.index import ArticleDocument, NoveltyDocument
from streams.topics import Topic


def register_indexing(application: Application, sink: BulkSink) -> None:
    """Add an agent for each kind of document, and the table of days, to their app."""
    outlet, delivery = application.outlet, application.delivery
    days = application.table("index-days")

    async def handle_article(event: Event) -> Iterable[Confirmation]:
        enriched = decode_record(EnrichedArticle, event.value)
        key = enriched.article.article_id.encode()
        # The day is fixed when an article is first seen: a corrected date must not leave a second document.
        stored = days.get(key)
        day = enriched.article.published_at.date() if stored is None else date.fromisoformat(stored.decode())
        document = ArticleDocument(article=enriched, day=day)
        return [days.put(key, day.isoformat().encode()), sink.write_article(document, len(event.value))]

    async def handle_profile(event: Event) -> Iterable[Confirmation]:
        return [sink.write_profile(decode_record(Profile, event.value), len(event.value))]

    async def handle_alert(event: Event) -> Iterable[Confirmation]:
        return [sink.write_alert(decode_record(AlertTransition, event.value), len(event.value))]

    async def handle_novelty(event: Event) -> Iterable[Confirmation]:
        document = NoveltyDocument(decode_record(Novelty, event.value), received_at(event))
        return [sink.write_novelty(document, len(event.value))]

    @application.app.agent(outlet.topic(Topic.NEWS_ENRICHED), name="indexing-articles")
    async def indexing_articles(articles: StreamT[Any]) -> None:
        await application.begin(sink.start)
        await delivery.run("indexing-articles", articles, handle_article)

    @application.app.agent(outlet.topic(Topic.PROFILES), name="indexing-profiles")
    async def indexing_profiles(profiles: StreamT[Any]) -> None:
        await application.begin(sink.start)
        await delivery.run("indexing-profiles", profiles, handle_profile)

    @application.app.agent(outlet.topic(Topic.ALERTS), name="indexing-alerts")
    async def indexing_alerts(alerts: StreamT[Any]) -> None:
        await application.begin(sink.start)
        await delivery.run("indexing-alerts", alerts, handle_alert)

    @application.app.agent(outlet.topic(Topic.NOVELTY), name="indexing-novelties")
    async def indexing_novelties(novelties: StreamT[Any]) -> None:
        await application.begin(sink.start)
        await delivery.run("indexing-novelties", novelties, handle_novelty)
