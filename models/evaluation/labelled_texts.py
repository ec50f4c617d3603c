"""The texts behind our hand-made labels: found in their sets by hash, since the texts themselves are not kept here."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from typing import Any

import orjson

from models.lessons.datasets import rows
from streams.errors import DataMissing
from streams.records import Article, ArticleId

HASH_CHARS = 24
EXTENT_CHARS = 500
"""Of the body of a long text: so much was read and labelled."""


@dataclass(frozen=True, slots=True)
class LabelledSet:
    """Be a set that labels point into: its name in `datasets`, when it was written, and whether it is long."""

    name: str
    at: datetime
    """Of texts without a time of their own: what a ticker means depends on it."""
    long: bool = False


SETS = {
    "reuters": LabelledSet("reuters", datetime(1987, 6, 1, tzinfo=UTC), long=True),
    "tfns_valid": LabelledSet("tfns_valid", datetime(2020, 1, 15, tzinfo=UTC)),
    "tftopic_valid": LabelledSet("tftopic_valid", datetime(2022, 7, 15, tzinfo=UTC)),
    "sentfin": LabelledSet("sentfin", datetime(2014, 6, 1, tzinfo=UTC)),
    "cnndm": LabelledSet("cnndm", datetime(2013, 6, 1, tzinfo=UTC), long=True),
    "xsum": LabelledSet("xsum", datetime(2016, 6, 1, tzinfo=UTC), long=True),
}


def text_hash(row: dict[str, Any]) -> str:
    """Return the hash by which labels name a row: of its text, or of title, line end and body."""
    text = f"{row['title']}\n{row['body']}" if "body" in row else row["text"]
    return hashlib.sha256(text.encode()).hexdigest()[:HASH_CHARS]


def labelled_rows(data: Path, labels: Path, *, whole: bool = False) -> Iterator[tuple[dict[str, Any], Article]]:
    """Yield each line of a file of labels with the article that it names, set by set.

    Raises:
        DataMissing: a set is not there, or holds no text of a hash.
    """
    lines = sorted((orjson.loads(line) for line in labels.read_bytes().splitlines()), key=lambda row: str(row["set"]))
    for name, group in groupby(lines, key=lambda row: str(row["set"])):
        labelled = list(group)
        texts = labelled_texts(data, name, {row["sha256"] for row in labelled}, whole=whole)
        for row in labelled:
            yield row, texts[row["sha256"]]


def labelled_texts(data: Path, name: str, hashes: set[str], *, whole: bool = False) -> dict[str, Article]:
    """Return the texts of a set that have one of the hashes, as articles.

    Args:
        data: the data folder.
        name: the set, a key of `SETS`.
        hashes: what the labels name.
        whole: whether long bodies are returned uncut.

    Raises:
        DataMissing: the set is not there, or holds no text of a hash.
    """
    chosen = SETS[name]
    found: dict[str, Article] = {}
    for row in rows(data, chosen.name):
        if (key := text_hash(row)) in hashes and key not in found:
            body = row.get("body", row.get("text", ""))
            at = datetime.fromisoformat(row["time"]) if row.get("time") else chosen.at
            found[key] = Article(
                article_id=ArticleId(key),
                title=row.get("title", ""),
                body=body[:EXTENT_CHARS] if chosen.long and not whole else body,
                published_at=at,
                updated_at=at,
                received_at=at,
            )
    if missing := hashes - found.keys():
        raise DataMissing(f"{data}: {chosen.name} has no text {min(missing)}: is this the set that was labelled?")
    return found
