"""`tidewatch feeds`: ask RSS and Atom feeds for news, and publish what is new."""

from __future__ import annotations

import asyncio
import random
from typing import Annotated

import httpx
import orjson
import structlog
import typer
from rich.console import Console

from streams.clock import SystemClock
from streams.errors import DataMissing, MisconfiguredError, UnreadableInput
from streams.logs import set_up_logs
from streams.producer import Producer, open_producer
from streams.settings import Settings, load_settings
from streams.sources.feeds import FeedStates, Poll, feed_addresses, new_client, poll, without_secrets
from streams.topics import Topic
from tidewatch.send import Target, event_time, key_of

log = structlog.get_logger(__name__)

AT_ONCE = 10
WAKE_S = 1.0


def feeds(
    addresses: Annotated[list[str] | None, typer.Argument(help="Feeds; else those in TIDEWATCH_FEEDS_FILE.")] = None,
    once: Annotated[bool, typer.Option("--once", help="Ask each feed once, whatever its back-off, and end.")] = False,
) -> None:
    """Poll RSS and Atom feeds and publish their new entries to news.raw; a feed that fails stops no other.

    With --once the status is 1 where one failed.
    """
    settings = load_settings()
    whole = asyncio.run(_feeds(settings, addresses or _configured(settings), once))
    raise typer.Exit(0 if whole else 1)


def _configured(settings: Settings) -> list[str]:
    if settings.feeds_file is None:
        raise MisconfiguredError(
            "no feed is named: give addresses, or set TIDEWATCH_FEEDS_FILE to a file with one a line"
        )
    try:
        found = feed_addresses(settings.feeds_file.read_text("utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise DataMissing(f"cannot read TIDEWATCH_FEEDS_FILE {settings.feeds_file}: {error}") from error
    if not found:
        raise MisconfiguredError(f"{settings.feeds_file} names no feed: write one address a line")
    return found


async def _feeds(settings: Settings, addresses: list[str], once: bool) -> bool:
    """Poll for ever, or once; then say whether every feed answered."""
    set_up_logs(settings)
    states, slots, clock, rng = (
        FeedStates(settings.home / "feeds.json"),
        asyncio.Semaphore(AT_ONCE),
        SystemClock(),
        random.Random(),
    )

    async def ask(client: httpx.AsyncClient, producer: Producer, url: str) -> Poll:
        async with slots:
            answer = await poll(
                client, url, states.get(url), now=clock.now(), interval_s=settings.feed_interval_s, rng=rng
            )
        for fields in answer.articles:
            await _publish(producer, fields)
        # Only what the broker holds is remembered: a crash before this asks again, and ids stay the same.
        states.put(url, answer.state)
        log.info("feed asked", url=without_secrets(url), new=len(answer.articles), problem=answer.problem or None)
        return answer

    async with new_client() as client, open_producer(settings) as producer:
        while True:
            now_s = clock.now().timestamp()
            due = [
                url for url in addresses if once or (states.get(url).next_poll_s <= now_s and not states.get(url).gone)
            ]
            answers = await asyncio.gather(*(ask(client, producer, url) for url in due))
            if once:
                _summarise(answers)
                return not any(answer.problem for answer in answers)
            await asyncio.sleep(WAKE_S)


async def _publish(producer: Producer, fields: dict[str, object]) -> None:
    try:
        key = key_of(fields, Target.NEWS, event_time(fields, Target.NEWS))
        await producer.send(Topic.NEWS_RAW, key=key, value=orjson.dumps(fields))
    except UnreadableInput as error:
        log.warning("an entry is too large", title=str(fields.get("title"))[:80], detail=str(error))


def _summarise(answers: list[Poll]) -> None:
    failed = [answer for answer in answers if answer.problem]
    Console(stderr=True).print(
        f"{sum(len(answer.articles) for answer in answers):,} new articles from {len(answers) - len(failed)} feeds;"
        f" {len(failed)} failed",
        highlight=False,
    )
