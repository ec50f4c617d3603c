"""Real articles for the benchmarks: Reuters-21578, read by path and never copied."""

from __future__ import annotations

import gzip
from itertools import islice
from pathlib import Path

import orjson

from streams.errors import DataMissing

REUTERS = Path("topics/reuters21578.jsonl.gz")


def reuters_articles(data: Path, count: int) -> list[bytes]:
    """Return the first `count` articles that have a text and a time, as a feed would send them.

    Raises:
        DataMissing: the folder of data is not there.
    """
    path = data / REUTERS
    if not path.exists():
        raise DataMissing(f"{path} is not there: name the folder of data with --data")
    articles: list[bytes] = []
    with gzip.open(path, "rb") as lines:
        for line in lines:
            row = orjson.loads(line)
            if (row["title"] or row["body"]) and row["time"]:
                fields = {
                    "title": row["title"],
                    "body": row["body"],
                    "published_at": row["time"],
                    "source": "reuters",
                    "url": f"https://reuters.example/{row['id']}",
                    "language": "en",
                }
                articles.append(orjson.dumps(fields))
    return list(islice(articles, count))
