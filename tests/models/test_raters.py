"""Who rates another."""

from __future__ import annotations

import numpy as np
import pytest

from models.encoder import TextSpan
from models.raters import SAYS, as_raters, rates
from models.reading import EncoderModel
from tests.models.conftest import MakeArticle


@pytest.mark.parametrize(
    "text",
    [
        "Vantor downgrades Orrin Foods to 'sell', citing weak demand",
        "Vantor upgrades Orrin Foods after the quarter",
        "Vantor has downgraded Orrin Foods to neutral",
        "Orrin Foods falls on Vantor downgrade",
        "Vantor cuts Orrin Foods price target to $12 from $20",
        "Vantor initiates coverage on Orrin Foods with a buy",
        "Orrin Foods gains; Vantor starts at 'buy'",
        "Vantor maintains 'hold' on Orrin Foods",
        "Vantor turns bearish on miners",
        "Vantor raises Orrin Foods to buy",
        "Vantor cuts Orrin Foods to 'underweight' from neutral",
        "Analysts at Vantor see Orrin Foods falling",
        "Vantor has equal-weight on Orrin Foods",
        "Orrin Foods downgraded to underweight from neutral at Vantor",
        "Orrin Foods price target cut to $58 from $70 by analysts at Vantor",
        "Orrin Foods started at sell with $7 price target at Vantor",
        "The debt of Orrin Foods is rated B-3 by Vantor and junk by others",
    ],
)
def test_who_rates(text: str) -> None:
    """A rating, a price target or a view given by a name, in the active and in the passive."""
    start = text.index("Vantor")
    assert rates(text, start, start + len("Vantor"))
    if "Orrin Foods" in text:
        start = text.index("Orrin Foods")
        assert not rates(text, start, start + len("Orrin Foods"))


@pytest.mark.parametrize(
    "text",
    [
        "Vantor upgraded to buy from hold at Orrin Capital",
        "Vantor started at sell with $7 price target at Orrin Capital",
        "Vantor downgraded on murky outlook",
        "Stocks to watch: Vantor upgraded, Orrin downgraded",
        "Vantor cuts its sales target for the year",
        "Vantor raises full-year forecast",
        "Vantor raises cash to buy Orrin Foods",
        "Vantor maintains production at its largest plant",
        "Euro and Vantor turn positive on the day",
        "Workers were asked to sell their shares by Vantor",
    ],
)
def test_who_does_not(text: str) -> None:
    """Who is rated does not rate, nor does who changes plans of its own."""
    start = text.index("Vantor")
    assert not rates(text, start, start + len("Vantor"))


def test_hostile_text_takes_no_time() -> None:
    """A text made of what the patterns begin with is read in one go."""
    text = "upgraded to buy at " * 10_000 + "Vantor cuts " + "price " * 50_000
    start = text.index("Vantor")
    assert rates(text, start, start + len("Vantor"))


def test_only_raters_are_changed() -> None:
    """The probabilities of a rater are those of neutral, the others stay."""
    texts = ["Vantor downgrades Orrin Foods"]
    spans = [TextSpan(0, 0, 6), TextSpan(0, 18, 29)]
    said = np.array([[0.9, 0.08, 0.02], [0.95, 0.04, 0.01]])
    changed = as_raters(said, texts, spans)
    assert changed[0].tolist() == list(SAYS)
    assert changed[1].tolist() == said[1].tolist()
    assert as_raters(np.empty((0, 3)), texts, []).shape == (0, 3)


def test_a_broker_is_not_what_its_downgrade_is_about(model: EncoderModel, make_article: MakeArticle) -> None:
    """The model calls the downgraded company's news bad and the broker's neither."""
    (read,) = model.enrich([make_article("Tesla downgraded to sell from hold at Deutsche Bank on weak demand")])
    labels = {entity.name.split()[0]: entity.sentiment.label for entity in read.entities}
    assert labels == {"Tesla": "negative", "Deutsche": "neutral"}
