"""The console page in a real browser, served by `tidewatch web` on embedded parts."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import orjson
import pytest
from playwright.async_api import Browser

from streams.contents import read_to_end
from streams.decoding import encode_record
from streams.producer import open_producer
from streams.sinks.index import ArticleDocument
from streams.subscriptions import DeliveryOutcome
from streams.topics import FIRST_PARTITION, Topic
from tests.stack.server import free_ports
from tests.web.conftest import KEYS, enriched, transition
from tests.web.console.conftest import HOSTILE, NARROW, WIDE, Desk, open_page, served


async def test_choices_and_the_search_stay_on_one_line(desk: Desk, browser: Browser) -> None:
    """What the style says of our own boxes does not reach into the parts that the library draws."""
    page = await open_page(browser, desk.url)
    for part in (".choice", ".tools .q-field"):
        for place in await page.locator(part).all():
            box = await place.bounding_box()
            assert box is not None
            assert box["height"] <= 44


async def test_the_console_is_behind_the_keys(tmp_path: Path) -> None:
    """Without a session the page leads to the login; a wrong key or a forged cookie gets none, a right one does."""
    async with (
        served(tmp_path, TIDEWATCH_API_KEYS=KEYS) as desk,
        httpx.AsyncClient(base_url=desk.url) as client,
    ):
        shut = await client.get("/")
        assert (shut.status_code, shut.headers["location"]) == (303, "/login")
        assert "Quillon" not in shut.text
        assert (await client.post("/login", data={"key": "guess"})).status_code == 401
        forged = {"Cookie": "tidewatch_session=9999999999.forged"}
        assert (await client.get("/", headers=forged)).headers["location"] == "/login"
        answer = await client.post("/login", data={"key": "r-key"})
        assert (answer.status_code, answer.headers["location"]) == (303, "/")
        # Lax, so that a link in web mail leads to its alert: no page changes anything when it is only opened.
        assert {"HttpOnly", "SameSite=lax"} <= set(answer.headers["set-cookie"].split("; "))
        shown = await client.get("/")
        assert shown.status_code == 200
        assert "Quillon opens a plant" in shown.text
        assert (await client.get("/v1/articles")).status_code == 401, "a session opens the page, not the interface"


async def test_an_unknown_page_leads_back(desk: Desk) -> None:
    """An address that there is no page for says so in our own words."""
    async with httpx.AsyncClient(base_url=desk.url) as client:
        answer = await client.get("/nothing")
    assert answer.status_code == 404
    assert "There is no such page" in answer.text
    assert '<a href="/">' in answer.text
    assert "NiceGUI" not in answer.text


@pytest.mark.browser
async def test_long_names_fit(desk: Desk, browser: Browser) -> None:
    """A ticker beside a name of 160 characters stays in one line; who goes by keyboard sees where they are."""
    long = transition(7).model_copy(update={"name": "Quillon " * 20, "ticker": "QUILLON"})
    await desk.index.put_alerts([long])
    page = await open_page(browser, desk.url)
    ticker = page.get_by_label("Alerts", exact=True).get_by_text("QUILLON", exact=True)
    box = await ticker.bounding_box()
    assert box is not None
    assert box["height"] < 24
    await page.get_by_role("button", name="24 h").focus()
    await page.keyboard.press("Tab")
    await page.wait_for_function("getComputedStyle(document.activeElement).boxShadow !== 'none'")


@pytest.mark.browser
async def test_the_page_lives(desk: Desk, browser: Browser) -> None:
    """Articles, chart, figures and health are there; what is new appears by itself, and an alert as it is sent."""
    page = await open_page(browser, desk.url)
    stream, alerts = page.get_by_label("Articles", exact=True), page.get_by_label("Alerts", exact=True)
    assert await stream.get_by_role("article").count() == 3
    await alerts.get_by_text("8 negative stories in 6 h, 0.6 expected").wait_for()
    await page.get_by_label("Sentiment", exact=True).locator("svg").wait_for()
    await page.get_by_text("Index answers").wait_for()
    await page.get_by_text("Broker answers").wait_for()

    new = enriched("Verdane Energy finds gas", 9)
    await desk.index.put_articles([ArticleDocument(new, new.article.published_at.date())])
    await stream.get_by_role("link", name="Verdane Energy finds gas").wait_for()
    assert "Verdane Energy" in await stream.get_by_role("article").first.inner_text()

    await desk.alert(transition(2).model_copy(update={"name": "Corvane Payments"}))
    await alerts.get_by_text("Corvane Payments").wait_for()
    await desk.alert(transition(2).model_copy(update={"kind": "resolved", "revision": 1, "name": "Corvane Payments"}))
    await alerts.get_by_text("resolved 2 Mar 15:00").wait_for()
    assert await alerts.get_by_role("article").count() == 1


@pytest.mark.browser
async def test_what_is_hostile_is_text(desk: Desk, browser: Browser) -> None:
    """Markup in a title, a source or a sentence is shown as it is and does nothing; nothing comes from elsewhere."""
    page = await browser.new_page(viewport=WIDE)
    said: list[str] = []
    asked: list[str] = []
    page.on("dialog", lambda dialog: said.append(dialog.message))
    page.on("request", lambda request: asked.append(request.url))
    await page.goto(desk.url)
    await page.get_by_label("Alerts", exact=True).get_by_text(HOSTILE).wait_for()
    stream = page.get_by_label("Articles", exact=True)
    assert await stream.locator("h3").get_by_text(HOSTILE, exact=True).count() == 1
    assert await stream.locator(".source").get_by_text(HOSTILE, exact=True).count() == 1
    await page.get_by_label("Sentiment", exact=True).locator("svg").wait_for()
    assert await page.locator("svg[onload]").count() == 0
    assert await page.locator("a[href^=javascript]").count() == 0
    assert said == []
    foreign = [url for url in asked if not url.startswith((desk.url, desk.url.replace("http", "ws"), "data:"))]
    assert foreign == []


@pytest.mark.browser
async def test_a_reason_is_shown_without_html(desk: Desk, browser: Browser) -> None:
    """A sentence behind a label reads as its feed's readers see it."""
    page = await open_page(browser, desk.url)
    stream = page.get_by_label("Articles", exact=True)
    await stream.get_by_text("Why positive").click()
    await stream.locator(".why").get_by_text("Profit rose & growth is strong.", exact=True).wait_for()


@pytest.mark.browser
async def test_the_stream_is_narrowed(desk: Desk, browser: Browser) -> None:
    """Words, a label and an entity narrow the stream, by pointer and by keyboard, and are taken back."""
    page = await open_page(browser, desk.url)
    stream = page.get_by_label("Articles", exact=True)
    cards = stream.get_by_role("article")
    plant = stream.get_by_role("link", name="Quillon opens a plant")

    await page.get_by_label("Search words").fill("recalls")
    await plant.wait_for(state="detached")
    assert await cards.count() == 1
    await page.get_by_label("Search words").fill("")
    await plant.wait_for()

    await page.get_by_role("button", name="negative", exact=True).click()
    await plant.wait_for(state="detached")
    await page.get_by_role("button", name="all", exact=True).click()
    await plant.wait_for()

    await cards.first.get_by_role("button", name="Only Quillon Foods").focus()
    await page.keyboard.press("Enter")
    chosen = page.get_by_role("button", name="Remove Entity: Quillon Foods")
    await chosen.wait_for()
    await page.get_by_role("heading", name="Sentiment over time: Quillon Foods").wait_for()
    await page.wait_for_url("**/?entity=demo%3Aquillon")
    await chosen.press("Enter")
    await chosen.wait_for(state="detached")
    await page.wait_for_url(f"{desk.url}/")


@pytest.mark.browser
async def test_an_address_narrows_the_stream(desk: Desk, browser: Browser) -> None:
    """A link may carry the filters; of an entity it carries the id, and the page finds the name."""
    page = await browser.new_page()
    await page.goto(f"{desk.url}/?q=recalls&label=negative&entity=demo:quillon")
    stream = page.get_by_label("Articles", exact=True)
    await stream.get_by_role("link", name="Quillon recalls a product").wait_for()
    assert await stream.get_by_role("article").count() == 1
    await page.get_by_role("heading", name="Sentiment over time: Quillon Foods, “recalls”").wait_for()
    await page.get_by_role("button", name="Remove Entity: Quillon Foods").wait_for()


@pytest.mark.browser
@pytest.mark.parametrize("viewport", [NARROW, WIDE], ids=["narrow", "wide"])
async def test_the_page_fits(desk: Desk, browser: Browser, viewport: dict[str, int]) -> None:
    """Nothing runs out of the window to the side, and the theme can be switched."""
    page = await open_page(browser, desk.url, viewport)
    await page.get_by_label("Sentiment", exact=True).locator("svg").wait_for()
    await page.wait_for_function(f"document.documentElement.scrollWidth <= {viewport['width']}", timeout=10_000)
    dark = await page.evaluate("document.body.classList.contains('body--dark')")
    await page.get_by_role("button", name="Switch between dark and light").click()
    await page.wait_for_function(f"document.body.classList.contains('body--dark') !== {str(dark).lower()}")


@pytest.mark.browser
async def test_an_index_that_is_away_is_said(tmp_path: Path, browser: Browser) -> None:
    """Without an index the page opens, and says what is wrong instead of showing nothing without a word."""
    (port,) = free_ports(1)
    away = {"TIDEWATCH_INDEX": "elasticsearch", "TIDEWATCH_ELASTICSEARCH_URL": f"http://127.0.0.1:{port}"}
    async with served(tmp_path, **away) as desk:
        page = await browser.new_page(viewport=WIDE)
        await page.goto(desk.url)
        await page.get_by_role("alert").get_by_text(f"127.0.0.1:{port} does not answer").wait_for()
        await page.get_by_text("Index is away").wait_for()
        assert not await page.get_by_text("Nothing unusual").is_visible(), "silence is not good news"


@pytest.mark.browser
async def test_an_alert_is_answered(desk: Desk, browser: Browser) -> None:
    """Who may write acknowledges an alert and marks it; the answer is shown, and is on the topic."""
    page = await open_page(browser, desk.url)
    alerts = page.get_by_label("Alerts", exact=True)
    await alerts.get_by_role("button", name="Acknowledge: Quillon Foods").click()
    await alerts.get_by_text("Acknowledged by anybody").wait_for()
    await alerts.get_by_role("button", name="Acknowledge: Quillon Foods").wait_for(state="detached")
    await alerts.get_by_role("button", name="Useful: Quillon Foods").click()
    await alerts.get_by_text("Called useful by anybody").wait_for()
    await page.goto(f"{desk.url}/alerts/e1")
    alert = page.get_by_label("Alert", exact=True)
    await alert.get_by_text(HOSTILE).wait_for()
    await alert.get_by_text("Called useful by anybody").wait_for()
    await alert.get_by_role("button", name="False alarm: Quillon Foods").click()
    await alert.get_by_text("Called a false alarm by anybody").wait_for()
    await page.goto(f"{desk.url}/alerts/none")
    await page.get_by_text("There is no such episode").wait_for()


@pytest.mark.browser
async def test_a_reader_s_session_answers_nothing(tmp_path: Path, browser: Browser) -> None:
    """Who signed in with a key that may only read sees no button that would change anything."""
    async with served(tmp_path, TIDEWATCH_API_KEYS=KEYS) as desk:
        page = await browser.new_page(viewport=WIDE)  # type: ignore[arg-type]
        for key, buttons in (("r-key", 0), ("w-key", 1)):
            await page.goto(f"{desk.url}/login")
            await page.get_by_label("API key").fill(key)
            await page.get_by_role("button", name="Sign in").click()
            alerts = page.get_by_label("Alerts", exact=True)
            await alerts.get_by_text("8 negative stories in 6 h, 0.6 expected").wait_for()
            assert await alerts.get_by_role("button", name="Acknowledge").count() == buttons


@pytest.mark.browser
@pytest.mark.parametrize("viewport", [NARROW, WIDE], ids=["narrow", "wide"])
async def test_what_is_sent_is_shown(desk: Desk, browser: Browser, viewport: dict[str, int]) -> None:
    """Silences, subscriptions and deliveries are shown as they come; one is ended, one tested, one sent once more."""
    async with httpx.AsyncClient(base_url=desk.url, timeout=20) as client:
        channel = {"kind": "topic"}
        kept = await client.put("/v1/subscriptions/food", json={"name": HOSTILE, "channel": channel})
        assert kept.status_code == 201, kept.text
        ends_at = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
        fields = {"matchers": {"entities": ["demo:quillon"]}, "ends_at": ends_at, "comment": "known"}
        assert (await client.put("/v1/silences/quiet", json=fields)).status_code == 201
    page = await browser.new_page(viewport=viewport)  # type: ignore[arg-type]
    await page.goto(f"{desk.url}/notifications")
    await page.get_by_label("Subscriptions", exact=True).get_by_text(HOSTILE).wait_for()
    silences = page.get_by_label("Silences", exact=True)
    await silences.get_by_text("entities demo:quillon until").wait_for()
    await page.wait_for_function(f"document.documentElement.scrollWidth <= {viewport['width']}", timeout=10_000)
    await silences.get_by_role("button", name="End silence quiet").click()
    await silences.get_by_text("Nothing is silenced.").wait_for()
    await page.get_by_role("button", name="Send a test to").click()
    outcome = DeliveryOutcome.model_validate(
        {
            "notification_id": "n1",
            "subscription_id": "food",
            "attempt": 3,
            "outcome": "failed",
            "dead": True,
            "at": datetime.now(UTC),
            "took_s": 1,
        }
    )
    async with open_producer(desk.settings) as producer:
        value = encode_record(outcome)
        await producer.send(Topic.DELIVERIES, key=b"n1", value=value, partition=FIRST_PARTITION)
    dead = page.get_by_label("Given up", exact=True)
    await dead.get_by_text("failed at try 3, given up").wait_for()
    await dead.get_by_role("button", name="Deliver n1 once more").click()

    async def asked() -> list[str]:
        name = desk.settings.named(Topic.DELIVERIES)
        values = [orjson.loads(record.value) async for record in read_to_end(desk.settings, [name])]
        return [value["request"] for value in values if "request" in value]

    async with asyncio.timeout(20):
        while await asked() != ["test", "replay"]:
            await asyncio.sleep(0.1)
