"""The index as the indexing agents use it: opened once, written to in bulk, waited for while it is away."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

import structlog

from streams.alerting import AlertTransition
from streams.clock import Clock
from streams.errors import DeadLetterReason, IndexUnavailable, MisconfiguredError, TidewatchError, UnreadableInput
from streams.interests import Profile
from streams.metrics import INDEX_AWAY, INDEX_DELAY_SECONDS, INDEX_RETRIES, INDEX_WRITES
from streams.records import ReaderId
from streams.settings import Settings
from streams.sinks.bulk import BulkWriter
from streams.sinks.index import ArticleDocument, Index, NoveltyDocument, Outcome, Written
from streams.topics import Topic

log = structlog.get_logger(__name__)

ItemT = TypeVar("ItemT")
FIRST_WAIT_S, LONGEST_WAIT_S = 0.5, 10.0
_TOPICS = {
    "prepare": (Topic.NEWS_ENRICHED, Topic.PROFILES, Topic.ALERTS, Topic.NOVELTY),
    "article": (Topic.NEWS_ENRICHED,),
    "profile": (Topic.PROFILES,),
    "erasure": (Topic.PROFILES,),
    "alert": (Topic.ALERTS,),
    "novelty": (Topic.NOVELTY,),
}
"""What of the index each topic needs."""


class BulkSink:
    """Write articles, profiles, alerts and novelties to the index, each in its own bulk requests."""

    def __init__(
        self, open_index: Callable[[], Index], settings: Settings, clock: Clock, alone: Callable[[], bool]
    ) -> None:
        self._open = open_index
        self._alone = alone
        self._settings = settings
        self._clock = clock
        self._index: Index | None = None
        self._starting = asyncio.Lock()
        self._away: dict[str, TidewatchError] = {}
        """Why what is asked of the index was not done last time: it may take one kind of document and not another."""

    @property
    def away(self) -> dict[str, str]:
        """Return why the index is waited for, by topic: a wait with a known reason is no stall."""
        named = self._settings.named
        return {named(topic): str(error) for what, error in self._away.items() for topic in _TOPICS[what]}

    async def start(self) -> None:
        """Open and prepare the index, however long it is away or refuses us; later calls wait for the first.

        Faust would start an agent that ends here again at once, and the role would look live.
        """
        async with self._starting:
            if self._index is not None:
                return
            index = self._open()
            try:
                await self._insist("prepare", index.prepare)
            except BaseException:
                await index.close()
                raise
            self._articles = self._writer("article", index.put_articles)
            self._profiles = self._writer("profile", index.put_profiles)
            self._alerts = self._writer("alert", index.put_alerts)
            self._novelties = self._writer("novelty", index.put_novelties)
            self._forget = index.forget_reader
            self._index = index

    async def _insist(self, what: str, ask: Callable[[], Awaitable[object]]) -> None:
        wait_s = FIRST_WAIT_S
        while True:
            try:
                await ask()
            except (IndexUnavailable, MisconfiguredError) as error:
                self._on_away(what, error)
                await asyncio.sleep(wait_s)
                wait_s = min(LONGEST_WAIT_S, wait_s * 2)
            else:
                return self._on_back(what)

    async def stop(self) -> None:
        """Write what waits, and close the index."""
        if self._index is not None:
            for writer in (self._articles, self._profiles, self._alerts, self._novelties):
                await writer.close()
            await self._index.close()

    async def write_article(self, document: ArticleDocument, size_bytes: int) -> None:
        """Store an article; return when the index holds it or something newer.

        Raises:
            UnreadableInput: the index will never take it.
        """
        await self._put("article", self._articles, document, size_bytes)
        INDEX_DELAY_SECONDS.observe((self._clock.now() - document.article.article.received_at).total_seconds())

    async def write_profile(self, profile: Profile, size_bytes: int) -> None:
        """Store a profile; see `write_article`."""
        await self._put("profile", self._profiles, profile, size_bytes)

    async def forget_reader(self, reader_id: ReaderId) -> None:
        """Erase a profile, however long the index is away; one that is not there is gone already."""
        await self._insist("erasure", lambda: self._forget(reader_id))

    async def write_alert(self, transition: AlertTransition, size_bytes: int) -> None:
        """Append a transition; see `write_article`."""
        await self._put("alert", self._alerts, transition, size_bytes)

    async def write_novelty(self, document: NoveltyDocument, size_bytes: int) -> None:
        """Append a novelty; see `write_article`."""
        await self._put("novelty", self._novelties, document, size_bytes)

    async def _put(self, kind: str, writer: BulkWriter[ItemT], item: ItemT, size_bytes: int) -> None:
        outcome = await (await writer.put(item, size_bytes, alone=self._alone()))
        INDEX_WRITES.labels(kind, outcome.written.value).inc()
        if outcome.written is Written.REJECTED:
            raise UnreadableInput(DeadLetterReason.REJECTED_BY_INDEX, outcome.detail)

    def _writer(self, kind: str, write: Callable[[Sequence[ItemT]], Awaitable[list[Outcome]]]) -> BulkWriter[ItemT]:
        async def watched(items: Sequence[ItemT]) -> list[Outcome]:
            try:
                outcomes = await write(items)
            except (IndexUnavailable, MisconfiguredError) as error:
                INDEX_RETRIES.labels(kind).inc()
                self._on_away(kind, error)
                # Who begins anew because a person has to act dies again and again, and good documents pass for killers.
                raise IndexUnavailable(str(error)) from error
            self._on_back(kind)
            return outcomes

        settings = self._settings
        return BulkWriter(
            watched,
            max_items=settings.bulk_documents,
            max_bytes=settings.bulk_bytes,
            max_age_s=settings.bulk_age_s,
        )

    def _on_away(self, what: str, error: TidewatchError) -> None:
        # Said once for each kind of reason: while an index starts, it may not answer first and refuse us then.
        if not any(type(error) is type(told) for told in self._away.values()):
            topics = ", ".join(self._settings.named(topic) for topic in _TOPICS[what])
            log.warning("index is away; waiting for it", error=str(error), topics=topics)
        self._away[what] = error
        INDEX_AWAY.set(1)

    def _on_back(self, what: str) -> None:
        if self._away.pop(what, None) is not None and not self._away:
            log.info("index is back")
            INDEX_AWAY.set(0)
