"""Scores of the rows that choose: thresholds and temperature."""

from __future__ import annotations

import numpy as np

from models.scores import Judged
from models.topics import NAMES, tweet_target

EMPTY = np.zeros((0, 3), dtype=np.float32)


def _judged(topics, targets, sentiment=EMPTY, truth=EMPTY) -> Judged:
    return Judged(sentiment, truth, topics, targets, np.zeros((0, 10)), np.zeros((0, 10)))


def test_a_threshold_is_where_f1_is_best() -> None:
    """The threshold parts yes from no where the probabilities do; a topic nobody taught has one half."""
    place = NAMES.index("shipping")
    targets = np.full((40, len(NAMES)), np.nan, dtype=np.float32)
    targets[:, place] = np.arange(40) >= 30
    targets[:, NAMES.index("trade")] = 0
    logits = np.full((40, len(NAMES)), -5.0, dtype=np.float32)
    logits[:30, place], logits[30:, place] = np.log(0.19 / 0.81), np.log(0.41 / 0.59)
    thresholds = _judged(logits, targets).topic_thresholds()
    assert 0.19 < thresholds[place] <= 0.41
    assert thresholds[NAMES.index("trade")] == 0.5


def test_too_sure_logits_are_cooled() -> None:
    """Where an answer of 0.98 is right three times in four, the temperature is well above one."""
    truth = np.eye(3, dtype=np.float32)[np.arange(400) % 3]
    said = np.where(np.arange(400)[:, None] % 4 == 0, np.roll(truth, 1, axis=1), truth) * 4.0
    judged = _judged(np.zeros((0, len(NAMES))), np.zeros((0, len(NAMES))), said.astype(np.float32), truth)
    assert judged.temperature() > 1.5


def test_the_score_is_the_mean_of_what_is_there() -> None:
    """A perfect answer about tweets alone scores one."""
    targets = np.array([tweet_target("IPO"), tweet_target("Dividend")], dtype=np.float32)
    scores = _judged(np.nan_to_num(targets, nan=-1.0), targets).scores()
    assert scores == {"tweet_topics": 1.0, "score": 1.0}
