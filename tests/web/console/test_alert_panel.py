"""The panel of alerts, for whoever goes by keyboard or hears the page."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser, Page

from tests.web.conftest import transition
from tests.web.console.conftest import Desk, open_page


async def _focused(page: Page, condition: str) -> None:
    await page.wait_for_function(f"(({condition}))(document.activeElement)", timeout=10_000)


@pytest.mark.browser
async def test_the_focus_stays_where_it_was(desk: Desk, browser: Browser) -> None:
    """An answer and a step of the alert leave the button that was pressed; where it goes, its answer has the focus."""
    page = await open_page(browser, desk.url)
    alerts = page.get_by_label("Alerts", exact=True)
    await alerts.get_by_role("button", name="Useful: Quillon Foods").focus()
    await page.keyboard.press("Enter")
    await alerts.get_by_text("Called useful by anybody").wait_for()
    step = transition(1).model_copy(update={"revision": 1, "kind": "updated", "observed": 12, "severity": "medium"})
    await desk.alert(step)
    await alerts.get_by_text("12 negative stories in 6 h, 0.6 expected").wait_for()
    await _focused(page, "of => of.getAttribute('aria-label') === 'Useful: Quillon Foods'")
    await alerts.get_by_role("button", name="Acknowledge: Quillon Foods").focus()
    await page.keyboard.press("Enter")
    await _focused(page, "of => of.innerText.includes('Acknowledged by anybody')")
    await page.keyboard.press("Tab")
    await _focused(page, "of => of.getAttribute('aria-label') === 'Useful: Quillon Foods'")


@pytest.mark.browser
async def test_what_comes_and_goes_is_said_shortly(desk: Desk, browser: Browser) -> None:
    """A screen reader hears which alert is new and which ended, not the panel; what is known is not said again."""
    page = await open_page(browser, desk.url)
    spoken = page.locator(".spoken")
    assert await spoken.get_attribute("role") == "status"
    assert await spoken.inner_text() == ""
    assert await page.locator(".alerts [aria-live]").count() == 0
    new = transition(2).model_copy(update={"name": "Corvane Payments"})
    await desk.alert(new)
    await spoken.get_by_text("New alert: Corvane Payments.", exact=True).wait_for(state="attached")
    await desk.alert(new.model_copy(update={"kind": "resolved", "revision": 1}))
    await spoken.get_by_text("Alert ended: Corvane Payments.", exact=True).wait_for(state="attached")


@pytest.mark.browser
async def test_a_filter_that_is_taken_back_leaves_the_focus_at_the_filters(desk: Desk, browser: Browser) -> None:
    """The next filter that is chosen has it, or else all of them together."""
    page = await open_page(browser, f"{desk.url}/?entity=demo:quillon&topic=results")
    await page.get_by_role("button", name="Remove Entity: ").focus()
    await page.keyboard.press("Enter")
    await _focused(page, "of => of.getAttribute('aria-label') === 'Remove Topic: results'")
    await page.keyboard.press("Enter")
    await _focused(page, "of => of.getAttribute('aria-label') === 'Filters'")
