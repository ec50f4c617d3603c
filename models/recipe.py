"""The recipe of the heads: which sets they learn from, and which rows of those choose instead of teaching."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from models import datasets
from models.bases import sha256_of
from models.datasets import SentimentExample, TopicExample
from models.feature_cache import FeatureCache
from models.training import Labelled

CHOOSING_FOLDS = 10
"""One in so many rows of each training set, by the hash of its text, chooses checkpoints and thresholds."""


def sentiment_examples(data: Path) -> dict[str, list[SentimentExample]]:
    """Return the training examples of sentiment, by set.

    Raises:
        DataMissing: a set is not there.
    """
    return {
        "tfns_train": datasets.tfns(data, "train"),
        "sentfin": datasets.sentfin(data, held_out=False),
        "fiqa_train": datasets.fiqa(data),
    }


def topic_examples(data: Path) -> dict[str, list[TopicExample]]:
    """Return the training examples of topics, by set.

    Raises:
        DataMissing: a set is not there.
    """
    return {"tftopic_train": datasets.tweet_topics(data, "train"), "reuters": datasets.reuters(data, "train")}


def labelled_sentiment(sets: dict[str, list[SentimentExample]], cache: FeatureCache) -> Labelled:
    """Return features and targets of the sentiment sets."""
    examples = [example for part in sets.values() for example in part]
    features = np.concatenate([cache.sentiment(part) for part in sets.values()])
    return _labelled(features, [e.target for e in examples], [e.text for e in examples])


def labelled_topics(sets: dict[str, list[TopicExample]], cache: FeatureCache) -> Labelled:
    """Return features and targets of the topic sets."""
    examples = [example for part in sets.values() for example in part]
    features = np.concatenate([cache.topics(part) for part in sets.values()])
    return _labelled(features, [e.target for e in examples], [f"{e.title} {e.body}" for e in examples])


def data_facts(data: Path, counts: dict[str, int]) -> tuple[dict[str, Any], ...]:
    """Return name, examples and digest of each set, for the record."""
    return tuple(
        {"name": name, "examples": count, "sha256": sha256_of(datasets.data_file(data, name))}
        for name, count in counts.items()
    )


def _labelled(features: np.ndarray[Any, Any], targets: Sequence[Sequence[float]], texts: Sequence[str]) -> Labelled:
    choosing = np.array([datasets.fold_of(text, CHOOSING_FOLDS, "choosing") == 0 for text in texts])
    return Labelled(features, np.array(targets, dtype=np.float32), choosing)
