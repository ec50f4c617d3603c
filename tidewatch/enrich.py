"""`tidewatch enrich`: the model alone, JSON lines to JSON lines."""

from __future__ import annotations

import gzip
import io
import sys
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Annotated, Any, BinaryIO

import orjson
import typer

from models.loading import load_model
from models.model import Model
from streams.clock import Clock, SystemClock
from streams.decoding import decode_article
from streams.enrichment import Enrichment
from streams.errors import DataMissing, MisconfiguredError, UnreadableInput
from streams.records import Article
from streams.settings import Settings, load_settings

CHUNK = 64
"""Articles that are read together: enough to fill batches, few enough to stream."""
GZIP_MAGIC = b"\x1f\x8b"


def enrich(
    file: Annotated[str, typer.Argument(help="JSON lines, gzip too; - is standard input.")] = "-",
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Write here, not to standard output.")] = None,
    embedding: Annotated[bool, typer.Option("--embedding", help="Add the vector of each article.")] = False,
) -> None:
    """Run the model alone: one article a line in, one enriched article a line out, in order."""
    settings = load_settings()
    if output is not None and output.exists() and Path(file).exists() and output.samefile(file):
        raise MisconfiguredError(f"{output} is also the input: name another file to write")
    with opened(file) as lines, output.open("wb") if output else nullcontext(sys.stdout.buffer) as sink:
        model = load_model(settings)
        for answer in enriched_lines(lines, model, settings, SystemClock(), embedding=embedding):
            sink.write(answer)
        sink.flush()


@contextmanager
def opened(file: str) -> Iterator[Iterable[bytes]]:
    """Open a file or standard input, gzip or not, by its first bytes.

    Raises:
        DataMissing: there is no such file, or its gzip ends too early.
    """
    try:
        if file == "-":
            yield _unpacked(sys.stdin.buffer)
        elif Path(file).is_file():
            with Path(file).open("rb") as raw:
                yield _unpacked(raw)
        else:
            raise DataMissing(f"{file} is not there: name a file of JSON lines, or - for standard input")
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise DataMissing(f"{file} breaks off ({error}): what came before is written; get it whole") from None


def _unpacked(raw: BinaryIO) -> Iterable[bytes]:
    buffered = raw if isinstance(raw, io.BufferedReader) else io.BufferedReader(raw)  # type: ignore[type-var]
    return gzip.GzipFile(fileobj=buffered) if buffered.peek(2)[:2] == GZIP_MAGIC else buffered


def enriched_lines(
    lines: Iterable[bytes], model: Model, settings: Settings, clock: Clock, *, embedding: bool = False
) -> Iterator[bytes]:
    """Yield one line of JSON for each line that is not blank, in order; one that cannot be read tells why."""
    waiting: list[Article | dict[str, Any]] = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            waiting.append(
                decode_article(
                    line,
                    received_at=clock.now(),
                    max_body_chars=settings.max_body_chars,
                    max_future_s=settings.max_future_s,
                )
            )
        except UnreadableInput as error:
            waiting.append({"error": str(error), "reason": str(error.reason), "line": number})
        if len(waiting) >= CHUNK:
            yield from _answers(waiting, model, embedding=embedding)
            waiting = []
    yield from _answers(waiting, model, embedding=embedding)


def flat(article: Article, enrichment: Enrichment, *, embedding: bool) -> dict[str, Any]:
    """Return an enriched article as one flat object: what the feed gave, then what the model says."""
    given = article.model_dump(mode="json", include={"article_id", "title", "source", "url", "published_at"})
    said = enrichment.model_dump(mode="json", exclude={"embedding"})
    if embedding:
        said["embedding"] = enrichment.embedding.array().tolist()
        said["embedding_space"] = enrichment.embedding.space
    return {**given, **said}


def _answers(waiting: list[Article | dict[str, Any]], model: Model, *, embedding: bool) -> Iterator[bytes]:
    articles = [item for item in waiting if isinstance(item, Article)]
    enrichments = iter(model.enrich(articles) if articles else ())
    for item in waiting:
        answer = flat(item, next(enrichments), embedding=embedding) if isinstance(item, Article) else item
        yield orjson.dumps(answer, option=orjson.OPT_APPEND_NEWLINE)
