"""Which series a mention speaks of, and which rules go by them."""

from __future__ import annotations

import pytest

from alerts.detection.fanout import Fanout
from alerts.rules import Rule, Rules
from streams.records import EntityId
from tests.alerts.timelines import BAD, START, article


def _rule(name: str, scope: str, **fields: object) -> Rule:
    kind = "silence" if scope == "source" else "negative-spike"
    return Rule.model_validate({"name": name, "kind": kind, "scope": scope, "budget_per_day": 0.1} | fields)


RULES = (
    _rule("names", "entity"),
    _rule("mine", "entity", watchlists=("mine",)),
    _rule("off", "entity", enabled=False),
    _rule("both", "entity-topic", topics=("legal",)),
    _rule("both-mine", "entity-topic", watchlists=("mine", "others")),
    _rule("topics", "topic"),
    _rule("legal", "topic", topics=("legal",)),
    _rule("market", "market"),
    _rule("quiet", "source"),
)
LISTS = {"mine": (EntityId("vantor"),), "others": (EntityId("orrin"),)}


def _found(place: int, name: str, topics: tuple[str, ...], rules: tuple[Rule, ...] = RULES) -> dict[str, list[str]]:
    mention = article(START, [name], BAD)[place].model_copy(update={"topics": topics})
    addresses = Fanout(Rules(rules=rules, watchlists=LISTS)).of(mention)
    return {address.subject.series: [rule.name for rule in address.rules] for address in addresses}


@pytest.mark.parametrize(
    ("name", "topics", "found"),
    [
        ("vantor", (), {"entity:vantor": ["names", "mine"]}),
        ("tidal", (), {"entity:tidal": ["names"]}),
        (
            "vantor",
            ("rates", "legal", "rates"),
            {
                "entity:vantor": ["names", "mine"],
                "entity-topic:vantor:legal": ["both", "both-mine"],
                "entity-topic:vantor:rates": ["both-mine"],
            },
        ),
        ("tidal", ("legal", "rates"), {"entity:tidal": ["names"], "entity-topic:tidal:legal": ["both"]}),
        ("orrin", ("rates",), {"entity:orrin": ["names"], "entity-topic:orrin:rates": ["both-mine"]}),
    ],
)
def test_a_name_speaks_for_itself_and_for_its_topics(
    name: str, topics: tuple[str, ...], found: dict[str, list[str]]
) -> None:
    """Its own series comes first; a topic has one where a rule that is on asks for it and for the name."""
    assert _found(1, name, topics) == found
    assert next(iter(_found(1, name, topics))) == f"entity:{name}"


def test_the_market_speaks_for_its_topics() -> None:
    """Each topic once, in order, whomever the article names."""
    found = _found(0, "vantor", ("rates", "legal", "rates"))
    assert found == {"market": ["market"], "topic:legal": ["topics", "legal"], "topic:rates": ["topics"]}
    assert list(found) == ["market", "topic:legal", "topic:rates"]


def test_a_series_is_counted_where_no_rule_goes_by_it() -> None:
    """A name and the market are known before a rule for them is switched on; topics are not."""
    assert _found(1, "vantor", ("legal",), (_rule("quiet", "source"),)) == {"entity:vantor": []}
    assert _found(0, "vantor", ("legal",), (_rule("quiet", "source"),)) == {"market": []}


def test_a_subject_says_whom_it_is_about() -> None:
    """As readers know it: by name, and by topic where it is about one."""
    mention = article(START, ["vantor"], BAD)[1].model_copy(update={"topics": ("legal",), "ticker": "VTR"})
    subject = Fanout(Rules(rules=RULES, watchlists=LISTS)).of(mention)[1].subject
    assert (subject.name, subject.entity_id, subject.ticker, subject.topic) == (
        "Vantor: legal",
        "vantor",
        "VTR",
        "legal",
    )


def test_silence_is_listened_for_by_its_own_rules() -> None:
    """Those that are on."""
    off = _rule("loud", "source", enabled=False)
    assert [rule.name for rule in Fanout(Rules(rules=(*RULES, off), watchlists=LISTS)).of_sources] == ["quiet"]
