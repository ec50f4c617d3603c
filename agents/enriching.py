"""Read raw news with the model; send the enriched article, and a mention for each series it speaks of."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from faust.types import StreamT

from agents.application import Application
from agents.inference import InferenceService
from alerts.detection.mentions import mentions_of
from streams.decoding import decode_article, encode_record
from streams.delivery import Confirmation, Event, received_at
from streams.enrichment import EnrichedArticle
from streams.records import Article
from streams.topics import FIRST_PARTITION, Topic


def register_enriching(application: Application, inference: InferenceService) -> None:
    """Add the agent to its app."""
    settings, outlet, delivery = application.settings, application.outlet, application.delivery

    async def enrich(article: Article) -> None:
        enriched = EnrichedArticle(article=article, enrichment=await inference.enrich(article))
        key, value = article.article_id.encode(), encode_record(enriched)
        sent = [await outlet.send(Topic.NEWS_ENRICHED, key=key, value=value)]
        for mention in mentions_of(enriched, settings.alert_min_relevance):
            series, record = mention.series.encode(), encode_record(mention)
            sent.append(await outlet.send(Topic.MENTIONS, key=series, value=record, partition=FIRST_PARTITION))
        for confirmation in sent:
            await confirmation

    async def handle(event: Event) -> Iterable[Confirmation]:
        article = decode_article(
            event.value,
            received_at=received_at(event),
            max_body_chars=settings.max_body_chars,
            max_future_s=settings.max_future_s,
        )
        return [enrich(article)]

    @application.app.agent(outlet.topic(Topic.NEWS_RAW), name="enriching")
    async def enriching(news: StreamT[Any]) -> None:
        await application.begin(inference.start)
        await delivery.run("enriching", news, handle)
