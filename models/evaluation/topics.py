"""Measuring topics: the one label of tweets, Reuters' ten categories, and articles checked by hand."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import numpy as np

from models.evaluation.measured import Figure, Matrix, Measured
from models.evaluation.sentiment import calibration, copies_of_training, labels
from models.evaluation.topic_labels import topic_labels
from models.lessons import datasets
from models.lessons.datasets import CategoryExample, TopicExample
from models.metrics import f1_scores, interval, micro_f1
from models.network.heads import NAMED_FROM, category_features, check_topics, topic_features
from models.topics import NAMES, REUTERS_TOP10, REUTERS_TOPICS, TWEET_TOPICS

REUTERS = "Reuters ModApte test"


def evaluate_topics(measured: Measured, data: Path) -> list[Figure]:
    """Measure the label of tweets, and the topics here that Reuters' labels decide.

    Raises:
        WeightsMismatch: the weights know other topics.
    """
    check_topics(measured.heads)
    tweets = datasets.tweet_topics(data, "valid")
    columns = list(TWEET_TOPICS)
    truth = np.nan_to_num(np.array([e.target for e in tweets])[:, columns]).argmax(1)
    said = measured.heads.read_topics(measured.topic_features(tweets))[:, columns]
    shares = said / said.sum(1, keepdims=True)
    fresh = ~copies_of_training([e.body for e in tweets], data)
    return [
        *labels("topics", "tweets valid", truth, shares, (0.819, 0.787), "linear SVM"),
        *labels("topics", "tweets valid less copies", truth[fresh], shares[fresh]),
        # The probability that an article carries, not its share among the topics of this set.
        *calibration("topics", "tweets valid less copies", truth[fresh], said[fresh]),
        *_reuters_topics(measured, data),
    ]


def evaluate_categories(measured: Measured, data: Path) -> list[Figure]:
    """Measure Reuters' ten largest categories on all 3,299 test documents of ModApte."""
    examples, means = _reuters_test(measured, data)
    truth = np.array([e.categories for e in examples]) > 0.5
    said = measured.heads.read_categories(np.stack([category_features(sentences) for sentences in means]))
    guess = said >= NAMED_FROM
    each = f1_scores(truth, guess)
    macro = interval(lambda t, g: float(f1_scores(t, g).mean()), truth, guess)
    micro = interval(micro_f1, truth, guess)
    rows, plain = len(examples), "linear SVM"
    return [
        Figure("categories", REUTERS, "top-10 micro-F1", micro_f1(truth, guess), rows, micro, 0.917, plain),
        Figure("categories", REUTERS, "top-10 macro-F1", float(each.mean()), rows, macro, 0.84, plain),
        *(
            Figure("categories", f"{REUTERS}: {name}", "F1", float(score), int(truth[:, place].sum()))
            for place, (name, score) in enumerate(zip(REUTERS_TOP10, each, strict=True))
        ),
    ]


def evaluate_checked_topics(measured: Measured, data: Path) -> list[Figure]:
    """Measure all topics of the articles that were checked by hand.

    Raises:
        WeightsMismatch: the weights know other topics.
    """
    check_topics(measured.heads)
    checked = topic_labels(data)
    truth = np.array([item.target for item in checked]) > 0.5
    examples = [TopicExample(item.article.title, item.article.body, ()) for item in checked]
    guess = measured.heads.read_topics(measured.topic_features(examples)) >= NAMED_FROM
    there = truth.any(0)
    rows, test = len(checked), "articles checked by hand"
    return [
        Figure("checked-topics", test, "micro-F1", micro_f1(truth, guess), rows, interval(micro_f1, truth, guess)),
        Figure("checked-topics", test, "macro-F1", float(f1_scores(truth, guess)[there].mean()), rows),
    ]


@lru_cache(maxsize=1)
def _reuters_test(measured: Measured, data: Path) -> tuple[list[CategoryExample], list[Matrix]]:
    """Return the test documents with their means: two tasks measure on them, and reading them takes minutes."""
    examples = datasets.reuters(data, "test")
    return examples, measured.sentence_means(examples)


def _reuters_topics(measured: Measured, data: Path) -> list[Figure]:
    examples, means = _reuters_test(measured, data)
    features = np.stack([topic_features(sentences) for sentences in means])
    columns = list(REUTERS_TOPICS)
    targets = np.array([e.target for e in examples])[:, columns]
    known = ~np.isnan(targets)
    truth = np.nan_to_num(targets) > 0.5
    guess = (measured.heads.read_topics(features)[:, columns] >= NAMED_FROM) & known
    each = f1_scores(truth, guess)
    test = f"{REUTERS}, {len(columns)} topics here"
    return [
        Figure("checked-topics", test, "micro-F1", micro_f1(truth, guess), len(examples)),
        Figure("checked-topics", test, "macro-F1", float(each.mean()), len(examples)),
        *(
            Figure("topics", f"Reuters: {NAMES[column]}", "F1", float(score), int(truth[:, place].sum()))
            for place, (column, score) in enumerate(zip(columns, each, strict=True))
        ),
    ]
