"""`tidewatch backtest`: which alerts the rules would have given on the news of the past."""

from __future__ import annotations

import asyncio
import math
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import nullcontext
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from alerts.backtest import Backtest, Known, in_order, with_budget
from alerts.detection.tuning import Tuning
from alerts.period import period_of
from alerts.rules import MAX_BUDGET_PER_DAY, Rules
from alerts.rules_file import load_rules
from models.topics import NAMES
from streams.clock import SystemClock, epoch_ms
from streams.enrichment import EnrichedArticle, Enrichment
from streams.errors import DataMissing, MisconfiguredError
from streams.records import Article
from streams.settings import Settings, load_settings
from streams.sinks.index import ArticleQuery, Index
from streams.sinks.opening import open_index
from streams.sources.files import opened
from tidewatch.article_lines import Enrich, Problems, Reader
from tidewatch.outputs import check_outputs

ASKED = "asked"
REPORT_BUDGETS = (1.0, 2.0, 5.0, 10.0)
"""Alerts a day that the report compares."""
PAGE = 1_000
FETCHED_AT_ONCE = 32


def _number(value: float | None) -> float | None:
    if value is not None and math.isnan(value):  # no bound is passed by what is no number
        raise typer.BadParameter("give a number")
    return value


def backtest(
    files: Annotated[
        list[str] | None, typer.Argument(help="JSON lines, raw or enriched, gzip too; - is stdin.")
    ] = None,
    rules: Annotated[
        Path | None,
        typer.Option(help="A rules file; if not given that of TIDEWATCH_RULES_FILE, or else the default rules."),
    ] = None,
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
    days: Annotated[int, typer.Option(min=1, max=36_500, help="With --index: how many days back.")] = 30,
) -> None:
    """Say which alerts the rules would have given: one a line, by what was known at each moment.

    All articles are read, then sorted as a whole by the time at which they were known, so files may come in any order.
    """
    if bool(files) == index:
        raise MisconfiguredError("name files of JSON lines, or --index to read what is indexed: one of the two")
    read = [Path(file) for file in files or () if file != "-"]
    settings, clock = load_settings(), SystemClock()
    rules = rules or settings.rules_file
    check_outputs([path for path in (output, report) if path], [*read, rules] if rules else read)
    tuning = Tuning.of(settings)
    content = Rules.default() if rules is None else load_rules(rules, NAMES)
    console, problems = Console(stderr=True, highlight=False, soft_wrap=True), Problems()
    breaks: list[str] = []
    reader = Reader(settings, clock, _model_of(settings))
    if index:
        since = clock.now() - timedelta(days=days)
        found: Iterable[EnrichedArticle] = asyncio.run(indexed_since(open_index(settings), since))
    else:
        found = (article for file in files or () for article in _of_file(file, reader, problems, breaks))
    columns = (SpinnerColumn(), TextColumn("{task.description}"), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as progress:
        articles = progress.track(found, total=None, description="articles read")
        least = max(content.min_relevance, settings.alert_min_relevance)
        known = in_order(Known.of(article, least) for article in articles)
        _tell(console, problems, reader)
        if not known and problems.count:
            raise DataMissing("no line could be read: name files of JSON lines, one article a line")
        if budget is not None:
            content = with_budget(content, budget)
        choices = {f"{per_day:g}": with_budget(content, per_day) for per_day in REPORT_BUDGETS} if report else {}
        run = Backtest({ASKED: content, **choices}, tuning)
        run.take(progress.track(known, description="articles watched"))
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
    late = sum(_delay_ms(article) > tuning.max_lateness_ms for article in known)
    if late:
        console.print(
            f"{late:,} articles were known so long after they were published, as where only a corrected text is there,"
            " that they count as late: with their first versions they would count",
            style="yellow",
        )
    period = period_of(known)
    if period and period.outside:
        first = period.outside[0].mentions[0]
        console.print(
            f"dated far from the others: {len(period.outside):,} of the articles, the first {first.at:%Y-%m-%d}"
            f" ({first.url or first.title})",
            style="yellow",
            markup=False,
        )
    console.print(
        f"{len(alerts):,} alerts from {len(known):,} articles, {mentions:,} mentions,"
        f" {period.days if period else 0:,.1f} days;"
        f" {problems.count:,} lines skipped; rules {content.version}"
    )
    if breaks:
        raise DataMissing("\n".join(breaks))


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


def _delay_ms(article: Known) -> int:
    return epoch_ms(article.at) - epoch_ms(article.mentions[0].at)


def _tell(console: Console, problems: Problems, reader: Reader) -> None:
    for line in problems.lines():
        console.print(line, style="yellow", markup=False)
    if reader.without_vector:
        console.print(
            f"{reader.without_vector:,} enriched lines hold no embedding, so that a rewording counts as another story:"
            " enrich with --embedding for the alerts of the raw articles",
            style="yellow",
        )


def _of_file(file: str, reader: Reader, problems: Problems, breaks: list[str]) -> Iterator[EnrichedArticle]:
    with opened(file, breaks) as lines:
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
