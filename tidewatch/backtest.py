"""`tidewatch backtest`: which alerts the rules would have given on the news of the past."""

from __future__ import annotations

import asyncio
import math
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import orjson
import typer
from pydantic import ValidationError
from rich.console import Console

from alerts.backtest import Backtest, Known, in_order, span_days, with_budget
from alerts.rules import MAX_BUDGET_PER_DAY, Rules, load_rules
from models.topics import NAMES
from streams.clock import Clock, SystemClock
from streams.decoding import decode_article
from streams.enrichment import Embedding, EnrichedArticle, Enrichment, Sentence
from streams.errors import DeadLetterReason, MisconfiguredError, UnreadableInput
from streams.records import Article
from streams.settings import Settings, load_settings
from streams.sinks.index import ArticleQuery, Index
from streams.sinks.opening import open_index
from tidewatch.enrich import CHUNK, GIVEN, opened
from tidewatch.outputs import check_outputs

ASKED = "asked"
REPORT_BUDGETS = (1.0, 2.0, 5.0, 10.0)
"""Alerts a day that the report compares."""
PAGE = 1_000
FETCHED_AT_ONCE = 32
SHOWN_PROBLEMS = 10

Enrich = Callable[[Sequence[Article]], Sequence[Enrichment]]


def _number(value: float | None) -> float | None:
    if value is not None and math.isnan(value):  # no bound is passed by what is no number
        raise typer.BadParameter("give a number")
    return value


def backtest(
    files: Annotated[
        list[str] | None, typer.Argument(help="JSON lines, raw or enriched, gzip too; - is stdin.")
    ] = None,
    rules: Annotated[Path | None, typer.Option(help="A rules file; the default rules if not given.")] = None,
    budget: Annotated[
        float | None,
        typer.Option(
            min=0.001,
            max=MAX_BUDGET_PER_DAY,
            callback=_number,
            help="Alerts a day in place of the rules' own, shared by those of names and topics.",
        ),
    ] = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Write here, not to standard output.")] = None,
    report: Annotated[Path | None, typer.Option(help="Also write an HTML report here, for several budgets.")] = None,
    index: Annotated[bool, typer.Option("--index", help="Read the articles of the index, not files.")] = False,
    days: Annotated[int, typer.Option(min=1, help="With --index: how many days back.")] = 30,
) -> None:
    """Say which alerts the rules would have given: one a line, by what was known at each moment.

    All articles are read, then sorted as a whole by the time at which they were known, so files may come in any order.
    """
    if bool(files) == index:
        raise MisconfiguredError("name files of JSON lines, or --index to read what is indexed: one of the two")
    read = [Path(file) for file in files or () if file != "-"]
    check_outputs([path for path in (output, report) if path], [*read, rules] if rules else read)
    settings, clock = load_settings(), SystemClock()
    content = Rules.default() if rules is None else load_rules(rules, NAMES)
    console, problems = Console(stderr=True, highlight=False), Problems()
    if index:
        since = clock.now() - timedelta(days=days)
        enriched = asyncio.run(indexed_since(open_index(settings), since))
        known = [Known.of(article, content.min_relevance) for article in enriched]
    else:
        reader = Reader(settings, clock, _model_of(settings))
        found = (article for file in files or () for article in _of_file(file, reader, problems))
        known = [Known.of(article, content.min_relevance) for article in found]
    for line in problems.lines():
        console.print(line, style="yellow", markup=False)
    known = in_order(known)
    if budget is not None:
        content = with_budget(content, budget)
    choices = {f"{per_day:g}": with_budget(content, per_day) for per_day in REPORT_BUDGETS} if report else {}
    run = Backtest({ASKED: content, **choices})
    run.take(known)
    alerts = run.alerts(ASKED)
    with output.open("wb") if output else nullcontext(sys.stdout.buffer) as sink:
        for alert in alerts:
            sink.write(alert.model_dump_json().encode() + b"\n")
        sink.flush()
    if report is not None:
        from alerts.report import render

        chosen = {"asked": alerts, **{name: run.alerts(name) for name in choices}}
        report.write_text(render(known, chosen, content), encoding="utf-8")
    mentions = sum(len(article.mentions) for article in known)
    console.print(
        f"{len(alerts):,} alerts from {len(known):,} articles, {mentions:,} mentions, {span_days(known):,.1f} days;"
        f" {problems.count:,} lines skipped; rules {content.version}"
    )


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
    """Read lines of three forms: raw articles, the flat lines of `tidewatch enrich`, and records of `news.enriched`."""

    def __init__(self, settings: Settings, clock: Clock, enrich: Enrich) -> None:
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
                _check_dated(article)
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
        try:
            row = orjson.loads(line)
        except orjson.JSONDecodeError as error:
            raise UnreadableInput(DeadLetterReason.NOT_JSON, str(error)) from None
        if isinstance(row, dict) and "enrichment" in row:
            return _validated(row)
        if isinstance(row, dict) and "article_id" in row and "sentences" in row:
            return _validated({"article": _given(row), "enrichment": _said(row)})
        if isinstance(row, dict) and "error" in row and "line" in row:
            raise UnreadableInput(DeadLetterReason.MISSING_TEXT, f"an error of enrichment: {row['error']}")
        article = decode_article(
            line,
            received_at=self._clock.now(),
            max_body_chars=self._settings.max_body_chars,
            max_future_s=self._settings.max_future_s,
        )
        return article.model_copy(update={"received_at": article.published_at})


async def indexed_since(index: Index, since: datetime) -> list[EnrichedArticle]:
    """Return every article of the index published since a moment, each with its embedding."""
    found: list[EnrichedArticle] = []
    cursor: str | None = None
    try:
        while True:
            page = await index.search_articles(ArticleQuery(since=since, limit=PAGE, cursor=cursor))
            # A search leaves the vectors out, and stories are told apart by them.
            ids = [hit.article.article.article_id for hit in page.hits]
            for start in range(0, len(ids), FETCHED_AT_ONCE):
                batch = await asyncio.gather(*(index.get_article(i) for i in ids[start : start + FETCHED_AT_ONCE]))
                found += [article for article in batch if article is not None]
            cursor = page.cursor
            if cursor is None or not page.hits:
                return found
    finally:
        await index.close()


def _of_file(file: str, reader: Reader, problems: Problems) -> Iterator[EnrichedArticle]:
    with opened(file) as lines:
        yield from reader.read(lines, lambda number, detail: problems.add(file, number, detail))


def _model_of(settings: Settings) -> Enrich:
    """Return a function that loads the model at its first call: enriched lines need none."""
    loaded: list[Any] = []

    def enrich(articles: Sequence[Article]) -> Sequence[Enrichment]:
        if not loaded:
            from models.loading import load_model

            loaded.append(load_model(settings))
        answers: Sequence[Enrichment] = loaded[0].enrich(articles)
        return answers

    return enrich


def _validated(row: dict[str, Any]) -> EnrichedArticle:
    try:
        return EnrichedArticle.model_validate(row)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise UnreadableInput(DeadLetterReason.WRONG_TYPE, f"{where}: {first['msg']}") from None


def _check_dated(taken: Article | EnrichedArticle) -> None:
    # An enriched line has a date all the same: that of its enrichment, which may have been today.
    article = taken.article if isinstance(taken, EnrichedArticle) else taken
    if article.published_at_source != "feed":
        raise UnreadableInput(DeadLetterReason.IMPOSSIBLE_DATE, "no published_at: it has no place in the past")


def _given(row: dict[str, Any]) -> dict[str, Any]:
    published_at = row.get("published_at")
    fields = {key: row[key] for key in GIVEN if key in row}
    return {**fields, "body": _body(row), "updated_at": published_at, "received_at": published_at}


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
    try:
        sentences = [Sentence.model_validate(sentence) for sentence in row["sentences"]]
    except (TypeError, ValidationError) as error:
        raise UnreadableInput(DeadLetterReason.WRONG_TYPE, f"sentences: {str(error).splitlines()[0]}") from None
    body = ""
    for sentence in sentences:
        if sentence.field == "body":
            body = body.ljust(min(sentence.start, len(body) + 100)) + sentence.text
    return body
