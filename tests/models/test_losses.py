"""Losses: what a set does not say has no gradient."""

from __future__ import annotations

import pytest
import torch

from models.losses import class_weights, distance_from_base, is_tweet, sentiment_loss, topic_loss
from models.topics import NAMES, reuters_target, tweet_target


def _gradient(targets: torch.Tensor) -> torch.Tensor:
    logits = torch.zeros((1, len(NAMES)), requires_grad=True)
    topic_loss(logits, targets, torch.ones(len(NAMES))).backward()
    assert logits.grad is not None
    return logits.grad[0]


def test_what_is_unknown_teaches_nothing() -> None:
    """A Reuters article says nothing of topics that only tweets have."""
    targets = torch.tensor([reuters_target(["ship"], "SHIPS WAIT")])
    gradient = _gradient(targets)
    assert gradient[NAMES.index("shipping")] < 0
    assert gradient[NAMES.index("trade")] > 0
    assert gradient[NAMES.index("ipo")] == 0


def test_a_tweet_speaks_weakly_of_other_tweets_topics() -> None:
    """Its own topic is pulled up, other topics of tweets down a little, and Reuters' own stay."""
    gradient = _gradient(torch.tensor([tweet_target("IPO")]))
    assert gradient[NAMES.index("ipo")] < 0
    assert 0 < gradient[NAMES.index("legal")] < -gradient[NAMES.index("ipo")]
    assert gradient[NAMES.index("shipping")] == 0


def test_tweets_are_told_apart() -> None:
    """One known topic, and that one positive, is a tweet."""
    targets = torch.tensor([tweet_target("IPO"), reuters_target([], "")])
    assert is_tweet(targets).tolist() == [True, False]


def test_rare_labels_weigh_more_but_not_fully() -> None:
    """A label a hundredth as frequent weighs ten times as much."""
    weights = class_weights(torch.tensor([1.0, 100.0]))
    assert float(weights[0] / weights[1]) == pytest.approx(10)
    even = sentiment_loss(torch.zeros((1, 3)), torch.tensor([[0.5, 0.0, 0.5]]), torch.ones(3))
    assert float(even) == pytest.approx(1.0986, abs=1e-4)


def test_distance_is_one_less_the_cosine() -> None:
    """Equal directions are no distance, right angles one."""
    left, right = torch.tensor([[1.0, 0.0], [1.0, 0.0]]), torch.tensor([[2.0, 0.0], [0.0, 1.0]])
    assert float(distance_from_base(left, right)) == pytest.approx(0.5)
