"""Scores of the rows that choose: what decides between checkpoints, and what makes logits probabilities."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

from models.metrics import accuracy, macro_f1, micro_f1
from models.topics import TWEET_TOPICS

Matrix = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Judged:
    """Be logits beside targets: of sentiment (N, 3), of topics (M, topics) with NaN, of categories (K, categories).

    `tweets` (M,) are the rows that have one topic named out of those of their set.
    """

    sentiment: Matrix
    sentiment_targets: Matrix
    topics: Matrix
    topic_targets: Matrix
    tweets: npt.NDArray[np.bool_]
    categories: Matrix
    category_targets: Matrix

    def scores(self) -> dict[str, float]:
        """Return each score, and `score`, the mean of those that are there."""
        found: dict[str, float] = {}
        if len(self.sentiment):
            truth, guess = self.sentiment_targets.argmax(1), self.sentiment.argmax(1)
            found["sentiment_accuracy"] = accuracy(truth, guess)
            found["sentiment_f1"] = macro_f1(truth, guess, 3)
        if self.tweets.any():
            columns = list(TWEET_TOPICS)
            truth = np.nan_to_num(self.topic_targets[self.tweets][:, columns]).argmax(1)
            found["tweet_topics"] = accuracy(truth, self.topics[self.tweets][:, columns].argmax(1))
        if len(self.categories):
            found["categories_f1"] = micro_f1(self.category_targets > 0.5, self.categories > 0)
        return {**found, "score": float(np.mean(list(found.values()))) if found else 0.0}

    def topic_calibration(self) -> tuple[float, float]:
        """Return the scale and the shift of the topics' logits with the best log-likelihood (Platt 1999).

        It is fitted on what is known; a tweet that names another topic counts as "not this one".
        """
        known = self._known()
        if not known.any():
            return 1.0, 0.0
        logits = self.topics[known].astype(np.float64)
        truth = np.nan_to_num(self.topic_targets[known]).astype(np.float64)
        return _platt(logits, truth)

    def temperature(self) -> float:
        """Return what the sentiment logits are divided by so that the log-likelihood is best (arXiv:1706.04599)."""
        if not len(self.sentiment):
            return 1.0
        grid: list[float] = np.exp(np.linspace(np.log(0.5), np.log(3.0), 61)).tolist()
        best = min(grid, key=lambda t: _cross_entropy(self.sentiment, self.sentiment_targets, t))
        return round(best, 3)

    def _known(self) -> npt.NDArray[np.bool_]:
        of_tweets = np.isin(np.arange(self.topic_targets.shape[1]), list(TWEET_TOPICS))
        return np.asarray(~np.isnan(self.topic_targets) | (self.tweets[:, None] & of_tweets))


def joined(parts: Sequence[Judged]) -> Judged:
    """Return the rows of several in one; at least one is given."""
    return Judged(
        **{field.name: np.concatenate([getattr(part, field.name) for part in parts]) for field in fields(Judged)}
    )


def _platt(logits: npt.NDArray[np.float64], truth: npt.NDArray[np.float64]) -> tuple[float, float]:
    """Fit a logistic regression on one number, held near the identity by a little, by Newton's method."""
    inputs, identity = np.stack([logits, np.ones_like(logits)], axis=1), np.array([1.0, 0.0])  # (N, 2)

    def loss(weights: npt.NDArray[np.float64]) -> float:
        said = inputs @ weights
        return float((np.logaddexp(0.0, said) - truth * said).sum() + ((weights - identity) ** 2).sum() / 2)

    weights = identity
    for _ in range(30):
        said = 1 / (1 + np.exp(-np.clip(inputs @ weights, -30, 30)))
        slope = inputs.T @ (said - truth) + weights - identity
        curvature = (inputs * (said * (1 - said))[:, None]).T @ inputs + np.eye(2)
        step = np.linalg.solve(curvature, slope)
        while loss(weights - step) > loss(weights) and np.abs(step).max() > 1e-6:
            step = step / 2
        weights = weights - step
    return round(float(weights[0]), 4), round(float(weights[1]), 4)


def _cross_entropy(logits: Matrix, targets: Matrix, temperature: float) -> float:
    logits = np.asarray(logits / temperature, dtype=np.float32)
    top = logits.max(1, keepdims=True)
    log_sum = top + np.log(np.exp(logits - top).sum(1, keepdims=True))
    return float(-(targets * (logits - log_sum)).sum(1).mean())
