"""Scores of the rows that choose: calibration and temperature."""

from __future__ import annotations

import numpy as np

from models.topics import NAMES, tweet_target
from models.training.scores import Judged

EMPTY = np.zeros((0, 3), dtype=np.float32)


def _judged(topics, targets, sentiment=EMPTY, truth=EMPTY, *, tweets: bool = False) -> Judged:
    flags = np.full(len(topics), tweets)
    return Judged(sentiment, truth, topics, targets, flags, np.zeros((0, 10)), np.zeros((0, 10)))


def test_topics_are_calibrated_to_how_often_they_are_right() -> None:
    """A probability of 0.88 that is right three times in four is moved there, and one of 0.12 to one in ten."""
    place = NAMES.index("shipping")
    targets = np.full((400, len(NAMES)), np.nan, dtype=np.float32)
    logits = np.zeros((400, len(NAMES)), dtype=np.float32)
    logits[:200, place], logits[200:, place] = 2.0, -2.0
    targets[:200, place] = np.arange(200) % 4 != 0
    targets[200:, place] = np.arange(200) % 10 == 0
    scale, shift = _judged(logits, targets).topic_calibration()
    high, low = 1 / (1 + np.exp(-(np.array([2.0, -2.0]) * scale + shift)))
    assert abs(high - 0.75) < 0.01
    assert abs(low - 0.10) < 0.01


def test_too_sure_logits_are_cooled() -> None:
    """Where an answer of 0.98 is right three times in four, the temperature is well above one."""
    truth = np.eye(3, dtype=np.float32)[np.arange(400) % 3]
    said = np.where(np.arange(400)[:, None] % 4 == 0, np.roll(truth, 1, axis=1), truth) * 4.0
    judged = _judged(np.zeros((0, len(NAMES))), np.zeros((0, len(NAMES))), said.astype(np.float32), truth)
    assert judged.temperature() > 1.5


def test_the_score_is_the_mean_of_what_is_there() -> None:
    """A perfect answer about tweets alone scores one."""
    targets = np.array([tweet_target("IPO"), tweet_target("Dividend")], dtype=np.float32)
    scores = _judged(np.nan_to_num(targets, nan=-1.0), targets, tweets=True).scores()
    assert scores == {"tweet_topics": 1.0, "score": 1.0}


def test_a_single_topic_is_a_tweet_only_where_its_set_says_so() -> None:
    """A correction that names one topic is scored as no tweet, and calibrates by that topic alone."""
    targets = np.array([tweet_target("IPO")] * 8, dtype=np.float32)
    logits = np.where(np.isnan(targets), 4.0, 1.0).astype(np.float32)
    assert _judged(logits, targets).scores() == {"score": 0.0}
    assert _judged(logits, targets).topic_calibration()[0] >= 1
    assert _judged(logits, targets, tweets=True).topic_calibration()[0] < 0
