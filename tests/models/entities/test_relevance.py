"""How much an article is about an entity."""

from __future__ import annotations

import time

from models.entities.finding import find_entities
from models.entities.relevance import companions_of, places_of, relevance
from models.text.sentences import split_sentences
from streams.records import EntityHint
from tests.models.conftest import MakeArticle
from tests.models.entities.test_finding import GAZETTEER


def test_relevance_follows_place_and_frequency(make_article: MakeArticle) -> None:
    """Title and frequency lift an entity; one named last and once is least; a hint has half at least."""
    article = make_article(
        "Vantor falls", "Vantor cut its outlook. Much was said. Rivals like Anvil Metals did not.",
        hints=(EntityHint(name="Nowhere"),),
    )  # fmt: skip
    sentences = split_sentences(article.title, article.body)
    found = {e.name: e for e in find_entities(article, GAZETTEER)}
    scores = {
        name: relevance(e, [p for p in places_of(e.spans, sentences) if p is not None], 2, len(sentences))
        for name, e in found.items()
    }
    assert scores["Vantor Robotics Inc."] == 1.0
    assert scores["Anvil Metals"] < 0.25
    assert scores["Nowhere"] == 0.5


def test_companions() -> None:
    """An entity's companions are the others in its sentences; one without a place has none."""
    assert companions_of([[0, 2], [2], [1], []]) == [1, 1, 0, 0]


def test_companions_of_thousands_take_no_time() -> None:
    """Each is held against those of its own sentences alone; a name in all of them has every other beside it."""
    count = 20_000
    began_s = time.process_time()
    found = companions_of([range(count // 10), *([number // 10] for number in range(count))])
    assert time.process_time() - began_s < 5
    assert found == [count, *[10] * count]
