"""The console page in a real browser, served by `tidewatch web` on embedded parts."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
from playwright.async_api import Page, async_playwright

from streams.broker import EmbeddedBroker
from streams.settings import Settings
from streams.sinks.index import ArticleDocument
from streams.sinks.sqlite import SqliteIndex
from tests.pipeline.conftest import embedded_topics
from tests.stack.server import free_ports
from tests.stack.workers import environment_of
from tests.web.conftest import KEYS, enriched, fill, transition

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
HOSTILE = "<img src=x onerror=\"document.title='owned'\"> Quillon"


@pytest.fixture
async def index(tmp_path: Path) -> AsyncIterator[SqliteIndex]:
    """Give an index with a few articles and one alert."""
    index = SqliteIndex(tmp_path / "index.sqlite3")
    articles = [
        enriched("Quillon opens a plant", 1, "Profit rose and growth is strong."),
        enriched("Quillon recalls a product", 2, "A fraud and a loss."),
        enriched(HOSTILE, 3, url="javascript:alert(1)"),
    ]
    await fill(index, articles)
    await index.put_alerts([transition(1, sentence=HOSTILE)])
    yield index
    await index.close()


@asynccontextmanager
async def _served(home: Path, **chosen: str) -> AsyncIterator[str]:
    (port,) = free_ports(1)
    settings = Settings(data_dir=home, web_port=port, kafka_brokers="unset")
    with EmbeddedBroker(embedded_topics(settings)) as broker:
        variables = environment_of(settings) | {"TIDEWATCH_KAFKA_BROKERS": broker.address} | chosen
        server = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tidewatch", "web", env=os.environ | variables
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
            yield url
        finally:
            server.terminate()
            await server.wait()


@pytest.fixture
async def page(index: SqliteIndex, tmp_path: Path, chromium: str) -> AsyncIterator[Page]:
    """Serve the application, and open its page in a browser."""
    async with _served(tmp_path) as url, async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        page = await browser.new_page(viewport={"width": 1280, "height": 900})
        await page.goto(url)
        yield page
        await browser.close()


async def test_the_console_is_behind_the_keys(index: SqliteIndex, tmp_path: Path) -> None:
    """Without a session the page leads to the login; a wrong key or a forged cookie gets none, a right one does."""
    async with _served(tmp_path, TIDEWATCH_API_KEYS=KEYS) as url, httpx.AsyncClient(base_url=url) as client:
        assert (await client.get("/")).headers["location"] == "/login"
        assert (await client.post("/login", data={"key": "guess"})).status_code == 401
        forged = {"Cookie": "tidewatch_session=9999999999.forged"}
        assert (await client.get("/", headers=forged)).headers["location"] == "/login"
        answer = await client.post("/login", data={"key": "r-key"})
        assert answer.status_code == 303
        assert "HttpOnly" in answer.headers["set-cookie"]
        shown = await client.get("/")
        assert shown.status_code == 200
        assert "Quillon opens a plant" in shown.text


@pytest.mark.browser
async def test_the_page_lives(page: Page, index: SqliteIndex) -> None:
    """The page shows articles, chart and alerts, escapes what is hostile, filters, and takes in what comes."""
    await page.get_by_text("Quillon opens a plant").wait_for()
    stream, alerts = page.get_by_label("Articles", exact=True), page.get_by_label("Alerts", exact=True)
    assert await stream.get_by_role("article").count() == 3
    assert await alerts.get_by_text("8 negative stories in 6 h, 0.6 expected").count() == 1
    assert await page.get_by_label("Sentiment", exact=True).locator("canvas").count() == 1

    assert await page.title() == "Tidewatch"
    assert await page.locator("img[src=x]").count() == 0
    assert await page.locator("a[href^=javascript]").count() == 0
    assert await stream.get_by_text(HOSTILE).count() >= 1

    await index.put_articles(
        [ArticleDocument(new := enriched("Verdane Energy finds gas", 9), new.article.published_at.date())]
    )
    await page.get_by_text("Verdane Energy finds gas").wait_for()
    assert await stream.get_by_role("article").count() == 4

    await page.get_by_label("Search").fill("recalls")
    await page.get_by_text("Verdane Energy finds gas").wait_for(state="detached")
    assert await stream.get_by_role("article").count() == 1

    await index.put_alerts(
        [transition(1).model_copy(update={"transition_id": "t1b", "kind": "resolved", "revision": 1})]
    )
    await alerts.get_by_text("resolved", exact=True).wait_for()


@pytest.mark.browser
async def test_the_page_fits_a_narrow_screen(page: Page) -> None:
    """At 390 px nothing runs out of the window to the side."""
    await page.set_viewport_size({"width": 390, "height": 800})
    await page.get_by_text("Quillon opens a plant").wait_for()
    await page.wait_for_function("document.documentElement.scrollWidth <= 390", timeout=10_000)
