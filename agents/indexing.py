"""Write enriched articles, profiles, alerts and novelties to the index, in bulk, until each is there."""

from __future__ import annotations

import asyncio
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
from streams.errors import DeadLetterReason, UnreadableInput
from streams.interests import Profile
from streams.records import ReaderId
from streams.sinks.index import ArticleDocument, NoveltyDocument
from streams.topics import Topic


class ProfileIndexing:
    """Write profiles side by side, and erase those of readers who are forgotten."""

    def __init__(self, sink: BulkSink) -> None:
        self._sink = sink
        self._writing: set[asyncio.Task[None]] = set()

    async def handle(self, event: Event) -> Iterable[Confirmation]:
        """Take a profile, or the end of one.

        An erasure has no version: it waits for what came before it, and what comes after waits for it.
        """
        if event.key and event.value is None:
            reader_id = _reader_of(event.key)
            if self._writing:
                await asyncio.wait(self._writing)
            await self._sink.forget_reader(reader_id)
            return []
        profile = decode_record(Profile, event.value)
        writing = asyncio.create_task(self._sink.write_profile(profile, len(event.value)))
        self._writing.add(writing)
        writing.add_done_callback(self._writing.discard)
        return [writing]


def _reader_of(key: bytes) -> ReaderId:
    try:
        return ReaderId(key.decode())
    except UnicodeDecodeError as error:
        raise UnreadableInput(DeadLetterReason.NOT_UTF8, f"key, byte {error.start}: {error.reason}") from None


def register_indexing(application: Application, sink: BulkSink) -> None:
    """Add an agent for each kind of document, and the table of days, to their app."""
    outlet, delivery = application.outlet, application.delivery
    days = application.table("index-days")
    profiles_ = ProfileIndexing(sink)

    async def handle_article(event: Event) -> Iterable[Confirmation]:
        enriched = decode_record(EnrichedArticle, event.value)
        key = enriched.article.article_id.encode()
        # The day is fixed when an article is first seen: a corrected date must not leave a second document.
        stored = days.get(key)
        day = enriched.article.published_at.date() if stored is None else date.fromisoformat(stored.decode())
        document = ArticleDocument(article=enriched, day=day)
        return [days.put(key, day.isoformat().encode()), sink.write_article(document, len(event.value))]

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
        await delivery.run("indexing-profiles", profiles, profiles_.handle)

    @application.app.agent(outlet.topic(Topic.ALERTS), name="indexing-alerts")
    async def indexing_alerts(alerts: StreamT[Any]) -> None:
        await application.begin(sink.start)
        await delivery.run("indexing-alerts", alerts, handle_alert)

    @application.app.agent(outlet.topic(Topic.NOVELTY), name="indexing-novelties")
    async def indexing_novelties(novelties: StreamT[Any]) -> None:
        await application.begin(sink.start)
        await delivery.run("indexing-novelties", novelties, handle_novelty)
