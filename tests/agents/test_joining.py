"""Clicks and articles brought together."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import pytest

from agents.joining import Joining
from streams.clock import ManualClock
from streams.decoding import decode_record, encode_record
from streams.enrichment import EnrichedArticle
from streams.interests import Click, Read
from streams.records import ArticleId, ReaderId
from streams.settings import Settings
from streams.topics import Topic
from tests.agents.durability import StandIn, message
from tests.streams.sinks.articles import NOON, enriched


class Desk:
    """Hand over articles and clicks, and see which clicks are sent on."""

    def __init__(self) -> None:
        application: Any = StandIn(ManualClock(NOON), Settings())
        self.application = application
        self.joining = Joining(application)

    async def article(self, hours: int, title: str = "Vantor falls", generation: int = 0) -> list[Read]:
        """Publish a version of the article; return what is sent."""
        made: EnrichedArticle = enriched("a", at=NOON + timedelta(hours=hours))
        article = made.article.model_copy(update={"title": title})
        answer = made.enrichment.model_copy(update={"generation": generation})
        value = encode_record(made.model_copy(update={"article": article, "enrichment": answer}))
        return await self._sent(await self.joining.handle_article(message(Topic.NEWS_ENRICHED, b"a", value)))

    async def click(self, place: int) -> list[Read]:
        """Click on the article; return what is sent."""
        click = Click(click_id=f"c{place}", reader_id=ReaderId("ada"), article_id=ArticleId("a"), at=NOON)
        return await self._sent(await self.joining.handle_click(message(Topic.CLICKS, b"a", encode_record(click))))

    async def _sent(self, confirmations: Iterable[Any]) -> list[Read]:
        for table in self.application.tables.values():
            table.flush()
        for confirmation in confirmations:
            await confirmation
        records, self.application.outlet.records[:] = list(self.application.outlet.records), []
        assert {(record.topic, record.key) for record in records} <= {(Topic.READS, b"ada")}
        return [decode_record(Read, record.value) for record in records]


def clicked(reads: list[Read]) -> list[tuple[str, str]]:
    """Return which clicks were sent, and with which title."""
    return [(read.click.click_id, read.title) for read in reads]


async def test_clicks_wait_for_their_article() -> None:
    """What came before the article goes with it, what comes after goes at once."""
    desk = Desk()
    assert await desk.click(0) == await desk.click(1) == await desk.click(0) == []
    assert clicked(await desk.article(0)) == [("c0", "Vantor falls"), ("c1", "Vantor falls")]
    assert clicked(await desk.click(2)) == [("c2", "Vantor falls")]


async def test_a_repeat_sends_what_waited_again() -> None:
    """The reads may never have arrived, also where a correction was taken before the process died."""
    desk = Desk()
    await desk.click(0)
    assert clicked(await desk.article(0)) == clicked(await desk.article(0)) == [("c0", "Vantor falls")]
    await desk.article(1, "Vantor recovers")
    assert clicked(await desk.article(0)) == [("c0", "Vantor recovers")]


@pytest.mark.parametrize(("hours", "generation"), [(1, 0), (0, 1)])
async def test_a_correction_sends_nothing_that_went_before(hours: int, generation: int) -> None:
    """Nor does a rescoring: the clicks went with the first version. Later ones go with the corrected article."""
    desk = Desk()
    await desk.click(0)
    await desk.article(0)
    assert await desk.article(hours, "Vantor recovers", generation) == []
    assert clicked(await desk.click(1)) == [("c1", "Vantor recovers")]
