"""Light and dark."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser

from tests.web.console.conftest import HOSTILE, Desk, open_page

DARK = "document.body.classList.contains('body--dark')"


@pytest.mark.browser
async def test_a_choice_holds_on_every_page(desk: Desk, browser: Browser) -> None:
    """What was chosen stays through refreshes, on the other pages and on the way back, and is taken back alike."""
    page = await open_page(browser, desk.url)
    assert not await page.evaluate(DARK)
    for dark in (True, False):
        await page.get_by_role("button", name="Switch between dark and light").click()
        await page.wait_for_function(f"{DARK} === {str(dark).lower()}")
        await page.wait_for_timeout(5_000)  # twice as long as between two refreshes
        assert await page.evaluate(DARK) is dark
        await page.goto(f"{desk.url}/alerts/e1")
        await page.get_by_text(HOSTILE).wait_for()
        await page.wait_for_function(f"{DARK} === {str(dark).lower()}")
        await page.goto(f"{desk.url}/notifications")
        await page.get_by_text("Nothing is silenced.").wait_for()
        await page.wait_for_function(f"{DARK} === {str(dark).lower()}")
        await page.get_by_role("link", name="Back to the news").click()
        await page.get_by_role("link", name="Quillon opens a plant").wait_for()
        await page.wait_for_function(f"{DARK} === {str(dark).lower()}")
