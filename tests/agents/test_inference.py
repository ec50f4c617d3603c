"""The inference service."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from agents.inference import CALL_TOKENS, InferenceService
from models.stub import StubModel
from streams.enrichment import Enrichment
from streams.errors import DeadLetterReason, ModelBusy, UnreadableInput
from streams.records import Article, ArticleId
from streams.settings import Settings

AT = datetime(2026, 3, 2, tzinfo=UTC)


def _article(name: str, body: str = "Harbourline said sales rose.") -> Article:
    return Article(article_id=ArticleId(name), title=name, body=body, published_at=AT, updated_at=AT, received_at=AT)


class Recording(StubModel):
    """A stub that remembers its calls and fails where a title says so."""

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[list[str]] = []
        self.threads: set[int] = set()
        self.busy = 0

    def enrich(self, articles: Sequence[Article]) -> list[Enrichment]:
        """Note the call, then fail or answer."""
        self.calls.append([a.title for a in articles])
        self.threads.add(threading.get_ident())
        if self.busy:
            self.busy -= 1
            raise ModelBusy("no memory")
        if any(a.title == "bad" for a in articles):
            raise ZeroDivisionError("of the model")
        return super().enrich(articles)


async def test_requests_share_batches_in_one_thread() -> None:
    """Requests that come together are read together, by one thread that is not the loop's."""
    model = Recording()
    service = InferenceService(lambda: model, Settings(batch_age_s=0.2), lambda: False)
    await service.start()
    answers = await asyncio.gather(*(service.enrich(_article(f"a{i}")) for i in range(20)))
    await service.stop()
    assert model.calls == [[f"a{i}" for i in range(20)]]
    assert len(answers) == 20
    assert len(model.threads) == 1
    assert threading.get_ident() not in model.threads


async def test_a_batch_keeps_to_its_budget() -> None:
    """No batch begins an article once its budget of tokens is spent."""
    model = Recording()
    service = InferenceService(lambda: model, Settings(batch_age_s=0.2), lambda: False)
    await service.start()
    body = "word " * 3_200  # about 4,000 tokens by the estimate
    await asyncio.gather(*(service.enrich(_article(f"a{i}", body)) for i in range(12)))
    await service.stop()
    most = -(-CALL_TOKENS // 4_000)
    assert max(len(call) for call in model.calls) <= most
    assert sum(len(call) for call in model.calls) == 12


async def test_one_bad_article_spoils_no_other() -> None:
    """The article that the model fails on gets the reason; its neighbours get their answers."""
    model = Recording()
    service = InferenceService(lambda: model, Settings(batch_age_s=0.2), lambda: False)
    await service.start()
    names = [f"a{i}" for i in range(7)] + ["bad"]
    answers = await asyncio.gather(*(service.enrich(_article(n)) for n in names), return_exceptions=True)
    await service.stop()
    assert all(isinstance(answer, Enrichment) for answer in answers[:-1])
    assert isinstance(answers[-1], UnreadableInput)
    assert answers[-1].reason is DeadLetterReason.MODEL_FAILED


async def test_a_busy_model_is_retryable() -> None:
    """Lack of memory is not the article's fault: the caller gets the retryable error."""
    model = Recording()
    model.busy = 1
    service = InferenceService(lambda: model, Settings(batch_age_s=0.01), lambda: False)
    await service.start()
    with pytest.raises(ModelBusy):
        await service.enrich(_article("a"))
    await service.enrich(_article("b"))
    await service.stop()


async def test_an_article_alone_waits_for_no_company() -> None:
    """While messages come one at a time, the model is asked at once: nothing else can join the batch."""
    service = InferenceService(StubModel, Settings(batch_age_s=3_600), lambda: True)
    await service.start()
    async with asyncio.timeout(10):
        assert isinstance(await service.enrich(_article("a")), Enrichment)
    await service.stop()
