"""The inference service: one thread owns the model, and articles are read in batches by token budget and age.

Batches form here, not in Faust's `take`: its timer is free-running, so its batches are ragged. A caller that waits
for its answer fills the window of deliveries, which pauses the partition: back-pressure reaches Kafka.
"""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import structlog

from models.model import Model
from streams.enrichment import Enrichment
from streams.errors import DeadLetterReason, ModelBusy, UnreadableInput
from streams.metrics import BATCH_ARTICLES, BATCH_FILL, BATCH_SECONDS, QUEUE_AGE_SECONDS, QUEUE_ARTICLES
from streams.records import Article
from streams.settings import Settings

log = structlog.get_logger(__name__)

CALL_TOKENS = 16_384
"""So much one call of the model holds, or one pass where that is more: it sorts them by length, so that little is
padded."""
CHARS_PER_TOKEN = 4
KILL_MARK = "tidewatch-test-hook:kill"
"""With `test_hooks` on, an article whose title holds this kills the process as a bug in native code would."""


@dataclass(slots=True)
class _Request:
    article: Article
    tokens: int
    arrived: float
    answer: asyncio.Future[Enrichment]


def estimated_tokens(article: Article) -> int:
    """Guess the tokens of an article from its length: packing by true length is the model's own work."""
    return 2 + (len(article.title) + len(article.body)) // CHARS_PER_TOKEN


class InferenceService:
    """Answer requests for enrichment, many at once, in the order of their arrival."""

    def __init__(self, load: Callable[[], Model], settings: Settings, alone: Callable[[], bool]) -> None:
        self._load = load
        self._alone = alone
        self._settings = settings
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="model")
        self._queue: asyncio.Queue[_Request] = asyncio.Queue()
        self._task: asyncio.Task[None] | None = None
        self._model: Model | None = None

    async def start(self) -> Model:
        """Load the model in its thread and begin to answer; return the model for its names only."""
        loop = asyncio.get_running_loop()
        self._model = await loop.run_in_executor(self._thread, self._load)
        self._task = asyncio.create_task(self._answer(), name="inference")
        return self._model

    async def stop(self) -> None:
        """Answer no more; a batch under way ends first."""
        if self._task is not None:
            self._task.cancel()
        await asyncio.to_thread(self._thread.shutdown, wait=True, cancel_futures=True)

    async def enrich(self, article: Article) -> Enrichment:
        """Return what the model says of an article.

        Raises:
            UnreadableInput: the model fails on this very article, alone.
        """
        answer: asyncio.Future[Enrichment] = asyncio.get_running_loop().create_future()
        self._queue.put_nowait(_Request(article, estimated_tokens(article), time.monotonic(), answer))
        QUEUE_ARTICLES.set(self._queue.qsize())
        return await answer

    async def _answer(self) -> None:
        while True:
            batch = await self._next_batch()
            BATCH_ARTICLES.observe(len(batch))
            BATCH_FILL.observe(min(1.0, sum(r.tokens for r in batch) / self._budget))
            QUEUE_AGE_SECONDS.observe(time.monotonic() - batch[0].arrived)
            QUEUE_ARTICLES.set(self._queue.qsize())
            began = time.monotonic()
            await self._run(batch)
            BATCH_SECONDS.observe(time.monotonic() - began)

    @property
    def _budget(self) -> int:
        return max(CALL_TOKENS, self._settings.batch_tokens or 0)

    async def _next_batch(self) -> list[_Request]:
        first = await self._queue.get()
        batch, tokens = [first], first.tokens
        # While the ledger lets messages through one at a time, company would be waited for in vain.
        due = first.arrived + (0.0 if self._alone() else self._settings.batch_age_s)
        while tokens < self._budget:
            if self._queue.empty():
                left_s = due - time.monotonic()
                if left_s <= 0:
                    break
                try:
                    async with asyncio.timeout(left_s):
                        request = await self._queue.get()
                except TimeoutError:
                    break
            else:
                request = self._queue.get_nowait()
            batch.append(request)
            tokens += request.tokens
        return batch

    async def _run(self, batch: list[_Request]) -> None:
        loop = asyncio.get_running_loop()
        try:
            answers = await loop.run_in_executor(self._thread, self._call, [r.article for r in batch])
        except ModelBusy as error:
            for request in batch:
                _fail(request, error)
        except Exception as error:
            if len(batch) > 1:  # find the article that the model fails on, so that it alone is put aside
                half = len(batch) // 2
                await self._run(batch[:half])
                await self._run(batch[half:])
                return
            log.warning("model failed", article_id=batch[0].article.article_id, error=repr(error))
            _fail(batch[0], UnreadableInput(DeadLetterReason.MODEL_FAILED, f"{type(error).__name__}: {error}"))
        else:
            for request, answer in zip(batch, answers, strict=True):
                if not request.answer.done():
                    request.answer.set_result(answer)

    def _call(self, articles: list[Article]) -> list[Enrichment]:
        if self._settings.test_hooks and any(KILL_MARK in article.title for article in articles):
            os.kill(os.getpid(), signal.SIGKILL)
        if self._model is None:
            raise RuntimeError("the model is asked before it is loaded: call start() first")
        return self._model.enrich(articles)


def _fail(request: _Request, error: Exception) -> None:
    if not request.answer.done():
        request.answer.set_exception(error)
