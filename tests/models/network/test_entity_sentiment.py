"""Sentiment of names that fare differently."""

from __future__ import annotations

import numpy as np
import pytest

from models.network.encoder import Encoder, TextSpan
from models.network.entity_sentiment import read_entities
from models.network.heads import BUILT_IN, Heads, load_heads
from models.reading import EncoderModel
from tests.models.conftest import MakeArticle


@pytest.fixture(scope="module")
def heads(encoder: Encoder) -> Heads:
    """Load the packaged heads."""
    return load_heads(BUILT_IN, encoder.base)


@pytest.mark.parametrize(
    ("title", "good", "bad"),
    [
        ("Tesla soars as Rivian sinks", "Tesla", "Rivian"),
        ("Ford soars as General Motors sinks", "Ford", "General Motors"),
        ("PepsiCo slips as Coca-Cola jumps", "Coca-Cola", "PepsiCo"),
        ("Nike rises while Adidas falls", "Nike", "Adidas"),
        ("Intel tumbles but AMD rallies", "AMD", "Intel"),
    ],
)
def test_two_names_have_two_answers(
    model: EncoderModel, make_article: MakeArticle, title: str, good: str, bad: str
) -> None:
    """What is said of one is not heard of the other."""
    (read,) = model.enrich([make_article(title)])
    labels = {title[slice(e.spans[0].start, e.spans[0].end)]: e.sentiment.label for e in read.entities}
    assert labels == {good: "positive", bad: "negative"}


def test_texts_and_spans_are_as_the_encoder_gives_them(encoder: Encoder, heads: Heads) -> None:
    """What is read besides changes no mean, and a lone name is judged beside its whole sentence."""
    texts = ["Vantor soars as Orrin sinks", "Vantor soars as rates fall"]
    spans = [TextSpan(0, 0, 6), TextSpan(0, 16, 21), TextSpan(1, 0, 6)]
    encoded, sentiment = read_entities(encoder, heads, texts, spans)
    plain = encoder.encode(texts, spans)
    np.testing.assert_allclose(encoded.texts, plain.texts, atol=1e-5)
    np.testing.assert_allclose(encoded.spans, plain.spans, atol=1e-5)
    alone = heads.read_sentiment(plain.spans[2:], plain.texts[1:])
    np.testing.assert_allclose(sentiment[2:], alone, atol=1e-5)
    assert sentiment.shape == (3, 3)


def test_nothing_to_read_is_fine(encoder: Encoder, heads: Heads) -> None:
    """Neither texts nor spans need be there."""
    encoded, sentiment = read_entities(encoder, heads, [], [])
    assert len(encoded.texts) == len(encoded.spans) == len(sentiment) == 0
