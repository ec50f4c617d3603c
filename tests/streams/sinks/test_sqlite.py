"""What is SQLite's own; the rest is in the index contract."""

from __future__ import annotations

import asyncio
import resource
import sqlite3
from pathlib import Path

import pytest

from streams.errors import IndexUnavailable, MisconfiguredError
from streams.interests import Interest, Profile
from streams.records import ArticleId, ReaderId
from streams.sinks.index import ArticleDocument, ArticleQuery, Written
from streams.sinks.sqlite import SqliteIndex
from tests.streams.sinks.articles import NOON, enriched


async def test_words_are_found_by_their_stem(tmp_path: Path) -> None:
    """A search for a word finds its other forms, and letters without their accents."""
    index = SqliteIndex(tmp_path / "index.sqlite3")
    await index.put_articles([ArticleDocument(enriched(body="The café was striking a deal."), NOON.date())])
    for text in ("strike", "deals", "cafe"):
        assert (await index.search_articles(ArticleQuery(text=text))).total == 1, text
    await index.close()


async def test_reading_goes_on_while_another_process_writes(tmp_path: Path) -> None:
    """While a writer is in the middle of a transaction, readers see what was there before, without waiting."""
    path = tmp_path / "index.sqlite3"
    index = SqliteIndex(path)
    await index.put_articles([ArticleDocument(enriched("a"), NOON.date())])
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    other.execute("DELETE FROM articles")
    async with asyncio.timeout(5):
        assert (await index.search_articles(ArticleQuery())).total == 1
    other.execute("ROLLBACK")
    other.close()
    await index.close()


async def test_failed_batch_leaves_nothing(tmp_path: Path) -> None:
    """A batch that fails in the middle is not half written, and the index goes on."""
    index = SqliteIndex(tmp_path / "index.sqlite3")
    broken = ArticleDocument(enriched("b"), None)  # type: ignore[arg-type]
    with pytest.raises(AttributeError):
        await index.put_articles([ArticleDocument(enriched("a"), NOON.date()), broken])
    assert await index.get_article(ArticleId("a")) is None
    (outcome,) = await index.put_articles([ArticleDocument(enriched("a"), NOON.date())])
    assert outcome.written is Written.NEW
    await index.close()


async def test_forgotten_reader_leaves_no_bytes(tmp_path: Path) -> None:
    """After erasing, neither the file nor the log beside it holds the reader's id."""
    index = SqliteIndex(tmp_path / "index.sqlite3")
    interest = Interest(id="nwa", name="Northwind Airways", weight=1.0)
    reader = ReaderId("reader-with-a-telling-name")
    await index.put_profiles([Profile(reader_id=reader, at=NOON, clicks=1, entities=(interest,))])

    def files_hold(text: str) -> bool:
        return any(text.encode() in path.read_bytes() for path in tmp_path.iterdir())

    assert files_hold(reader)
    assert await index.forget_reader(reader)
    assert not files_hold(reader)
    await index.close()


async def test_file_of_an_earlier_format_goes_on(tmp_path: Path) -> None:
    """A file from before scores were kept keeps its articles, and gets what it lacks."""
    path = tmp_path / "index.sqlite3"
    index = SqliteIndex(path)
    await index.put_articles([ArticleDocument(enriched("a"), NOON.date())])
    await index.close()
    earlier = sqlite3.connect(path)
    earlier.executescript("DROP TABLE scores; DROP TABLE novelties; PRAGMA user_version = 1")
    earlier.close()
    index = SqliteIndex(path)
    await index.put_articles([ArticleDocument(enriched("b"), NOON.date())])
    assert await index.get_article(ArticleId("a")) == enriched("a")
    assert [score.version for score in await index.scores_of(ArticleId("b"))] == [enriched("b").version]
    await index.close()


async def test_file_of_another_format_is_left_alone(tmp_path: Path) -> None:
    """A file that a later version made is refused by name, not changed."""
    path = tmp_path / "index.sqlite3"
    made = sqlite3.connect(path)
    made.execute("PRAGMA user_version = 99")
    made.close()
    index = SqliteIndex(path)
    with pytest.raises(MisconfiguredError, match="format 99"):
        await index.prepare()
    assert not (await index.check()).reachable
    await index.close()


async def test_damaged_file_that_is_moved_away_is_left(tmp_path: Path) -> None:
    """Who had it open finds what was written into the new one, without a start."""
    path = tmp_path / "index.sqlite3"
    index = SqliteIndex(path)
    documents = [ArticleDocument(enriched(f"a{number}", body="word " * 1000), NOON.date()) for number in range(20)]
    await index.put_articles(documents)
    assert await index.get_article(ArticleId("a0")) is not None
    await index.forget_reader(ReaderId("nobody"))  # all of it is in the file then
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * (path.stat().st_size - 4096))
    with pytest.raises(MisconfiguredError, match="move it away"):
        await index.get_article(ArticleId("a19"))
    for each in tmp_path.iterdir():
        each.unlink()
    other = SqliteIndex(path)
    await other.put_articles([ArticleDocument(enriched("b"), NOON.date())])
    assert await index.get_article(ArticleId("b")) is not None
    await other.close()
    await index.close()


async def test_failing_disk_is_named(tmp_path: Path) -> None:
    """Also where SQLite took back by itself what failed in the middle; with room again, writing goes on."""
    path = tmp_path / "index.sqlite3"
    index = SqliteIndex(path)
    await index.put_articles([ArticleDocument(enriched("first"), NOON.date())])
    room = (tmp_path / "index.sqlite3-wal").stat().st_size + 40_000
    documents = [ArticleDocument(enriched(f"a{number}", body="word " * 30_000), NOON.date()) for number in range(40)]
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, hard))
    try:
        with pytest.raises(IndexUnavailable, match=r"used: .*\bdisk\b"):
            await index.put_articles(documents)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert {outcome.written for outcome in await index.put_articles(documents)} == {Written.NEW}
    await index.close()


async def test_file_that_is_no_database_is_left_alone(tmp_path: Path) -> None:
    """A file of something else is refused, not overwritten."""
    path = tmp_path / "index.sqlite3"
    path.write_text("a shopping list, and rather a long one " * 50)
    index = SqliteIndex(path)
    with pytest.raises(MisconfiguredError, match="no index"):
        await index.prepare()
    assert path.read_text().startswith("a shopping list")
    await index.close()
