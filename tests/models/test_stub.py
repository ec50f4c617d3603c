"""The stub keeps the port's promises."""

from __future__ import annotations

import subprocess
import sys

import numpy as np

from models.loading import load_model
from streams.records import EntityHint, EntityId
from streams.settings import Settings
from tests.models.conftest import MakeArticle


def test_the_same_article_gives_the_same_answer(make_article: MakeArticle) -> None:
    """Two stubs agree, alone and in company, and the embedding has length one."""
    first, other = make_article("Vantor falls", "A loss."), make_article("Brightwell rises", "A profit.")
    alone = load_model(Settings(model="stub")).enrich([first])[0]
    assert load_model(Settings(model="stub")).enrich([other, first])[1] == alone
    assert np.isclose(np.linalg.norm(alone.embedding.array()), 1, atol=1e-3)
    assert alone.sentiment.label == "negative"


def test_hints_and_cashtags_are_entities(make_article: MakeArticle) -> None:
    """What the feed names keeps its id; a cashtag is an entity by its ticker."""
    article = make_article("Vantor and $BRW fall", hints=(EntityHint(name="Vantor", id="v-1"),))
    entities = load_model(Settings(model="stub")).enrich([article])[0].entities
    assert {e.id for e in entities} == {EntityId("v-1"), EntityId("ticker:BRW")}
    assert all(article.title[s.start : s.end] == e.name for e in entities for s in e.spans)


def test_marks_alone_are_answered(make_article: MakeArticle) -> None:
    """An article without a sentence has an empty summary."""
    assert load_model(Settings(model="stub")).enrich([make_article("...")])[0].summary.text == ""


def test_the_stub_needs_no_torch() -> None:
    """Loading the stub imports neither torch nor transformers: workers of tests start quickly."""
    code = (
        "import sys; from models.loading import load_model; from streams.settings import Settings;"
        "load_model(Settings(model='stub')); print('torch' in sys.modules or 'transformers' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
