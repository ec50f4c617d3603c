"""The losses of the tasks: each on what its set says, and on nothing else."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from models.topics import TWEET_TOPICS

WEAK_NEGATIVE = 0.25
"""Weight of "not this topic" where a tweet names another: mostly true, but nobody said so."""
RANK_WEIGHT = 0.3
"""Of what a tweet does say: that its topic comes before every other of its set."""


def class_weights(mass: Tensor) -> Tensor:
    """Return a weight for each class from how much of it there is, (C,): the square root of full balance.

    Full balance would make the rarest label the likeliest in doubt.
    """
    return (mass.mean() / mass.clamp(min=1.0)).sqrt()


def positive_weights(targets: Tensor) -> Tensor:
    """Return the weight of "yes" for each column of (N, C) targets, NaN where unknown."""
    positives = targets.nansum(0)
    return (positives.mean() / positives.clamp(min=1.0)).sqrt().clamp(0.5, 4.0)


def sentiment_loss(logits: Tensor, targets: Tensor, weights: Tensor, guessed: Tensor) -> Tensor:
    """Return the weighted cross-entropy of soft targets (N, 3).

    What was guessed (N,) is to stay as it was, so the weights of the classes do not count there (Li & Hoiem 2016,
    arXiv:1606.09282).
    """
    counted = torch.where(guessed[:, None], torch.ones_like(targets), weights.to(logits.device))
    return -(targets * counted * logits.log_softmax(1)).sum(1).mean()


def topic_loss(logits: Tensor, targets: Tensor, tweets: Tensor, weights: Tensor) -> Tensor:
    """Return the loss of partial labels (N, topics): NaN says nothing, but in tweets (N,) it is a weak "no"."""
    unknown = targets.isnan()
    truth = targets.nan_to_num(0.0)
    columns = torch.tensor(TWEET_TOPICS, device=logits.device)
    of_tweets = torch.zeros(targets.shape[1], dtype=torch.bool, device=logits.device)
    of_tweets[columns] = True
    trust = (~unknown).float()
    trust[unknown & tweets[:, None] & of_tweets] = WEAK_NEGATIVE
    each = nn.functional.binary_cross_entropy_with_logits(
        logits, truth, pos_weight=weights.to(logits.device), reduction="none"
    )
    total = (each * trust).sum() / trust.sum().clamp(min=1.0)
    ranked = (truth[:, columns] * logits[:, columns].log_softmax(1)).sum(1)  # (N,)
    return total - RANK_WEIGHT * (ranked * tweets).sum() / tweets.sum().clamp(min=1)


def category_loss(logits: Tensor, targets: Tensor) -> Tensor:
    """Return the loss of full labels (N, C)."""
    return nn.functional.binary_cross_entropy_with_logits(logits, targets)


def distance_from_base(tuned: Tensor, base: Tensor) -> Tensor:
    """Return one minus the cosine of each tuned mean with the base's, (N, D) each: what keeps the embedding near."""
    return (1 - nn.functional.cosine_similarity(tuned, base)).mean()
