"""What the tests of models share: articles about invented companies, the packaged encoder, and the model on it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import torch
from transformers import BertConfig, BertModel

from models.evaluation.sets import roles
from models.lessons.lesson import Lesson
from models.lessons.recipe import written_lessons
from models.network import bases
from models.network.bases import Base, find_base
from models.network.encoder import Encoder
from models.reading import EncoderModel
from models.topics import REUTERS_TOP10, tweet_target
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
def tiny_base(tmp_path_factory: pytest.TempPathFactory) -> Base:
    """Make an encoder of two narrow layers with the packaged tokenizer."""
    folder = tmp_path_factory.mktemp("tiny")
    torch.manual_seed(0)
    config = BertConfig(hidden_size=32, num_hidden_layers=2, num_attention_heads=2, intermediate_size=64)
    BertModel(config, add_pooling_layer=False).save_pretrained(folder)
    packaged = bases.base_folder(Settings())
    for name in ("tokenizer.json", "tokenizer_config.json"):
        shutil.copy(packaged / name, folder / name)
    return find_base(Settings(model=str(folder)))


@pytest.fixture(scope="session")
def tiny_lessons() -> list[Lesson]:
    """Return sentences about quantities, and tweets of three topics that a word tells apart."""
    words = {"Earnings": "quarter", "Dividend": "payout", "IPO": "listing"}
    tweets = [
        Lesson(
            "tweets",
            (f"Vantor {word} number {n}",),
            topics=tuple(tweet_target(label)),
            one_topic=True,
            categories=tuple(float(i == place) for i in range(len(REUTERS_TOP10))),
            choosing=n % 5 == 0,
        )
        for place, (label, word) in enumerate(words.items())
        for n in range(30)
    ]
    return [*written_lessons()[:150], *tweets]


@pytest.fixture(scope="session")
def nameless_roles() -> list[str]:
    """Return the texts of roles with every labelled name taken out, so that only their wording is compared."""
    texts = {role.text: role.text for role in roles()}
    for role in roles():
        texts[role.text] = texts[role.text].replace(role.entity, "Company")
    return list(texts.values())


@pytest.fixture
def one_thread() -> Iterator[None]:
    """Compute with one thread: more would only wait for each other on so little."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="session")
def encoder() -> Encoder:
    """Load the packaged encoder once."""
    return Encoder.load(Settings(device="cpu", precision="float32"))


@pytest.fixture(scope="session")
def model() -> EncoderModel:
    """Load the packaged encoder with the built-in heads and gazetteer once."""
    return EncoderModel.load(Settings(device="cpu", precision="float32"))


@pytest.fixture(scope="session")
def half_model() -> EncoderModel:
    """Load the same in half precision once."""
    return EncoderModel.load(Settings(device="cpu", precision="half"))


@pytest.fixture(scope="session")
def real_data() -> Path:
    """Return the folder of the real sets, or skip: they are not part of the repository."""
    named = os.environ.get("TIDEWATCH_DATA")
    folder = Path(named) if named else Path(__file__).parents[3] / "shared" / "data"
    if not (folder / "sentiment").is_dir():
        pytest.skip("the real sets are not here: name their folder in TIDEWATCH_DATA")
    return folder
