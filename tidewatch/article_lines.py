"""Lines of files that hold articles in three forms: raw, as `tidewatch enrich` writes them, and as they are indexed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from pydantic import BaseModel

from streams.clock import Clock
from streams.decoding import check_date, decode_article, decode_fields, decode_object
from streams.enrichment import Embedding, EnrichedArticle, Enrichment, Sentence
from streams.errors import DeadLetterReason, UnreadableInput
from streams.records import Article
from streams.settings import Settings
from tidewatch.enrich import CHUNK, GIVEN

SHOWN_PROBLEMS = 10

Enrich = Callable[[Sequence[Article]], Sequence[Enrichment]]


class _Sentences(BaseModel):
    sentences: list[Sentence]


@dataclass
class Problems:
    """Keep what could not be read: the first few in words, the rest as a number."""

    count: int = 0
    _shown: list[str] = field(default_factory=list)

    def add(self, file: str, number: int, detail: str) -> None:
        """Note one line."""
        self.count += 1
        if len(self._shown) < SHOWN_PROBLEMS:
            self._shown.append(f"{file}:{number}: skipped: {detail}")

    def lines(self) -> list[str]:
        """Return what to tell."""
        more = self.count - len(self._shown)
        return [*self._shown, f"and {more:,} more lines skipped"] if more else list(self._shown)


class Reader:
    """Read lines of three forms: raw articles, the flat lines of `tidewatch enrich`, and records of `news.enriched`.

    A record says when its article arrived, which stands for a date that the feed did not give, as it did in the
    service; the other lines do not, and without a date they are skipped.
    """

    def __init__(self, settings: Settings, clock: Clock, enrich: Enrich) -> None:
        self.without_vector = 0
        """Enriched lines that hold no embedding."""
        self._settings = settings
        self._clock = clock
        self._enrich = enrich

    def read(self, lines: Iterable[bytes], tell: Callable[[int, str], None]) -> Iterator[EnrichedArticle]:
        """Yield the articles of the lines that can be read; tell the number and the fault of each other one."""
        waiting: list[Article] = []
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            try:
                article = self._take(line)
            except UnreadableInput as error:
                tell(number, str(error))
                continue
            if isinstance(article, EnrichedArticle):
                yield article
                continue
            waiting.append(article)
            if len(waiting) >= CHUNK:
                yield from self._enriched(waiting)
                waiting = []
        yield from self._enriched(waiting)

    def _enriched(self, articles: list[Article]) -> Iterator[EnrichedArticle]:
        if articles:
            for article, enrichment in zip(articles, self._enrich(articles), strict=True):
                yield EnrichedArticle(article=article, enrichment=enrichment)

    def _take(self, line: bytes) -> Article | EnrichedArticle:
        row = decode_object(line)
        if "enrichment" in row:
            return self._dated(decode_fields(EnrichedArticle, row))
        if "article_id" in row and "sentences" in row:
            enriched = self._dated(decode_fields(EnrichedArticle, {"article": _given(row), "enrichment": _said(row)}))
            known = _as_known(enriched.article)
            self.without_vector += not isinstance(row.get("embedding"), list)
            return enriched.model_copy(update={"article": known})
        if "error" in row and "line" in row:
            raise UnreadableInput(DeadLetterReason.MISSING_TEXT, f"an error of enrichment: {row['error']}")
        article = decode_article(
            line,
            received_at=self._clock.now(),
            max_body_chars=self._settings.max_body_chars,
            max_future_s=self._settings.max_future_s,
        )
        return _as_known(article)

    def _dated(self, enriched: EnrichedArticle) -> EnrichedArticle:
        now, article = self._clock.now(), enriched.article
        check_date("published_at", article.published_at, now, self._settings.max_future_s)
        check_date("updated_at", article.updated_at, now, self._settings.max_future_s)
        return enriched


def _as_known(article: Article) -> Article:
    """Return an article as having arrived when it could be known: a corrected text not before its correction."""
    # An undated line has a date all the same: that of its reading, which may have been today.
    if article.published_at_source != "feed":
        raise UnreadableInput(DeadLetterReason.IMPOSSIBLE_DATE, "no published_at: it has no place in the past")
    return article.model_copy(update={"received_at": max(article.published_at, article.updated_at)})


def _given(row: dict[str, Any]) -> dict[str, Any]:
    published_at = row.get("published_at")
    fields = {key: row[key] for key in GIVEN if key in row}
    fields["updated_at"] = row.get("updated_at") or published_at
    return {**fields, "body": _body(row), "received_at": published_at}


def _said(row: dict[str, Any]) -> dict[str, Any]:
    vector = row.get("embedding")
    embedding = {"space": "", "vector": ""}
    if isinstance(vector, list):
        try:
            packed = Embedding.of(str(row.get("embedding_space", "")), np.array(vector, dtype=np.float32))
        except (TypeError, ValueError) as error:
            raise UnreadableInput(DeadLetterReason.WRONG_TYPE, f"embedding: {error}") from None
        embedding = packed.model_dump()
    return {**row, "embedding": embedding}


def _body(row: dict[str, Any]) -> str:
    """Return the body put together from its sentences, each at its place: copies are found by its words."""
    body = ""
    for sentence in decode_fields(_Sentences, row).sentences:
        if sentence.field == "body":
            body = body.ljust(min(sentence.start, len(body) + 100)) + sentence.text
    return body
