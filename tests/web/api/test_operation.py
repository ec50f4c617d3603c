"""Health and metrics."""

from __future__ import annotations

from pathlib import Path

import httpx

from streams.broker import EmbeddedBroker
from streams.settings import Settings
from streams.sinks.sqlite import SqliteIndex
from tests.pipeline.conftest import embedded_topics
from tests.web.conftest import KeepingProducer, Site, app_of
from web.live import Broadcast


async def test_health_says_what_is_away(site: Site) -> None:
    """Without a broker the health is 503 and names it, while the index is well."""
    answer = await site.client.get("/health")
    assert answer.status_code == 503
    assert answer.json()["status"] == "unavailable"
    assert "Kafka" in answer.json()["broker"]
    assert "index.sqlite3" in answer.json()["index"]


async def test_health_is_well_when_both_answer(tmp_path: Path) -> None:
    """With index and broker the health is 200, and no key is asked for."""
    settings = Settings(data_dir=tmp_path, kafka_brokers="unset", api_keys="desk:read=k")
    with EmbeddedBroker(embedded_topics(settings)) as broker:
        settings = settings.model_copy(update={"kafka_brokers": broker.address})
        index = SqliteIndex(tmp_path / "index.sqlite3")
        site = Site(settings, index, KeepingProducer(), Broadcast(), Broadcast(), httpx.AsyncClient())
        app = app_of(site)
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost") as client:
            answer = await client.get("/health")
        await index.close()
    assert (answer.status_code, answer.json()["status"]) == (200, "ok")


async def test_metrics_are_given(site: Site) -> None:
    """Prometheus finds its text format."""
    answer = await site.client.get("/metrics")
    assert "python_info" in answer.text
