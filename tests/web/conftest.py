"""The web application on a real SQLite index, with a producer that keeps what it is given."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import orjson
import pytest
from fastapi import FastAPI

from models.stub import StubModel
from streams.alerting import AlertTransition, Evidence
from streams.clock import ManualClock
from streams.decoding import decode_article
from streams.enrichment import EnrichedArticle
from streams.errors import BrokerUnavailable
from streams.producer import Headers, Receipt
from streams.records import EpisodeId, SeriesId
from streams.settings import Settings
from streams.sinks.index import ArticleDocument
from streams.sinks.sqlite import SqliteIndex
from web.following import Entry
from web.live import Broadcast, LiveAlert, LiveNotification
from web.registers import Registers, followers
from web.server import create_app

NOW = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
KEYS = "feed:write=w-key,desk:read=r-key,root:admin=a-key"


@dataclass(slots=True)
class KeepingProducer:
    """Keep what is published, and give it to the registers at once as the broker does soon; or be away."""

    registers: Registers = field(default_factory=Registers)
    sent: list[tuple[str, bytes | None, bytes | None]] = field(default_factory=list)
    times_ms: list[int | None] = field(default_factory=list)
    away: bool = False

    async def send(
        self,
        topic: str,
        *,
        key: bytes | None,
        value: bytes | None,
        headers: Headers = (),
        timestamp_ms: int | None = None,
        partition: int | None = None,
    ) -> Receipt:
        """Keep one record."""
        if self.away:
            raise BrokerUnavailable("no broker answers")
        await asyncio.sleep(0)  # as on a network, others come in between
        self.sent.append((str(topic), key, value))
        self.times_ms.append(timestamp_ms)
        offset = len(self.sent) - 1
        for register in followers(self.registers):
            if register.topic == topic:
                register.take(Entry(offset, key, value))
        return Receipt(0, offset)


@dataclass(slots=True)
class Site:
    """Hold an application and what is behind it."""

    settings: Settings
    index: SqliteIndex
    producer: KeepingProducer
    broadcast: Broadcast[LiveAlert]
    notifications: Broadcast[LiveNotification]
    client: httpx.AsyncClient


def enriched(title: str, minute: int = 0, body: str = "Sales rose. Shares fell.", **fields: str) -> EnrichedArticle:
    """Return an article that the stub has read."""
    raw = {
        "title": title,
        "body": body,
        "source": "Wire",
        "url": f"https://wire.example/{title.replace(' ', '-')}",
        "published_at": (NOW - timedelta(hours=1) + timedelta(minutes=minute)).isoformat(),
        "entities": [{"name": "Quillon Foods", "id": "demo:quillon"}],
    }
    article = decode_article(orjson.dumps(raw | fields), received_at=NOW, max_body_chars=10_000, max_future_s=60)
    return EnrichedArticle(article=article, enrichment=StubModel().enrich([article])[0])


def transition(number: int = 1, kind: str = "opened", sentence: str = "Quillon recalls a product.") -> AlertTransition:
    """Return a step of an episode."""
    return AlertTransition(
        transition_id=f"t{number}",
        episode_id=EpisodeId(f"e{number}"),
        series=SeriesId("entity:demo:quillon"),
        name="Quillon Foods",
        kind=kind,
        revision=0,
        rule="negative-spike",
        severity="high",
        opened_at=NOW,
        at=NOW,
        received_at=NOW,
        observed=8,
        expected=0.6,
        window_s=21_600,
        p_value=1e-9,
        rarity_days=400,
        stories=8,
        articles=11,
        evidence=(Evidence(article_id="a", sentence=sentence, url="https://wire.example/e", at=NOW, score=-0.9),),
        model="stub-1",
        detector="d",
    )


async def fill(index: SqliteIndex, articles: list[EnrichedArticle]) -> None:
    """Store articles."""
    await index.prepare()
    await index.put_articles([ArticleDocument(each, each.article.published_at.date()) for each in articles])


def app_of(site: Site) -> FastAPI:
    """Build the application on what a site holds."""
    return create_app(
        site.settings,
        index=site.index,
        producer=site.producer,
        alerts=site.broadcast,
        notifications=site.notifications,
        registers=site.producer.registers,
        clock=ManualClock(NOW),
    )


async def _site(settings: Settings) -> AsyncIterator[Site]:
    index = SqliteIndex(settings.home / "index.sqlite3")
    await index.prepare()
    producer = KeepingProducer()
    for register in followers(producer.registers):  # read to their end, and empty
        register.begin(0, 0)
        register.reached(0)
    site = Site(settings, index, producer, Broadcast(), Broadcast(), httpx.AsyncClient())
    transport = httpx.ASGITransport(app=app_of(site))
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        site.client = client
        yield site
    await index.close()


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    """Give an application without keys."""
    async for site in _site(Settings(data_dir=tmp_path, model="stub")):
        yield site


@pytest.fixture
async def locked_site(tmp_path: Path) -> AsyncIterator[Site]:
    """Give an application with a key for each scope."""
    async for site in _site(Settings(data_dir=tmp_path, model="stub", api_keys=KEYS)):
        yield site
