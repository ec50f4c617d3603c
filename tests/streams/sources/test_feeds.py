"""Feeds, against a server on this machine."""

from __future__ import annotations

import asyncio
import gzip
import html
import random
import threading
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import orjson
import pytest

from streams.decoding import decode_article
from streams.sources import feeds
from streams.sources.feed_entries import article_of
from streams.sources.feeds import (
    FeedState,
    FeedStates,
    Poll,
    back_off_s,
    feed_addresses,
    new_client,
    poll,
    without_secrets,
)

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
ITEM = """<item><title>Quillon &amp; Co {n}</title><link>https://wire.example/{n}</link>
<pubDate>Mon, 02 Mar 2026 09:0{n}:00 +0100</pubDate>
<description>&lt;p&gt;Sales &lt;b&gt;fell&lt;/b&gt;.&lt;/p&gt;
&lt;script&gt;x()&lt;/script&gt;&lt;p&gt;Again.&lt;/p&gt;</description></item>"""


def _rss(*numbers: int) -> bytes:
    items = "".join(ITEM.format(n=n) for n in numbers)
    return f"""<?xml version="1.0"?><rss version="2.0"><channel><title>Wire</title><language>en-gb</language>
{items}</channel></rss>""".encode()


ATOM = b"""<?xml version="1.0" encoding="utf-8"?><feed xmlns="http://www.w3.org/2005/Atom"><title>Ledger</title>
<entry><title>Verdane</title><link href="https://ledger.example/1"/><published>2026-03-02T09:00:00Z</published>
<updated>2026-03-02T10:00:00Z</updated><summary>short</summary>
<content type="html">&lt;p&gt;The whole text&lt;/p&gt;</content>
</entry></feed>"""


@dataclass
class _Server:
    """Answer with what the test put there, and keep the headers of each request."""

    url: str = ""
    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    moved_from: dict[str, str] = field(default_factory=dict)
    """Paths that redirect, each to another …"""
    moved_with: bytes = b""
    """… with a body that is packed twice."""
    asked: list[dict[str, str]] = field(default_factory=list)


@pytest.fixture
def server() -> Iterator[_Server]:
    """Run a server for one test."""
    state = _Server()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            state.asked.append({name.lower(): value for name, value in self.headers.items()})
            moved_to = state.moved_from.get(self.path)
            body = state.body if moved_to is None else state.moved_with
            self.send_response(state.status if moved_to is None else 302)
            moved = {"Location": moved_to or "", "Content-Encoding": "gzip, gzip"}
            for name, value in (state.headers if moved_to is None else moved).items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            """Keep quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        state.url = f"http://127.0.0.1:{running.server_address[1]}/feed"
        yield state
        running.shutdown()
        thread.join()


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    """Open a client for one test."""
    async with new_client() as opened:
        yield opened


async def _poll(client: httpx.AsyncClient, url: str, state: FeedState | None = None) -> Poll:
    return await poll(client, url, state or FeedState(), now=NOW, interval_s=120, rng=random.Random(1))


async def test_rss_entries_become_articles_oldest_first(server: _Server, client: httpx.AsyncClient) -> None:
    """Their HTML stays for the decoding, but for scripts, and dates are in UTC."""
    server.body = _rss(2, 1)
    answer = await _poll(client, server.url)
    assert answer.problem == ""
    assert [fields["url"] for fields in answer.articles] == ["https://wire.example/1", "https://wire.example/2"]
    assert answer.articles[0] == {
        "title": "Quillon & Co 1",
        "body": "<p>Sales <b>fell</b>.</p>\n<p>Again.</p>",
        "source": "Wire",
        "language": "en-gb",
        "url": "https://wire.example/1",
        "published_at": "2026-03-02T08:01:00+00:00",
    }


async def test_atom_gives_content_and_the_time_of_its_correction(server: _Server, client: httpx.AsyncClient) -> None:
    """The whole text wins over the summary."""
    server.body = ATOM
    (article,) = (await _poll(client, server.url)).articles
    assert article["body"] == "<p>The whole text</p>"
    assert article["published_at"] == "2026-03-02T09:00:00+00:00"
    assert article["updated_at"] == "2026-03-02T10:00:00+00:00"


async def test_a_text_loses_its_html_once(server: _Server, client: httpx.AsyncClient) -> None:
    """What an article says of tags stays when it is decoded; an entry of tags alone is none."""
    said = "<p>5 &lt; 6 and &amp;lt;b&amp;gt; is a tag</p>"
    server.body = _rss(1).replace(b"&lt;p&gt;Sales", html.escape(said).encode() + b"&lt;p&gt;Sales")
    (fields,) = (await _poll(client, server.url)).articles
    article = decode_article(orjson.dumps(fields), received_at=NOW, max_body_chars=1_000, max_future_s=60)
    assert article.title == "Quillon & Co 1"
    assert article.body == "5 < 6 and &lt;b&gt; is a tag\n\nSales fell.\n\nAgain."
    assert article_of({"title": "<b></b>", "summary": "<p> </p>"}, "Wire", None) is None


async def test_a_second_request_is_conditional(server: _Server, client: httpx.AsyncClient) -> None:
    """What the server gave as tag and date goes back to it; 304 means nothing new."""
    server.body, server.headers = _rss(1), {"ETag": '"v1"', "Last-Modified": "Mon, 02 Mar 2026 08:00:00 GMT"}
    first = await _poll(client, server.url)
    server.status, server.body = 304, b""
    second = await _poll(client, server.url, first.state)
    assert server.asked[1]["if-none-match"] == '"v1"'
    assert server.asked[1]["if-modified-since"] == "Mon, 02 Mar 2026 08:00:00 GMT"
    assert second.articles == ()
    assert second.state.etag == '"v1"'
    assert second.state.next_poll_s == NOW.timestamp() + 120


async def test_only_new_and_changed_entries_come_again(server: _Server, client: httpx.AsyncClient) -> None:
    """An entry that was published is left out; a corrected one is not."""
    server.body = _rss(1, 2)
    first = await _poll(client, server.url)
    server.body = _rss(1, 2, 3).replace(b"Quillon &amp; Co 2", b"Quillon &amp; Co corrected")
    second = await _poll(client, server.url, first.state)
    assert [fields["title"] for fields in second.articles] == ["Quillon & Co 3", "Quillon & Co corrected"]


async def test_a_correction_that_says_no_time_is_of_now(
    server: _Server, client: httpx.AsyncClient, tmp_path: Path
) -> None:
    """RSS has no time of an update, and the index keeps the latest version: what comes of a restart is that, too."""
    path, later = tmp_path / "feeds.json", NOW + timedelta(minutes=30)
    server.body = _rss(1, 2)
    FeedStates(path).put(server.url, (await _poll(client, server.url)).state)
    server.body = server.body.replace(b"Quillon &amp; Co 2", b"CORRECTED: Quillon &amp; Co 2")
    again = await poll(
        client, server.url, FeedStates(path).get(server.url), now=later, interval_s=120, rng=random.Random(1)
    )
    (fields,) = again.articles
    article = decode_article(orjson.dumps(fields), received_at=later, max_body_chars=1_000, max_future_s=60)
    assert (article.title, article.updated_at) == ("CORRECTED: Quillon & Co 2", later)
    assert article.published_at == datetime(2026, 3, 2, 8, 2, tzinfo=UTC)


async def test_a_file_without_versions_learns_them(server: _Server, client: httpx.AsyncClient, tmp_path: Path) -> None:
    """What an earlier release kept is read, publishes nothing again, and the next correction wins."""
    path = tmp_path / "feeds.json"
    server.body = _rss(1)
    first = (await _poll(client, server.url)).state
    path.write_bytes(orjson.dumps({server.url: first.model_dump(exclude={"versions"})}))
    second = await _poll(client, server.url, FeedStates(path).get(server.url))
    assert (second.articles, second.state) == ((), first)
    server.body = server.body.replace(b"Quillon", b"Verdane")
    (fields,) = (await _poll(client, server.url, second.state)).articles
    assert fields["updated_at"] == NOW.isoformat()


async def test_what_is_remembered_of_a_feed_is_bounded(
    server: _Server, client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The versions of the entries that were met last stay, and all of those that the feed holds now."""
    monkeypatch.setattr(feeds, "ENTRIES_KEPT", 3)
    state = FeedState()
    for numbers in ((1, 2), (2, 3), (2, 4), (2, 5)):
        server.body = _rss(*numbers)
        state = (await _poll(client, server.url, state)).state
    assert len(state.versions) == len(state.seen) == 3
    server.body = _rss(2, 5, 4).replace(b"Quillon", b"Verdane")
    assert all("updated_at" in fields for fields in (await _poll(client, server.url, state)).articles)


@pytest.mark.parametrize(
    ("status", "body"),
    [(500, b""), (404, b""), (200, b"<html><body>no feed</body></html>"), (200, b"\x00\xff"), (200, b"")],
)
async def test_a_bad_feed_is_left_alone_for_longer_each_time(
    status: int, body: bytes, server: _Server, client: httpx.AsyncClient
) -> None:
    """Whatever it answers, nothing is raised, and waiting doubles."""
    server.status, server.body = status, body
    first = await _poll(client, server.url)
    second = await _poll(client, server.url, first.state)
    waits = [answer.state.next_poll_s - NOW.timestamp() for answer in (first, second)]
    assert server.url in first.problem
    assert 0.8 * 240 <= waits[0] <= 1.2 * 240
    assert 0.8 * 480 <= waits[1] <= 1.2 * 480


async def test_a_server_that_says_when_is_taken_at_its_word(server: _Server, client: httpx.AsyncClient) -> None:
    """Retry-After wins over the back-off."""
    server.status, server.headers = 429, {"Retry-After": "900"}
    assert (await _poll(client, server.url)).state.next_poll_s == NOW.timestamp() + 900


async def test_a_feed_that_is_gone_is_not_asked_again(server: _Server, client: httpx.AsyncClient) -> None:
    """410 marks the feed."""
    server.status = 410
    assert (await _poll(client, server.url)).state.gone


async def test_a_dead_host_is_a_failure_like_others(client: httpx.AsyncClient) -> None:
    """Nothing listens there, and nothing is raised."""
    answer = await _poll(client, "http://127.0.0.1:9/feed")
    assert answer.state.failures == 1


async def test_an_endless_feed_is_cut_off(
    server: _Server, client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No more than the cap is read."""
    monkeypatch.setattr(feeds, "MAX_FEED_BYTES", 100)
    server.body = _rss(1)
    assert "more than 100 bytes" in (await _poll(client, server.url)).problem


@pytest.mark.parametrize(
    ("encoding", "said"),
    [
        ("gzip", ""),
        ("UTF-8, gzip", ""),
        ("identity, GZIP", ""),
        ("gzip, gzip", "packed more than once"),
        ("gzip, GZIP, gzip", "packed more than once"),
    ],
)
async def test_a_feed_that_is_packed_twice_is_not_unpacked(
    server: _Server, client: httpx.AsyncClient, encoding: str, said: str
) -> None:
    """A few kilobytes of it become gigabytes in one step, before anybody can count them; an alphabet packs nothing."""
    server.body, server.headers = _rss(1), {"Content-Encoding": encoding}
    for _ in range(encoding.lower().count("gzip")):
        server.body = gzip.compress(server.body)
    answer = await _poll(client, server.url)
    assert said in answer.problem
    assert len(answer.articles) == (0 if said else 1)


async def test_what_a_redirect_holds_is_not_read(
    server: _Server, client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may be packed twice, or have no end; the feed at the other address is read, where the redirects have one."""
    read = httpx.Response.aread

    async def aread(response: httpx.Response) -> bytes:
        assert not response.is_redirect
        return await read(response)

    monkeypatch.setattr(httpx.Response, "aread", aread)
    server.body, server.moved_from = _rss(1), {"/old": "/older", "/older": "/feed", "/round": "/round"}
    server.moved_with = gzip.compress(gzip.compress(bytes(1_000_000)))
    answer = await _poll(client, server.url.replace("/feed", "/old"), FeedState(etag='"7"'))
    assert (answer.problem, len(answer.articles)) == ("", 1)
    assert [asked["if-none-match"] for asked in server.asked] == ['"7"'] * 3
    answer = await _poll(client, server.url.replace("/feed", "/round"))
    assert "it redirects more than 20 times" in answer.problem


class _Dripping(httpx.AsyncByteStream):
    async def __aiter__(self) -> AsyncIterator[bytes]:
        while True:
            yield b" "
            await asyncio.sleep(0.001)


async def test_a_feed_that_drips_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that sends a byte now and then holds a place for a bounded time only."""
    monkeypatch.setattr(feeds, "WHOLE_WITHIN_S", 0.05)
    transport = httpx.MockTransport(lambda _: httpx.Response(200, stream=_Dripping()))
    async with httpx.AsyncClient(transport=transport) as client, asyncio.timeout(5):
        answer = await _poll(client, "http://slow.example/feed")
    assert answer.state.failures == 1
    assert "within 0.05 s" in answer.problem


async def test_a_retry_after_that_nobody_can_mean_is_a_failure_like_others(
    server: _Server, client: httpx.AsyncClient
) -> None:
    """A digit that is no number raises nothing: the feed is left alone for the usual while."""
    server.status, server.headers = 503, {"Retry-After": "²"}
    assert (await _poll(client, server.url)).state.failures == 1


async def test_a_parser_that_fails_is_one_feeds_failure(
    server: _Server, client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever the parser of feeds raises is said, and the feed is left alone for the usual while."""

    def fail(*_: object) -> None:
        raise RecursionError("too deep")

    monkeypatch.setattr(feeds, "articles_of", fail)
    server.body = _rss(1)
    answer = await _poll(client, server.url)
    assert answer.state.failures == 1
    assert "RecursionError('too deep')" in answer.problem


@pytest.mark.parametrize(
    "url", ["http://wire.example:port/feed", "http://[::1/feed", "ftp://wire.example/feed", "\ud800"]
)
async def test_an_address_that_cannot_be_asked_is_a_failure_like_others(url: str, client: httpx.AsyncClient) -> None:
    """A slip in the feeds file stops no other feed."""
    assert (await _poll(client, url)).state.failures == 1


@pytest.mark.parametrize("name", ["ETag", "Last-Modified"])
async def test_a_validator_that_no_request_can_carry_is_forgotten(
    name: str, server: _Server, client: httpx.AsyncClient
) -> None:
    """A server may send bytes in a header that a client may not: the next request goes without it."""
    server.body, server.headers = _rss(1), {name: '"Börse-1"'}
    first = await _poll(client, server.url)
    server.body, server.headers = _rss(1, 2), {"ETag": '"Boerse-2"'}
    second = await _poll(client, server.url, first.state)
    assert not {"if-none-match", "if-modified-since"} & server.asked[1].keys()
    assert (len(second.articles), second.state.etag) == (1, '"Boerse-2"')


async def test_a_validator_kept_before_is_forgotten(tmp_path: Path, server: _Server, client: httpx.AsyncClient) -> None:
    """A file that holds one already does not stop the feed at every start."""
    path = tmp_path / "feeds.json"
    path.write_bytes(orjson.dumps({server.url: {"etag": '"Börse-1"', "modified": "gestern früh", "seen": ["d"]}}))
    state = FeedStates(path).get(server.url)
    assert state == FeedState(seen=("d",))
    server.body = _rss(1)
    assert len((await _poll(client, server.url, state)).articles) == 1


def test_states_are_kept_in_a_file(tmp_path: Path) -> None:
    """A new process knows what the last one knew; a spoilt file is begun anew."""
    path = tmp_path / "deep" / "feeds.json"
    FeedStates(path).put("https://a.example", FeedState(etag="x", failures=2, seen=("d",)))
    assert FeedStates(path).get("https://a.example") == FeedState(etag="x", failures=2, seen=("d",))
    path.write_text("{")
    assert FeedStates(path).get("https://a.example") == FeedState()


def test_waiting_is_bounded() -> None:
    """After many failures it is six hours, give or take a fifth."""
    assert back_off_s(60, 120, random.Random(1)) <= 6 * 3600 * 1.2


def test_a_feeds_file_has_comments() -> None:
    """Blank lines and comments are no addresses."""
    text = "# ours\nhttps://a.example/rss  # daily\n\n https://b.example/#top\n"
    assert feed_addresses(text) == ["https://a.example/rss", "https://b.example/#top"]


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        (
            "https://desk:s3cret@wire.example:8443/rss?apikey=abc&lang=en",
            "https://wire.example:8443/rss?apikey=…&lang=…",
        ),
        ("https://wire.example/rss#top", "https://wire.example/rss"),
        ("https://[bad/rss", "an address that cannot be read"),
    ],
)
def test_no_secret_of_an_address_is_shown(url: str, shown: str) -> None:
    """User, password and the values of a query are left out."""
    assert without_secrets(url) == shown


async def test_what_a_feed_failed_with_holds_no_secret() -> None:
    """The problem names the feed, and neither its password nor its key."""
    url = "http://desk:s3cret@127.0.0.1:9/rss?apikey=abc123"
    async with new_client() as client:
        answer = await poll(client, url, FeedState(), now=NOW, interval_s=60, rng=random.Random(1))
    assert answer.problem.startswith("http://127.0.0.1:9/rss?apikey=…: ")
    assert "s3cret" not in answer.problem
    assert "abc123" not in answer.problem
