"""What the tests of models share: articles about invented companies, the packaged encoder, and the model on it."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from models.encoder import Encoder
from models.reading import EncoderModel
from streams.records import Article, ArticleId, EntityHint
from streams.settings import Settings

NOW = datetime(2026, 11, 24, 14, 30, tzinfo=UTC)
MakeArticle = Callable[..., Article]


@pytest.fixture
def make_article() -> MakeArticle:
    """Return a maker of articles from title, body, and the names that the feed gives."""

    def make(
        title: str = "", body: str = "", *, hints: tuple[EntityHint, ...] = (), language: str | None = None
    ) -> Article:
        return Article(
            article_id=ArticleId(f"a-{abs(hash((title, body))):x}"),
            title=title,
            body=body,
            language=language,
            published_at=NOW,
            updated_at=NOW,
            received_at=NOW,
            entities=hints,
        )

    return make


@pytest.fixture(scope="session")
def encoder() -> Encoder:
    """Load the packaged encoder once."""
    return Encoder.load(Settings(device="cpu"))


@pytest.fixture(scope="session")
def model() -> EncoderModel:
    """Load the packaged encoder with the built-in heads and gazetteer once."""
    return EncoderModel.load(Settings(device="cpu"))


@pytest.fixture(scope="session")
def real_data() -> Path:
    """Return the folder of the real sets, or skip: they are not part of the repository."""
    named = os.environ.get("TIDEWATCH_DATA")
    folder = Path(named) if named else Path(__file__).parents[3] / "shared" / "data"
    if not (folder / "sentiment").is_dir():
        pytest.skip("the real sets are not here: name their folder in TIDEWATCH_DATA")
    return folder
