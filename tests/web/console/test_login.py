"""Signing in."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest
from playwright.async_api import Browser, Route

from tests.web.conftest import KEYS, Site, app_of
from tests.web.console.conftest import HOSTILE, WIDE, served
from web.console.login import router

MAIL = "http://mail.example/"


@pytest.mark.parametrize(
    ("wanted", "led_to"),
    [
        ("/alerts/e1", "/alerts/e1"),
        ("/?q=a%20b&entity=demo%3Aquillon", "/?q=a%20b&entity=demo%3Aquillon"),
        ("/a//b", "/a//b"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("/\t/evil.example", "/"),
        ("\t//evil.example", "/"),
        ("https://evil.example/", "/"),
        ("https:/evil.example", "/"),
        ("javascript:alert(1)", "/"),
        ("alerts/e1", "/"),
        ("/alerts/é", "/"),
        ("", "/"),
    ],
)
async def test_signing_in_leads_on_within_this_site(locked_site: Site, wanted: str, led_to: str) -> None:
    """Who came for a page of this site gets there, also after a wrong key; an address elsewhere leads to the first."""
    app = app_of(locked_site)
    app.include_router(router)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://localhost") as client:
        shown = await client.get("/login", params={"next": wanted})
        wrong = await client.post("/login", params={"next": wanted}, data={"key": "guess"})
        assert wrong.status_code == 401
        answer = await client.post("/login", params={"next": wanted}, data={"key": "r-key"})
    assert (answer.status_code, answer.headers["location"]) == (303, led_to)
    assert "evil" not in shown.text + wrong.text


async def test_what_is_asked_for_is_no_markup(locked_site: Site) -> None:
    """A path that would end the form's attribute is part of it."""
    app = app_of(locked_site)
    app.include_router(router)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://localhost") as client:
        shown = await client.get("/login", params={"next": '/"><script>alert(1)</script>'})
    assert "<script>" not in shown.text


@pytest.mark.browser
async def test_a_link_in_a_message_leads_to_its_alert(tmp_path: Path, browser: Browser) -> None:
    """Whoever follows it signs in once and is there; the next one opens without a key, from another site too."""
    async with served(tmp_path, TIDEWATCH_API_KEYS=KEYS) as desk:
        page = await browser.new_page(viewport=WIDE)

        async def mail(route: Route) -> None:
            await route.fulfill(content_type="text/html", body=f'<a href="{desk.url}/alerts/e1">See the alert</a>')

        await page.route(MAIL, mail)
        await page.goto(MAIL)
        await page.get_by_role("link", name="See the alert").click()
        await page.get_by_label("API key").fill("r-key")
        await page.get_by_role("button", name="Sign in").click()
        alert = page.get_by_label("Alert", exact=True).get_by_text(HOSTILE)
        await alert.wait_for()
        assert page.url == f"{desk.url}/alerts/e1"
        await page.goto(MAIL)
        await page.get_by_role("link", name="See the alert").click()
        await alert.wait_for()
