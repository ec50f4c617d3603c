"""The table of topics and the targets that it gives."""

from __future__ import annotations

import math

import pytest

from models.topics import NAMES, TOPICS, reuters_target, tweet_target


def _known(target: list[float]) -> dict[str, float]:
    return {name: value for name, value in zip(NAMES, target, strict=True) if not math.isnan(value)}


def test_at_least_twenty_topics_with_names_of_their_own() -> None:
    """Every topic has its own name, and some set that teaches it."""
    assert len(set(NAMES)) == len(NAMES) >= 20
    assert all(topic.tweet or topic.reuters for topic in TOPICS)


def test_a_tweet_says_nothing_of_other_topics() -> None:
    """The one label of a tweet is known, all others are unknown; a label without a topic is an error."""
    assert _known(tweet_target("Earnings")) == {"results": 1.0}
    with pytest.raises(KeyError):
        tweet_target("Astrology")


def test_reuters_says_yes_and_no_to_its_own_topics() -> None:
    """What Reuters labels is known either way; what it has no label for is unknown."""
    known = _known(reuters_target(["wheat", "ship"], "GRAIN SHIPS WAIT"))
    assert {name for name, value in known.items() if value} == {"agriculture", "shipping"}
    assert known["mergers"] == 0.0
    assert "rating" not in known


@pytest.mark.parametrize(
    ("title", "sure", "open_topic"),
    [("VANTOR INC 4TH QTR NET", "results", "dividend"), ("VANTOR REGULAR DIV", "dividend", "results")],
)
def test_earn_is_results_or_a_dividend(title: str, sure: str, open_topic: str) -> None:
    """The title tells which of the two `earn` surely means; the other is left open."""
    known = _known(reuters_target(["earn"], title))
    assert known[sure] == 1.0
    assert open_topic not in known


def test_money_fx_leaves_two_topics_open() -> None:
    """`money-fx` mixes currencies and central banks: only their own labels decide."""
    known = _known(reuters_target(["money-fx", "dlr"], "DOLLAR FALLS"))
    assert known["currencies"] == 1.0
    assert "central_bank" not in known
