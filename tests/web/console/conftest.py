"""The console in a real browser, served by `tidewatch web` on embedded parts."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from playwright.async_api import Browser, Page, async_playwright

from streams.alerting import AlertTransition
from streams.broker import EmbeddedBroker
from streams.events import to_cloudevent
from streams.producer import open_producer
from streams.settings import Settings
from streams.sinks.sqlite import SqliteIndex
from streams.topics import FIRST_PARTITION, Topic
from tests.pipeline.conftest import embedded_topics
from tests.stack.server import free_ports
from tests.stack.workers import environment_of
from tests.web.conftest import enriched, fill, transition

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
HOSTILE = "<svg onload=alert(1)></script>`${alert(2)}` {{alert(3)}} Quillon"
WIDE, NARROW = {"width": 1440, "height": 900}, {"width": 390, "height": 844}


@dataclass(slots=True)
class Desk:
    """Hold a running web process, and what it reads from."""

    url: str
    settings: Settings
    index: SqliteIndex

    async def alert(self, step: AlertTransition) -> None:
        """Put a step of an episode on the topic, as the alert role does."""
        headers, value = to_cloudevent(step, self.settings)
        async with open_producer(self.settings) as producer:
            await producer.send(
                Topic.ALERTS, key=b"k", value=value, headers=list(headers.items()), partition=FIRST_PARTITION
            )


@asynccontextmanager
async def served(home: Path, program: str = "tidewatch", **chosen: str) -> AsyncIterator[Desk]:
    """Fill an index, and serve it; the first answer of the page comes before the test does."""
    index = SqliteIndex(home / "index.sqlite3")
    articles = [
        enriched("Quillon opens a plant", 1, "Profit rose &amp; <b>growth</b> is strong."),
        enriched("Quillon recalls a product", 2, "A fraud and a loss."),
        enriched(HOSTILE, 3, source=HOSTILE, url="javascript:alert(4)"),
    ]
    await fill(index, articles)
    await index.put_alerts([transition(1, sentence=HOSTILE)])
    (port,) = free_ports(1)
    settings = Settings(data_dir=home, web_port=port, kafka_brokers="unset")
    with EmbeddedBroker(embedded_topics(settings)) as broker:
        settings = settings.model_copy(update={"kafka_brokers": broker.address})
        server = await asyncio.create_subprocess_exec(
            sys.executable, "-m", program, "web", env=os.environ | environment_of(settings) | chosen
        )
        try:
            url = f"http://127.0.0.1:{port}"
            async with asyncio.timeout(60), httpx.AsyncClient() as client:
                while True:
                    try:
                        await client.get(f"{url}/health")
                        break
                    except httpx.TransportError:
                        await asyncio.sleep(0.1)
            yield Desk(url, settings, index)
        finally:
            server.terminate()
            await server.wait()
            await index.close()


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    """Serve without keys."""
    async with served(tmp_path) as desk:
        yield desk


@pytest.fixture
async def browser(chromium: str) -> AsyncIterator[Browser]:
    """Start a browser."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield browser
        await browser.close()


async def open_page(browser: Browser, url: str, viewport: dict[str, int] = WIDE) -> Page:
    """Open the page of articles."""
    page = await browser.new_page(viewport=viewport)  # type: ignore[arg-type]
    await page.goto(url)
    await page.get_by_role("link", name="Quillon opens a plant").wait_for()
    return page
