"""What the page reads from the index."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from streams.sinks.sqlite import SqliteIndex
from tests.web.conftest import NOW, enriched, fill
from web.console.snapshot import SPANS, Filters, read_snapshot


@pytest.fixture
async def index(tmp_path: Path) -> AsyncIterator[SqliteIndex]:
    """Give an empty index."""
    index = SqliteIndex(tmp_path / "index.sqlite3")
    await index.prepare()
    yield index
    await index.close()


async def test_an_empty_index_is_an_empty_page(index: SqliteIndex) -> None:
    """Without articles there is no time line, and no figure is made up."""
    snapshot = await read_snapshot(index, Filters(), 30, NOW)
    assert (snapshot.hits, snapshot.buckets, snapshot.newest) == ((), (), None)
    assert (snapshot.negative_share, snapshot.mean_score) == (None, None)


async def test_the_time_line_ends_with_the_newest_article(index: SqliteIndex) -> None:
    """Every slice up to the newest article is there, empty ones too; a date in the future moves nothing."""
    await fill(index, [enriched("Bad", 0, "A fraud."), enriched("Good", 50, "Growth.")])
    at = NOW + timedelta(days=300)
    snapshot = await read_snapshot(index, Filters(span=SPANS[0]), 30, at)
    assert len(snapshot.buckets) == 24
    assert snapshot.buckets[-1].start == NOW - timedelta(minutes=15)
    assert snapshot.since == NOW - timedelta(hours=6)
    assert [bucket.start for bucket in snapshot.buckets if bucket.counts] == [
        NOW - timedelta(hours=1),
        NOW - timedelta(minutes=15),
    ]
    assert (snapshot.published, snapshot.negative_share) == (2, 0.5)
    ahead = enriched("Mis-stamped").model_copy(deep=True)
    moved = ahead.article.model_copy(update={"published_at": at + timedelta(hours=3), "article_id": "later"})
    await fill(index, [ahead.model_copy(update={"article": moved})])
    assert (await read_snapshot(index, Filters(span=SPANS[0]), 30, at)).newest == snapshot.newest


async def test_filters_narrow_the_stream_and_the_time_line_but_for_the_label(index: SqliteIndex) -> None:
    """A label narrows the stream alone: the time line compares the labels."""
    await fill(
        index, [enriched("Bad", 1, "A fraud."), enriched("Good", 2, "Growth."), enriched("Bad too", 3, "Fraud.")]
    )
    snapshot = await read_snapshot(index, Filters(label="negative"), 1, NOW)
    assert [hit.article.article.title for hit in snapshot.hits] == ["Bad too"]
    assert (snapshot.matching, snapshot.published) == (2, 3)
    assert (await read_snapshot(index, Filters(text="growth"), 30, NOW)).published == 1
    assert (await read_snapshot(index, Filters(entity="nobody"), 30, NOW)).published == 0
    assert Filters(topic="results").narrowed
    assert not Filters(span=SPANS[2]).narrowed


def test_a_page_has_an_address() -> None:
    """The address of a page carries what it is narrowed by, and nothing else."""
    assert Filters().address == "/"
    assert Filters(text="R&D", entity="demo:quillon", label="negative").address == (
        "/?q=R%26D&entity=demo%3Aquillon&label=negative"
    )
