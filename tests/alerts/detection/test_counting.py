"""What makes one story of two mentions, in the series of a name and in those of many names."""

from __future__ import annotations

import numpy as np
import pytest

from alerts.detection.counting import telling_of
from alerts.detection.memory import hash_of
from alerts.detection.mentions import MARKET, about
from alerts.detection.signatures import signature_of, sketch_of
from alerts.detection.stories import Stories
from alerts.detection.vectors import story_vector_of
from streams.alerting import Mention
from streams.clock import epoch_ms
from streams.enrichment import Embedding
from streams.records import EntityId
from tests.alerts.timelines import BAD, START, article

MISSES = "Vantor misses by two cents and misses on revenue in its second quarter"
VECTOR = story_vector_of(Embedding.of("test", np.ones(8) / np.sqrt(8)))


def _mention(text: str, *names: str, vector: str | None = None, title: str = "") -> Mention:
    mention = article(START, names, BAD, text=text, article_id=f"{text}{names}{title}")[0]
    return mention.model_copy(
        update={"about": about(EntityId(name) for name in names), "story_vector": vector, "title": title}
    )


def _is_one_story(*mentions: Mention) -> bool:
    stories = Stories(10)
    tellings = [telling_of(m, hash_of(m.article_id), epoch_ms(m.at)) for m in mentions]
    return not [stories.take(telling) for telling in tellings][-1].is_new


@pytest.mark.parametrize(
    ("texts", "shared"),
    [
        ((MISSES, MISSES.replace("two", "ten")), {}),
        (("a b c", "x y z"), {"title": "Misses by two cents, misses on revenue"}),
        (("a b c", "x y z"), {"vector": VECTOR}),
    ],
    ids=["words", "headline", "meaning"],
)
def test_the_market_has_a_story_for_each_set_of_names(texts: tuple[str, str], shared: dict[str, str]) -> None:
    """By words, headline or meaning, texts are one story of the market only where they are about the same names."""
    first = _mention(texts[0], "vantor", **shared)
    assert _is_one_story(first, _mention(texts[1], "vantor", **shared))
    assert not _is_one_story(first, _mention(texts[1], "brightwell", **shared))
    assert not _is_one_story(first, _mention(texts[1], "vantor", "brightwell", **shared))


def test_without_names_texts_are_compared_as_they_are() -> None:
    """A mention of a name, and news about nobody, bring their bare signature."""
    of_name, of_nobody = article(START, ["vantor"], BAD, text=MISSES)[1], _mention(MISSES)
    assert of_nobody.series == MARKET
    for mention in (of_name, of_nobody):
        assert (telling_of(mention, 1, 0).sketch == sketch_of(signature_of("", MISSES))).all()
