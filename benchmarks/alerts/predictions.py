"""What the model says of each text: asked once, kept in a file, so that a run is only detection."""

from __future__ import annotations

import sqlite3
import sys
import time
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path

from models.loading import load_model
from streams.enrichment import EnrichedArticle, Enrichment
from streams.identity import digest_of
from streams.records import Article
from streams.settings import Settings

BATCH = 256
REPORT_EVERY_S = 60.0


class Predictions:
    """Enrich articles, each text once for a version of the model; an interrupted run goes on where it ended."""

    def __init__(self, settings: Settings, folder: Path | None) -> None:
        self._model = load_model(settings)
        self.version = self._model.version
        path = ":memory:"
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
            path = str(folder / f"enrichments-{digest_of(self.version)[:12]}.sqlite3")
        self._kept = sqlite3.connect(path)
        self._kept.execute("CREATE TABLE IF NOT EXISTS enrichments (key TEXT PRIMARY KEY, value BLOB) WITHOUT ROWID")

    def enriched(self, articles: Sequence[Article]) -> Iterator[EnrichedArticle]:
        """Yield each article with what the model says of its text, in order."""
        self._ask({_key(article): article for article in articles})
        for article in articles:
            (value,) = self._kept.execute("SELECT value FROM enrichments WHERE key = ?", (_key(article),)).fetchone()
            yield EnrichedArticle(article=article, enrichment=Enrichment.model_validate_json(zlib.decompress(value)))

    def _ask(self, articles: dict[str, Article]) -> None:
        known = self._kept.execute
        missing = [
            (key, article)
            for key, article in articles.items()
            if known("SELECT 1 FROM enrichments WHERE key = ?", (key,)).fetchone() is None
        ]
        began = told = time.monotonic()
        for start in range(0, len(missing), BATCH):
            batch = missing[start : start + BATCH]
            answers = self._model.enrich([article for _, article in batch])
            rows = [
                (key, zlib.compress(answer.model_dump_json().encode(), 1))
                for (key, _), answer in zip(batch, answers, strict=True)
            ]
            with self._kept:
                self._kept.executemany("INSERT OR REPLACE INTO enrichments VALUES (?, ?)", rows)
            done, now = start + len(batch), time.monotonic()
            if (start == 0 and len(missing) > BATCH) or now - told > REPORT_EVERY_S:
                told = now
                left_s = (now - began) / done * (len(missing) - done)
                print(f"  model: {done:,} of {len(missing):,} texts, about {left_s / 60:.0f} min left", file=sys.stderr)


def _key(article: Article) -> str:
    return digest_of(article.title, article.body)
