"""Publishing files, on the embedded broker."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import pytest
from aiokafka import ConsumerRecord
from typer.testing import CliRunner

from streams.broker import EmbeddedBroker
from streams.contents import read_to_end
from streams.decoding import decode_article
from streams.errors import DataMissing
from streams.identity import article_id_of
from streams.settings import Settings, load_settings
from streams.topics import wanted_topics
from tidewatch import send
from tidewatch.__main__ import app
from tidewatch.send import Target, event_time, key_of


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    """Run a broker, and let the command find it."""
    names = [topic.name for topic in wanted_topics(Settings(kafka_brokers="unset"))]
    with EmbeddedBroker(names) as broker:
        monkeypatch.setenv("TIDEWATCH_KAFKA_BROKERS", broker.address)
        monkeypatch.setenv("TIDEWATCH_DATA_DIR", str(tmp_path / "data"))
        yield load_settings()


async def _records(settings: Settings, topic: str) -> list[ConsumerRecord]:
    return [record async for record in read_to_end(settings, [topic])]


async def _send(*arguments: str) -> tuple[int, str]:
    result = await asyncio.to_thread(CliRunner().invoke, app, ["send", *arguments])
    return result.exit_code, result.stderr


async def test_lines_go_as_they_are_under_the_articles_id(settings: Settings, tmp_path: Path) -> None:
    """Bytes are not touched, a line that is no JSON goes too, and the closing line counts them."""
    good = b'{"title":  "A", "source": "wire", "url": "https://wire.example/1"}'
    path = tmp_path / "news.jsonl.gz"
    path.write_bytes(gzip.compress(b"\n".join([good, b"not json", b'{"title": "B"}'])))
    code, output = await _send(str(path))
    assert code == 0
    assert "3 lines sent to news.raw" in output
    assert "1 are no JSON object" in output
    found = {record.value: record.key for record in await _records(settings, "news.raw")}
    assert found == {
        good: article_id_of("wire", "https://wire.example/1", "A", None).encode(),
        b"not json": None,
        b'{"title": "B"}': article_id_of("", None, "B", None).encode(),
    }


async def test_fields_are_renamed_and_a_limit_ends_it(settings: Settings, tmp_path: Path) -> None:
    """With --map a line that cannot be parsed is sent unchanged."""
    path = tmp_path / "news.jsonl"
    path.write_bytes(b'{"headline": "A"}\n{\n{"headline": "C"}\n')
    code, output = await _send(str(path), "--map", "title=headline", "--limit", "2")
    assert code == 0
    assert {record.value for record in await _records(settings, "news.raw")} == {b'{"title":"A"}', b"{"}
    assert "2 lines sent" in output


@pytest.mark.parametrize(
    "date", ["2026-03-02T09:00:00Z", "2026-03-02T09:00", 1_772_442_000, 1_772_442_000_000, "1772442000"]
)
def test_an_article_without_an_address_goes_under_the_id_that_it_will_have(date: str | int) -> None:
    """Its date is part of the id, in whatever form it is written: corrections follow what they correct."""
    row = {"title": "A", "source": "wire", "published_at": date}
    now = datetime(2026, 3, 3, tzinfo=UTC)
    decoded = decode_article(orjson.dumps(row), received_at=now, max_body_chars=100, max_future_s=0)
    assert key_of(row, Target.NEWS, event_time(row, Target.NEWS)) == decoded.article_id.encode()


async def test_the_date_of_a_line_is_read_once(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pace and key go by the same reading."""
    read: list[Any] = []
    monkeypatch.setattr(send, "event_time", lambda fields, to: read.append(fields) or event_time(fields, to))
    path, rows = tmp_path / "news.jsonl", [{"title": f"A {n}", "published_at": 1_772_442_000 + n} for n in range(3)]
    path.write_bytes(b"\n".join(map(orjson.dumps, rows)))
    await _send(str(path))
    assert read == rows
    keys = {record.key for record in await _records(settings, "news.raw")}
    assert keys == {key_of(row, Target.NEWS, event_time(row, Target.NEWS)) for row in rows}


async def test_clicks_are_keyed_by_reader_and_paced(settings: Settings, tmp_path: Path) -> None:
    """All clicks of a reader lie in order on one partition."""
    path = tmp_path / "clicks.jsonl"
    clicks = [{"reader_id": f"r{n % 3}", "at": f"2026-03-02T09:00:{n:02d}Z", "n": n} for n in range(30)]
    path.write_bytes(b"\n".join(map(orjson.dumps, clicks)))
    code, _ = await _send(str(path), "--to", "clicks.raw", "--speed", "1000")
    assert code == 0
    records = await _records(settings, "clicks.raw")
    assert {record.key for record in records} == {b"r0", b"r1", b"r2"}
    for reader in range(3):
        mine = [orjson.loads(r.value)["n"] for r in records if r.key == b"r%d" % reader]
        assert mine == list(range(reader, 30, 3))


async def test_a_line_over_the_limit_is_refused_and_the_rest_goes_on(settings: Settings, tmp_path: Path) -> None:
    """The status says that something was left out."""
    path = tmp_path / "news.jsonl"
    path.write_bytes(b"\n".join([orjson.dumps({"title": "x" * 1_100_000}), b'{"title": "B"}']))
    code, output = await _send(str(path))
    assert code == 1
    assert "1 refused as too large" in output
    assert [record.value for record in await _records(settings, "news.raw")] == [b'{"title": "B"}']


async def test_a_file_that_is_missing_ends_in_one_clear_error(settings: Settings, tmp_path: Path) -> None:
    """The error is ours, not a group of others."""
    with pytest.raises(DataMissing, match="is not there"):
        await asyncio.to_thread(
            CliRunner().invoke, app, ["send", str(tmp_path / "nowhere.jsonl")], catch_exceptions=False
        )


async def test_of_a_file_that_breaks_off_what_came_before_is_sent(settings: Settings, tmp_path: Path) -> None:
    """Nothing that was under way is dropped, and the error says how far it came."""
    path = tmp_path / "news.jsonl.gz"
    path.write_bytes(gzip.compress(b"".join(b'{"title": "A %d"}\n' % n for n in range(100)))[:-8])
    with pytest.raises(DataMissing, match="breaks off after 100 lines"):
        await asyncio.to_thread(CliRunner().invoke, app, ["send", str(path)], catch_exceptions=False)
    assert len(await _records(settings, "news.raw")) == 100


async def test_a_speed_that_is_none_is_refused(tmp_path: Path) -> None:
    """The usage error says what can be written."""
    code, output = await _send(str(tmp_path / "x"), "--speed", "fast")
    assert code == 2
    assert "max" in output
