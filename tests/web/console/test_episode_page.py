"""The page of one alert."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Browser

from tests.web.console.ailing import AILMENT, SLOW, UNCONFIRMED
from tests.web.console.conftest import HOSTILE, WIDE, served

AILING = "tests.web.console.ailing"


@pytest.mark.browser
async def test_a_slow_index_fills_the_page_later(tmp_path: Path, browser: Browser) -> None:
    """An index that takes longer than a page may be built for gives the alert a moment later."""
    async with served(tmp_path, AILING, **{AILMENT: SLOW}) as desk:
        page = await browser.new_page(viewport=WIDE)
        await page.goto(f"{desk.url}/alerts/e1")
        await page.get_by_label("Alert", exact=True).get_by_text(HOSTILE).wait_for(timeout=15_000)


@pytest.mark.browser
async def test_an_answer_that_fails_takes_nothing_away(tmp_path: Path, browser: Browser) -> None:
    """What went wrong stands above the alert and its buttons, and stays until the next answer."""
    async with served(tmp_path, AILING, **{AILMENT: UNCONFIRMED}) as desk:
        page = await browser.new_page(viewport=WIDE)
        for address in (f"{desk.url}/alerts/e1", desk.url):
            await page.goto(address)
            useful = page.get_by_role("button", name="Useful: Quillon Foods")
            await useful.click()
            told = page.get_by_role("alert").get_by_text("the broker did not confirm")
            await told.wait_for()
            await page.wait_for_timeout(5_000)  # twice as long as between two refreshes
            assert await told.is_visible(), address
            assert await page.get_by_text(HOSTILE).first.is_visible(), address
            assert await useful.is_enabled(), address
