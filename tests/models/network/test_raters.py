"""Who rates another."""

from __future__ import annotations

import numpy as np
import pytest

from models.network.encoder import TextSpan
from models.network.raters import SAYS, as_raters, rates
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
        "Vantor raised its price target on Orrin Foods to $250 from $210",
        "Vantor cut its rating on Orrin Foods to underweight",
        "Vantor reduced its price objective on Orrin Foods",
        "Vantor has cut its 12-month price target on Orrin Foods",
        "Vantor lifted its target price for Orrin Foods",
        "Vantor boosted its PT on Orrin Foods",
        "Vantor upgraded its rating on Orrin Foods",
        "Vantor on Monday downgraded Orrin Foods to sell",
        "Vantor analysts raised their price target on Orrin Foods",
        "Vantor analyst Ann Lee lifted her rating on Orrin Foods",
        "Vantor's downgrade of Orrin Foods hit retailers",
        "Vantor's price target on Orrin Foods is $12",
        "Vantor downgrades outlook on Orrin Foods to negative",
        "Vantor upgrades Orrin Foods outlook to stable",
        "Vantor downgrades Orrin Foods, cuts forecast",
        "Vantor maintains hold rating on Orrin Foods",
        "Vantor retains buy on Orrin Foods",
        "Vantor maintains hold, target $12",
        "Vantor cautious on metals and mining stocks",
        "Vantor maintains Buy – target Rs 100",
        "Vantor maintains sell | target Rs 100",
        "Vantor maintains buy/target 100",
        "Vantor maintains buy as margins improve",
        "Vantor recommends buy in Orrin Foods",
        "Vantor reiterates Buy - $50 PT",
        "Vantor maintains Outperform on the company",
        "Vantor boosts target on Orrin Foods to $50",
        "Vantor double upgrades Orrin Foods to buy",
        "Vantor affirms Orrin Foods at BBB-, outlook stable",
        "Vantor cuts Orrin Foods to junk",
        "Vantor lowered Orrin Foods to Ba1 from Baa3",
        "Vantor revises outlook on Orrin Foods to negative from stable",
        "Vantor changes Orrin Foods outlook to positive",
        "Vantor places Orrin Foods on review for downgrade",
        "Vantor put Orrin Foods on CreditWatch negative",
        "Vantor strips Orrin Foods of its investment-grade rating",
        "Vantor assigns BB+ rating to notes of Orrin Foods",
        "Vantor adds Orrin Foods to conviction list",
        "Vantor removes Orrin Foods from its focus list",
        "Vantor names Orrin Foods top pick",
        "Vantor picks Orrin Foods as its top idea for the year",
        "Orrin Foods PT raised to $50 from $45 at Vantor",
        "Orrin Foods jumps after upgrade from Vantor",
        "Orrin Foods outlook cut to negative by Vantor",
        "Orrin Foods loses investment grade at Vantor",
        "Orrin Foods cut to junk by Vantor",
        "Orrin Foods affirmed at BBB- by Vantor",
        "Orrin Foods added to conviction list at Vantor",
        "Orrin Foods named top pick at Vantor",
        "Orrin Foods falls on another downgrade from Vantor",
        "Vantor lifts PT on Orrin Foods to $12",
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
        "Vantor downgrades forecast, shares sink",
        "Vantor downgrades outlook after orders slump",
        "Vantor downgraded guidance for 2026",
        "Vantor upgrades profit forecast",
        "Vantor Upgrades Full-Year Profit Forecast",
        "Vantor upgrades its guidance",
        "Vantor downgrades delivery forecast for China",
        "Vantor cuts sales target for China as demand slumps",
        "Vantor cut its target for China",
        "Vantor cut its rating",
        "Vantor turns cautious on China after sales slump",
        "Vantor negative on PC demand as shares fall",
        "Vantor bullish on AI demand, raises capex",
        "Vantor maintains hold on shoppers as sales jump",
        "Vantor has a hold on the market",
        "Vantor keeps hold as the largest grocer",
        "Vantor keeps hold of Orrin Foods",
        "Vantor has a buy rating removed at Orrin Capital",
        "Vantor's downgrade of its outlook",
        "Vantor's upgrade of the plant",
        "Vantor analysts raised their price targets on the stock",
        "Vantor cut to junk by Orrin Capital",
        "Vantor affirmed at BBB- by Orrin Capital",
        "Vantor stripped of its AAA rating",
        "Vantor assigned BB+ rating by Orrin Capital",
        "Vantor placed on review for downgrade",
        "Vantor named top pick at Orrin Capital",
        "Vantor added to conviction list at Orrin Capital",
        "Vantor raises outlook on swing to positive cash flow",
        "Vantor cuts prices to attract shoppers",
        "Vantor puts unit on sale",
        "Vantor: Buy the dip",
        "Vantor: Sell Before Earnings",
        "Vantor sees upside in China",
        "Vantor says buy now, pay later is growing",
        "Investment-grade bonds worth $2 billion were sold by Vantor",
        "Investment grade corporate debt was issued by Vantor",
        "Airlines await software upgrades from Vantor",
        "Vantor cuts its sales outlook to negative",
        "Vantor revises growth outlook to negative",
        "Top ideas of the staff are heard at Vantor",
        "The stake was raised to A$3 million by Vantor",
    ],
)
def test_who_does_not(text: str) -> None:
    """Who is rated does not rate, nor does who changes plans of its own."""
    start = text.index("Vantor")
    assert not rates(text, start, start + len("Vantor"))


@pytest.mark.parametrize(
    ("text", "of_another"),
    [
        ("Vantor bullish on Orrin Foods", True),
        ("Vantor turns positive on beaten-down Orrin Foods", True),
        ("Vantor has upgraded its view on Orrin Foods", True),
        ("Vantor downgraded its outlook for Orrin Foods", True),
        ("Vantor downgrades gold forecast", True),
        ("Vantor cuts target for Orrin Foods", True),
        ("Vantor: Buy Orrin Foods ahead of results", True),
        ("Vantor says sell Orrin Foods", True),
        ("Vantor sees 20% upside in Orrin Foods", True),
        ("Vantor sees upside in Orrin Foods deal", False),
        ("Vantor bullish on Orrin Foods demand", False),
        ("Vantor cautious on Orrin Foods' orders", False),
        ("Vantor downgrades outlook on Orrin Foods slump", False),
        ("Vantor downgrades outlook on weak demand at Orrin Foods", False),
        ("Vantor upgrades guidance as Orrin Foods recovers", False),
        ("Vantor cuts sales target for Orrin Foods", False),
    ],
)
def test_a_view_needs_another_name(text: str, *, of_another: bool) -> None:
    """A view or an outlook is a rating where it is of the other name of the sentence, not of business with it."""
    other = "Orrin Foods" if "Orrin Foods" in text else "gold"
    others = {(0, len("Vantor")), (text.index(other), text.index(other) + len(other))}
    assert rates(text, 0, len("Vantor"), others) is of_another
    assert not rates(text, 0, len("Vantor"))


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


def test_a_company_that_changes_its_outlook_is_heard(model: EncoderModel, make_article: MakeArticle) -> None:
    """Its news is good or bad for itself, and a broker whose view is of another has none."""
    (own,) = model.enrich([make_article("Volkswagen downgrades forecast, shares sink")])
    assert [entity.sentiment.label for entity in own.entities] == ["negative"]
    (view,) = model.enrich([make_article("Goldman Sachs turns bullish on Nvidia")])
    labels = {entity.name.split()[0]: entity.sentiment.label for entity in view.entities}
    assert labels == {"Goldman": "neutral", "Nvidia": "positive"}


def test_a_broker_is_not_what_its_downgrade_is_about(model: EncoderModel, make_article: MakeArticle) -> None:
    """The model calls the downgraded company's news bad and the broker's neither."""
    (read,) = model.enrich([make_article("Tesla downgraded to sell from hold at Deutsche Bank on weak demand")])
    labels = {entity.name.split()[0]: entity.sentiment.label for entity in read.entities}
    assert labels == {"Tesla": "negative", "Deutsche": "neutral"}
