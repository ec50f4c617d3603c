"""Losses: what a set does not say has no gradient."""

from __future__ import annotations

import pytest
import torch

from models.topics import NAMES, reuters_target, tweet_target
from models.training.losses import category_loss, class_weights, distance_from_base, sentiment_loss, topic_loss


def _gradient(targets: torch.Tensor, *, tweet: bool = False) -> torch.Tensor:
    logits = torch.zeros((1, len(NAMES)), requires_grad=True)
    topic_loss(logits, targets, torch.tensor([tweet]), torch.ones(len(NAMES))).backward()
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
    gradient = _gradient(torch.tensor([tweet_target("IPO")]), tweet=True)
    assert gradient[NAMES.index("ipo")] < 0
    assert 0 < gradient[NAMES.index("legal")] < -gradient[NAMES.index("ipo")]
    assert gradient[NAMES.index("shipping")] == 0


def test_one_topic_that_is_no_tweets_says_nothing_of_others() -> None:
    """A correction that names a single topic has no gradient for any other."""
    gradient = _gradient(torch.tensor([tweet_target("IPO")]))
    assert gradient.nonzero()[:, 0].tolist() == [NAMES.index("ipo")]


def test_a_batch_without_tweets_is_as_it_would_be_alone() -> None:
    """What tweets rank is a mean over tweets: a row of another set beside one changes nothing in it."""
    logits = torch.linspace(-1, 1, 2 * len(NAMES)).reshape(2, -1)
    targets, weights = torch.tensor([tweet_target("IPO"), [float("nan")] * len(NAMES)]), torch.ones(len(NAMES))
    both = topic_loss(logits, targets, torch.tensor([True, False]), weights)
    alone = topic_loss(logits[:1], targets[:1], torch.tensor([True]), weights)
    assert float(both) == pytest.approx(float(alone))
    assert float(topic_loss(logits[1:], targets[1:], torch.tensor([False]), weights)) == 0


def test_losses_are_computed_where_the_logits_are() -> None:
    """On another device than the CPU each loss takes its weights and its columns there."""
    there = torch.device("meta")  # holds no numbers, but refuses to be mixed with what lies elsewhere
    logits, topics = torch.empty((4, 3), device=there), torch.empty((4, len(NAMES)), device=there)
    tweets = torch.empty(4, dtype=torch.bool, device=there)
    for loss in (
        sentiment_loss(logits, logits, torch.ones(3), tweets),
        topic_loss(topics, topics, tweets, torch.ones(len(NAMES))),
        category_loss(logits, logits),
        distance_from_base(logits, logits),
    ):
        assert loss.device == there


def test_rare_labels_weigh_more_but_not_fully() -> None:
    """A label a hundredth as frequent weighs ten times as much."""
    weights = class_weights(torch.tensor([1.0, 100.0]))
    assert float(weights[0] / weights[1]) == pytest.approx(10)
    nobody = torch.tensor([False])
    even = sentiment_loss(torch.zeros((1, 3)), torch.tensor([[0.5, 0.0, 0.5]]), torch.ones(3), nobody)
    assert float(even) == pytest.approx(1.0986, abs=1e-4)


def test_what_was_guessed_is_not_weighed() -> None:
    """A guess is to stay as it was: the rarity of its label pulls at what people said alone."""
    logits, target = torch.zeros((1, 3)), torch.tensor([[1.0, 0.0, 0.0]])
    said, guessed = (
        sentiment_loss(logits, target, torch.full((3,), 4.0), torch.tensor([who])) for who in (False, True)
    )
    assert float(said) == pytest.approx(4 * float(guessed))


def test_distance_is_one_less_the_cosine() -> None:
    """Equal directions are no distance, right angles one."""
    left, right = torch.tensor([[1.0, 0.0], [1.0, 0.0]]), torch.tensor([[2.0, 0.0], [0.0, 1.0]])
    assert float(distance_from_base(left, right)) == pytest.approx(0.5)
