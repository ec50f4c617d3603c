"""Losses that are called smaller."""

from __future__ import annotations

import pytest

from models.figures.narrowing import smaller_losses
from models.network.marks import Mark, marks
from models.reading import EncoderModel
from tests.models.conftest import MakeArticle


@pytest.mark.parametrize(
    "text",
    [
        "Vantor posts narrower loss",
        "Vantor narrows its net loss",
        "Vantor narrows down net loss to Rs 156 crore",
        "Vantor reports smaller quarterly loss",
        "Vantor reports a smaller-than-expected loss",
        "Vantor Q3 net loss narrows",
        "Vantor losses narrow as sales rise",
        "Vantor cuts loss on higher sales",
    ],
)
def test_a_smaller_loss_is_found(text: str) -> None:
    """Before the loss and behind it, with words of a result between."""
    assert [text[:end].rsplit(maxsplit=1)[-1].rstrip(",") for end in smaller_losses(text)]


@pytest.mark.parametrize(
    "text",
    [
        "Vantor widens loss",
        "Vantor cuts 500 jobs after loss",
        "Vantor reduces staff on loss",
        "Vantor raises stop loss",
        "Lower loan loss provisions lift Vantor",
        "Vantor cuts loss of life in mines",
        "Rupee trims losses against the dollar",
    ],
)
def test_other_losses_are_not(text: str) -> None:
    """A loss that grows, one that explains a cut, what prices lost, and losses that are no result."""
    assert not list(smaller_losses(text))


def test_figures_decide_where_there_are_two() -> None:
    """A pair of figures is marked as before, and nothing besides."""
    assert marks("Vantor posts narrower loss") == (Mark(26, "better"),)
    with_figures = marks("Vantor narrows net loss to 5 million from 8 million")
    assert [mark.at for mark in with_figures] == [36]


def test_the_model_hears_it(model: EncoderModel, make_article: MakeArticle) -> None:
    """A narrower loss is good news, a loss is not."""
    titles = ("Tesla posts narrower loss", "Tesla posts loss")
    labels = [read.entities[0].sentiment.label for read in model.enrich([make_article(title) for title in titles])]
    assert labels == ["positive", "negative"]
