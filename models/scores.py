"""Scores of the rows that choose: what decides between checkpoints, and where the thresholds lie."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch

from models.losses import is_tweet
from models.metrics import accuracy, f1_scores, macro_f1, micro_f1
from models.topics import TWEET_TOPICS

Matrix = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Judged:
    """Be logits beside targets: of sentiment (N, 3), of topics (M, topics) with NaN, of categories (K, categories)."""

    sentiment: Matrix
    sentiment_targets: Matrix
    topics: Matrix
    topic_targets: Matrix
    categories: Matrix
    category_targets: Matrix

    def scores(self) -> dict[str, float]:
        """Return each score, and `score`, the mean of those that are there."""
        found: dict[str, float] = {}
        if len(self.sentiment):
            truth, guess = self.sentiment_targets.argmax(1), self.sentiment.argmax(1)
            found["sentiment_accuracy"] = accuracy(truth, guess)
            found["sentiment_f1"] = macro_f1(truth, guess, 3)
        tweets = is_tweet(torch.from_numpy(self.topic_targets)).numpy()
        if tweets.any():
            columns = list(TWEET_TOPICS)
            truth = np.nan_to_num(self.topic_targets[tweets][:, columns]).argmax(1)
            found["tweet_topics"] = accuracy(truth, self.topics[tweets][:, columns].argmax(1))
        if len(self.categories):
            found["categories_f1"] = micro_f1(self.category_targets > 0.5, self.categories > 0)
        return {**found, "score": float(np.mean(list(found.values()))) if found else 0.0}

    def topic_thresholds(self) -> tuple[float, ...]:
        """Return for each topic the probability with the best F1 among the rows where it is known.

        A tweet that names another topic counts as "not this one": without that, half of the topics would have no
        negatives. One half stands where a topic has too few positives to choose by.
        """
        tweets = is_tweet(torch.from_numpy(self.topic_targets)).numpy()
        chosen: list[float] = []
        for topic in range(self.topic_targets.shape[1]):
            known = ~np.isnan(self.topic_targets[:, topic]) | (tweets & (topic in TWEET_TOPICS))
            chosen.append(_threshold(self.topics[known, topic], np.nan_to_num(self.topic_targets[known, topic]) > 0.5))
        return tuple(chosen)

    def category_thresholds(self) -> tuple[float, ...]:
        """Return for each category the probability with the best F1."""
        columns = range(self.categories.shape[1])
        return tuple(_threshold(self.categories[:, i], self.category_targets[:, i] > 0.5) for i in columns)

    def temperature(self) -> float:
        """Return what the sentiment logits are divided by so that the log-likelihood is best (arXiv:1706.04599)."""
        if not len(self.sentiment):
            return 1.0
        grid: list[float] = np.exp(np.linspace(np.log(0.5), np.log(3.0), 61)).tolist()
        best = min(grid, key=lambda t: _cross_entropy(self.sentiment, self.sentiment_targets, t))
        return round(best, 3)


def _threshold(logits: Matrix, truth: npt.NDArray[np.bool_]) -> float:
    grid = np.arange(0.1, 0.91, 0.05).round(2)
    if truth.sum() < 5:
        return 0.5
    probabilities = 1 / (1 + np.exp(-logits.astype(np.float64)))
    scores = [f1_scores(truth[:, None], (probabilities >= t)[:, None])[0] for t in grid]
    return float(grid[int(np.argmax(scores))])


def _cross_entropy(logits: Matrix, targets: Matrix, temperature: float) -> float:
    logits = np.asarray(logits / temperature, dtype=np.float32)
    top = logits.max(1, keepdims=True)
    log_sum = top + np.log(np.exp(logits - top).sum(1, keepdims=True))
    return float(-(targets * (logits - log_sum)).sum(1).mean())
