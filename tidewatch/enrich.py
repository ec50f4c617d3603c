"""`tidewatch enrich`: the model alone, JSON lines to JSON lines."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from contextlib import nullcontext
from itertools import islice
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer
from rich.console import Console
from rich.text import Text

from models.explanation import Explanation, explain
from models.loading import load_model
from models.model import Model
from streams.clock import Clock, SystemClock
from streams.decoding import decode_article
from streams.enrichment import Enrichment
from streams.errors import DataMissing, UnreadableInput
from streams.records import Article
from streams.settings import Settings, load_settings
from streams.sources.files import opened
from tidewatch.outputs import check_outputs

CHUNK = 64
"""Articles that are read together: enough to fill batches, few enough to stream."""
FAINTEST, STRONG = 0.1, 0.5
"""Shares of the strongest word's weight from which a word is coloured, and from which it stands out."""
GIVEN = ("article_id", "title", "source", "url", "published_at", "published_at_source", "updated_at")
"""What a flat line holds of the article itself."""


def enrich(
    file: Annotated[str, typer.Argument(help="JSON lines, gzip too; - is standard input.")] = "-",
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Write here, not to standard output.")] = None,
    embedding: Annotated[bool, typer.Option("--embedding", help="Add the vector of each article.")] = False,
    explained: Annotated[
        bool,
        typer.Option("--explain", help="Add the words that carry each label; on a terminal, show them in the text."),
    ] = False,
) -> None:
    """Run the model alone: one article a line in, one enriched article a line out, in order.

    An explanation covers the words of the two sentences that carry each label, one at a time, and reads those
    sentences again: some hundred readings of a sentence for an article, so ask for few.
    """
    settings = load_settings()
    if output is not None:
        check_outputs([output], [Path(file)] if file != "-" else [])
    # Before the input is open: what is wrong with a file of the model's is no fault of it.
    model = load_model(settings)
    breaks: list[str] = []
    with opened(file, breaks) as lines, output.open("wb") if output else nullcontext(sys.stdout.buffer) as sink:
        items = read_lines(lines, settings, SystemClock())
        if explained and output is None and sys.stdout.isatty():
            for item in items:
                show(item, model, Console())
        else:
            for answer in enriched_lines(items, model, embedding=embedding, explained=explained):
                sink.write(answer)
            sink.flush()
    if breaks:
        raise DataMissing("\n".join(breaks))


def read_lines(lines: Iterable[bytes], settings: Settings, clock: Clock) -> Iterator[Article | dict[str, Any]]:
    """Yield the article of each line that is not blank, or an object that tells why it cannot be read."""
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            yield decode_article(
                line,
                received_at=clock.now(),
                max_body_chars=settings.max_body_chars,
                max_future_s=settings.max_future_s,
            )
        except UnreadableInput as error:
            yield {"error": str(error), "reason": str(error.reason), "line": number}


def enriched_lines(
    items: Iterable[Article | dict[str, Any]], model: Model, *, embedding: bool = False, explained: bool = False
) -> Iterator[bytes]:
    """Yield one line of JSON for each item, in order; what is no article passes through."""
    remaining = iter(items)
    while waiting := list(islice(remaining, CHUNK)):
        yield from _answers(waiting, model, embedding=embedding, explained=explained)


def show(item: Article | dict[str, Any], model: Model, console: Console) -> None:
    """Print an article once for each label, its words in colour: green for the label, red against it."""
    if not isinstance(item, Article):
        console.print(str(item["error"]), style="red", markup=False)
        return
    for explanation in explain(model, item):
        console.rule(Text(f"{explanation.name}: {explanation.label}"))
        console.print(marked(item, explanation))


def marked(article: Article, explanation: Explanation) -> Text:
    """Return title and body with the words that were covered in colour; the stronger their part, the bolder."""
    text = Text(f"{article.title}\n{article.body}")
    strongest = max((abs(word.weight) for word in explanation.words), default=0.0)
    for word in explanation.words:
        share = abs(word.weight) / strongest if strongest else 0.0
        if share >= FAINTEST:
            shift = 0 if word.field == "title" else len(article.title) + 1
            colour = "green" if word.weight > 0 else "red"
            style = f"bold reverse {colour}" if share >= STRONG else colour
            text.stylize(style, shift + word.start, shift + word.end)
    return text


def flat(article: Article, enrichment: Enrichment, *, embedding: bool) -> dict[str, Any]:
    """Return an enriched article as one flat object: what the feed gave, then what the model says."""
    given = article.model_dump(mode="json", include=set(GIVEN))
    said = enrichment.model_dump(mode="json", exclude={"embedding"})
    if embedding:
        said["embedding"] = enrichment.embedding.array().tolist()
        said["embedding_space"] = enrichment.embedding.space
    return {**given, **said}


def _answers(
    waiting: list[Article | dict[str, Any]], model: Model, *, embedding: bool, explained: bool
) -> Iterator[bytes]:
    articles = [item for item in waiting if isinstance(item, Article)]
    enrichments = iter(model.enrich(articles) if articles else ())
    for item in waiting:
        answer = item
        if isinstance(item, Article):
            answer = flat(item, next(enrichments), embedding=embedding)
            if explained:
                answer["explanation"] = explain(model, item)
        yield orjson.dumps(answer, option=orjson.OPT_APPEND_NEWLINE)
