"""The page of what is sent, for whoever goes by keyboard."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import httpx
import pytest
from playwright.async_api import Browser

from streams.decoding import encode_record
from streams.producer import open_producer
from streams.subscriptions import DeliveryOutcome
from streams.topics import FIRST_PARTITION, Topic
from tests.web.console.conftest import WIDE, Desk


@pytest.mark.browser
async def test_rows_stay_as_others_come(desk: Desk, browser: Browser) -> None:
    """What comes in leaves the button that was pressed; where its row goes, the panel has the focus."""
    now = datetime.now(UTC)
    async with httpx.AsyncClient(base_url=desk.url, timeout=20) as client:
        await client.put("/v1/subscriptions/food", json={"name": "Food", "channel": {"kind": "topic"}})
        planned = {
            "starts_at": (now + timedelta(hours=1)).isoformat(),
            "ends_at": (now + timedelta(hours=2)).isoformat(),
        }
        fields = {"matchers": {"entities": ["demo:quillon"], "labels": {"desk": "food"}}} | planned
        assert (await client.put("/v1/silences/later", json=fields)).status_code == 201
    page = await browser.new_page(viewport=WIDE)
    await page.goto(f"{desk.url}/notifications")
    silences = page.get_by_label("Silences", exact=True)
    await silences.get_by_text("entities demo:quillon; desk = food from ").wait_for()
    await page.get_by_role("button", name="Send a test to Food").focus()
    await page.keyboard.press("Enter")
    outcome = DeliveryOutcome.model_validate(
        {
            "notification_id": "n1",
            "subscription_id": "food",
            "attempt": 1,
            "outcome": "delivered",
            "at": now,
            "took_s": 1,
        }
    )
    async with open_producer(desk.settings) as producer:
        await producer.send(Topic.DELIVERIES, key=b"n1", value=encode_record(outcome), partition=FIRST_PARTITION)
    await page.get_by_label("Latest notifications", exact=True).get_by_text("delivered at try 1").wait_for()
    focused = "document.activeElement.getAttribute('aria-label')"
    assert await page.evaluate(focused) == "Send a test to Food"
    await silences.get_by_role("button", name="End silence later").focus()
    await page.keyboard.press("Enter")
    await silences.get_by_text("Nothing is silenced.").wait_for()
    await page.wait_for_function(f"{focused} === 'Silences'")
