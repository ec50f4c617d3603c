"""Polling feeds once, on the embedded broker."""

from __future__ import annotations

import asyncio
import functools
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import orjson
import pytest
from typer.testing import CliRunner

from streams.broker import EmbeddedBroker
from streams.contents import read_to_end
from streams.identity import article_id_of
from streams.settings import Settings, load_settings
from streams.topics import wanted_topics
from tidewatch.__main__ import app

FEED = b"""<?xml version="1.0"?><rss version="2.0"><channel><title>Wire</title>
<item><title>Quillon rises</title><link>https://wire.example/1</link></item>
<item><title>Verdane falls</title><link>https://wire.example/2</link></item></channel></rss>"""


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *args: object) -> None:
        """Keep quiet."""


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    """Run a broker and a server with one feed; the feeds file names it after one that is not there."""
    (tmp_path / "feed.xml").write_bytes(FEED)
    names = [topic.name for topic in wanted_topics(Settings(kafka_brokers="unset"))]
    handler = functools.partial(_Quiet, directory=str(tmp_path))
    with EmbeddedBroker(names) as broker, ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        address = f"http://127.0.0.1:{server.server_address[1]}"
        (tmp_path / "feeds.txt").write_text(f"# ours\n{address}/missing.xml\n{address}/feed.xml\n")
        monkeypatch.setenv("TIDEWATCH_FEEDS_FILE", str(tmp_path / "feeds.txt"))
        monkeypatch.setenv("TIDEWATCH_KAFKA_BROKERS", broker.address)
        monkeypatch.setenv("TIDEWATCH_DATA_DIR", str(tmp_path / "data"))
        yield load_settings()
        server.shutdown()
        thread.join()


async def test_new_entries_are_published_once_and_a_bad_feed_stops_nobody(settings: Settings) -> None:
    """A second run asks conditionally and finds nothing new; the status tells of the bad one."""
    first, second = [
        await asyncio.to_thread(CliRunner().invoke, app, ["feeds", "--once"], catch_exceptions=False) for _ in range(2)
    ]
    assert first.exit_code == second.exit_code == 1
    assert "2 new articles from 1 feeds; 1 failed" in first.stderr
    assert "0 new articles" in second.stderr
    records = [record async for record in read_to_end(settings, ["news.raw"])]
    assert {record.key: orjson.loads(record.value)["title"] for record in records} == {
        article_id_of("Wire", "https://wire.example/1", "", None).encode(): "Quillon rises",
        article_id_of("Wire", "https://wire.example/2", "", None).encode(): "Verdane falls",
    }
    assert len(records) == 2
    assert len(orjson.loads((settings.home / "feeds.json").read_bytes())) == 2
