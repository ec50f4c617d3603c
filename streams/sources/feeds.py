"""RSS and Atom feeds: conditional requests, a back-off for each feed, and what is new in each."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated
from urllib.parse import parse_qsl, urlsplit, urlunsplit

import httpx
import orjson
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from streams.errors import FeedUnavailable
from streams.identity import digest_of
from streams.retry_after import retry_after_s
from streams.sources.feed_entries import Fields, articles_of
from streams.sources.feed_versions import Versions, unpublished

MAX_FEED_BYTES = 5_000_000
MAX_BACK_OFF_S = 6 * 3600.0
JITTER = 0.2
ENTRIES_KEPT = 500
TIMEOUT_S = 20.0
"""Without a byte …"""
WHOLE_WITHIN_S = 60.0
"""… and for all of them: a server that sends one now and then would hold up the feeds beside it."""
MAX_REDIRECTS = 20
USER_AGENT = "Tidewatch/0.1 (news reader)"


def _sendable(validator: str | None) -> str | None:
    return validator if validator and validator.isascii() else None


HeaderValue = Annotated[str | None, AfterValidator(_sendable)]
"""What a request can carry back: a header that is not ASCII is forgotten, and the whole feed asked for."""


class FeedState(BaseModel):
    """Be what is remembered of one feed between polls."""

    model_config = ConfigDict(frozen=True)

    etag: HeaderValue = None
    modified: HeaderValue = None
    next_poll_s: float = 0.0
    """Seconds since 1970; not before then is the feed asked again."""
    failures: int = 0
    gone: bool = False
    """The server answered 410: the feed is never asked again."""
    seen: tuple[str, ...] = ()
    """Digests of the entries that were published last."""
    versions: Versions = Field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Poll:
    """Be the outcome of asking one feed: its new articles, and the state to keep once they are published."""

    url: str
    articles: tuple[Fields, ...]
    state: FeedState
    problem: str = ""


class FeedStates:
    """Keep the states of all feeds in one JSON file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._states: dict[str, FeedState] = {}
        if path.exists():
            try:
                self._states = TypeAdapter(dict[str, FeedState]).validate_json(path.read_bytes())
            except ValidationError:
                # Asking each feed anew costs some repeats, which have the same ids.
                self._states = {}

    def get(self, url: str) -> FeedState:
        """Return the state of a feed, a fresh one where it was never asked."""
        return self._states.get(url, FeedState())

    def put(self, url: str, state: FeedState) -> None:
        """Keep the state of a feed; the file is replaced whole."""
        self._states[url] = state
        self._path.parent.mkdir(parents=True, exist_ok=True)
        draft = self._path.with_suffix(".tmp")
        draft.write_bytes(orjson.dumps({name: kept.model_dump() for name, kept in self._states.items()}))
        draft.replace(self._path)


def feed_addresses(text: str) -> list[str]:
    """Return the addresses in a feeds file: one a line, `#` begins a comment."""
    lines = (line.split(" #")[0].strip() for line in text.splitlines())
    return [line for line in lines if line and not line.startswith("#")]


def new_client() -> httpx.AsyncClient:
    """Make the client that feeds are asked with."""
    return httpx.AsyncClient(timeout=TIMEOUT_S, headers={"User-Agent": USER_AGENT})


def without_secrets(url: str) -> str:
    """Return an address as a log may hold it: without user and password, and without what its query gives away."""
    try:
        parts = urlsplit(url)
        host = parts.netloc.rpartition("@")[2]
        query = "&".join(f"{name}=…" for name, _ in parse_qsl(parts.query, keep_blank_values=True))
        return urlunsplit((parts.scheme, host, parts.path, query, ""))
    except ValueError:
        return "an address that cannot be read"


async def poll(
    client: httpx.AsyncClient, url: str, state: FeedState, *, now: datetime, interval_s: float, rng: random.Random
) -> Poll:
    """Ask one feed for what is new; never raises for what a feed does."""
    now_s = now.timestamp()
    try:
        response, content = await _get(client, url, state, now)
        if response.status_code == httpx.codes.NOT_MODIFIED:
            return Poll(url, (), state.model_copy(update={"failures": 0, "next_poll_s": now_s + interval_s}))
        if response.status_code == httpx.codes.GONE:
            return Poll(url, (), state.model_copy(update={"gone": True}), "the feed is gone for good (410)")
        found = await asyncio.to_thread(_parse, content, dict(response.headers), url)
    except Exception as error:  # whatever one feed runs into may not stop the others
        failure = error if isinstance(error, FeedUnavailable) else FeedUnavailable(repr(error))
        failures = state.failures + 1
        wait_s = failure.retry_after_s or back_off_s(failures, interval_s, rng)
        failed = state.model_copy(update={"failures": failures, "next_poll_s": now_s + wait_s})
        problem = f"{without_secrets(url)}: {str(failure).replace(url, without_secrets(url))}"
        return Poll(url, (), failed, f"{problem}; asked again in {wait_s:,.0f} s")
    new, versions = unpublished(found, state.seen, state.versions, now)
    kept = max(ENTRIES_KEPT, len(found))
    fresh = FeedState(
        etag=response.headers.get("etag"),
        modified=response.headers.get("last-modified"),
        next_poll_s=now_s + interval_s,
        seen=(*state.seen, *(digest for digest, _ in new))[-kept:],
        versions=dict(list(versions.items())[-kept:]),
    )
    return Poll(url, tuple(fields for _, fields in new), fresh)


def back_off_s(failures: int, interval_s: float, rng: random.Random) -> float:
    """Return how long to leave a feed alone after so many failures in a row: doubling, six hours at most, ± 20%."""
    base_s = min(MAX_BACK_OFF_S, interval_s * 2.0 ** min(failures, 20))
    return base_s * rng.uniform(1 - JITTER, 1 + JITTER)


async def _get(client: httpx.AsyncClient, url: str, state: FeedState, now: datetime) -> tuple[httpx.Response, bytes]:
    headers = {"Accept": "application/atom+xml, application/rss+xml, application/xml;q=0.9, */*;q=0.5"}
    if state.etag:
        headers["If-None-Match"] = state.etag
    if state.modified:
        headers["If-Modified-Since"] = state.modified
    try:
        async with asyncio.timeout(WHOLE_WITHIN_S), _asked(client, url, headers) as response:
            if response.status_code in (httpx.codes.NOT_MODIFIED, httpx.codes.GONE):
                return response, b""
            if not response.is_success:
                after_s = retry_after_s(response.headers.get("retry-after"), now, MAX_BACK_OFF_S)
                raise FeedUnavailable(f"it answered {response.status_code}", after_s)
            if _packings(response) > 1:
                # Four kilobytes packed twice unpack in one step to more than the memory of the machine.
                raise FeedUnavailable("its answer is packed more than once")
            content = bytearray()
            async for chunk in response.aiter_bytes():
                content += chunk
                if len(content) > MAX_FEED_BYTES:
                    raise FeedUnavailable(f"it sends more than {MAX_FEED_BYTES:,} bytes")
            return response, bytes(content)
    except TimeoutError:
        raise FeedUnavailable(f"it did not send all of it within {WHOLE_WITHIN_S:g} s") from None
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise FeedUnavailable(str(error) or type(error).__name__) from error


@asynccontextmanager
async def _asked(client: httpx.AsyncClient, url: str, headers: Mapping[str, str]) -> AsyncIterator[httpx.Response]:
    """Give the answer of the last address of a row of redirects: the client would read and unpack each one's body."""
    request = client.build_request("GET", url, headers=headers)
    for _ in range(MAX_REDIRECTS + 1):
        response = await client.send(request, stream=True)
        try:
            if response.next_request is None:
                yield response
                return
            request = response.next_request
        finally:
            await response.aclose()
    raise FeedUnavailable(f"it redirects more than {MAX_REDIRECTS} times")


def _packings(response: httpx.Response) -> int:
    """Return how often an answer is packed by what the client unpacks; some servers name its alphabet beside."""
    unpacked = response.request.headers.get_list("accept-encoding", split_commas=True)
    named = response.headers.get_list("content-encoding", split_commas=True)
    return sum(packing.strip().lower() in unpacked for packing in named)


def _parse(content: bytes, headers: Mapping[str, str], url: str) -> list[tuple[str, Fields]]:
    """Return digest and fields of each entry, the oldest first."""
    articles = articles_of(content, headers.get("content-type", ""), url)
    return [(digest_of(orjson.dumps(fields, option=orjson.OPT_SORT_KEYS).decode()), fields) for fields in articles]
