"""Measuring the heads and the summary on rows that nothing was trained on or chosen by."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from models import datasets
from models.datasets import SentimentExample, TopicExample
from models.feature_cache import FeatureCache
from models.heads import Heads
from models.metrics import accuracy, f1_scores, macro_f1, micro_f1
from models.near_copies import near_copies
from models.recipe import sentiment_examples, topic_examples
from models.sentences import split_sentences
from models.summary import choose_sentences, unit
from models.text import readable
from models.topics import NAMES, REUTERS_TOPICS, TWEET_TOPICS
from streams.errors import MisconfiguredError

SUMMARY_LIMIT = 3


@dataclass(frozen=True, slots=True)
class Figure:
    """Be one measured number, with what a plain method reaches on the same rows (or says which others)."""

    task: str
    test: str
    measure: str
    value: float
    rows: int
    baseline: float | None = None
    baseline_of: str = ""


def evaluate_sentiment(heads: Heads, cache: FeatureCache, data: Path) -> list[Figure]:
    """Measure the sentiment of whole texts on TFNS valid, with and without near-copies of training texts."""
    examples = datasets.tfns(data, "valid")
    truth, guess = _sentiment(heads, cache, examples)
    fresh = ~_copies_of_training([e.text for e in examples], data)
    rows = len(examples)
    return [
        Figure("sentiment", "TFNS valid", "accuracy", accuracy(truth, guess), rows, 0.830, "TF-IDF"),
        Figure("sentiment", "TFNS valid", "macro-F1", macro_f1(truth, guess, 3), rows, 0.774, "TF-IDF"),
        *_both("sentiment", "TFNS valid less copies", truth[fresh], guess[fresh]),
    ]


def evaluate_entities(heads: Heads, cache: FeatureCache, data: Path) -> list[Figure]:
    """Measure the sentiment of given entity spans on the fifth of SEntFiN that is held out."""
    examples = datasets.sentfin(data, held_out=True)
    truth, guess = _sentiment(heads, cache, examples)
    texts = [e.text for e in examples]
    alone = np.array([texts.count(text) == 1 for text in texts])
    labels: dict[str, set[int]] = {}
    for text, label in zip(texts, truth, strict=True):
        labels.setdefault(text, set()).add(int(label))
    conflicting = np.array([len(labels[text]) > 1 for text in texts])
    fresh = ~_copies_of_training(texts, data)
    single = accuracy(truth[alone], guess[alone])
    return [
        *_both("entities", "SEntFiN held-out fifth", truth, guess),
        *_both("entities", "less copies", truth[fresh], guess[fresh]),
        Figure("entities", "one entity only", "accuracy", single, int(alone.sum()), 0.817, "TF-IDF, all such rows"),
        *_both("entities", "entities that differ", truth[conflicting], guess[conflicting]),
    ]


def evaluate_topics(heads: Heads, cache: FeatureCache, data: Path) -> list[Figure]:
    """Measure topics: the one label of tweets, and ours that Reuters' labels decide.

    Reuters' own top ten are not reported: `crude`, `grain`, `wheat` and `corn` are parts of topics here, `earn` is two,
    and `money-fx` is no topic at all, so that no number under their names would be comparable.
    """
    tweets = datasets.tweet_topics(data, "valid")
    columns = list(TWEET_TOPICS)
    targets = np.array([e.target for e in tweets], dtype=np.float32)[:, columns]
    truth = np.nan_to_num(targets).argmax(1)
    guess = heads.read_topics(cache.topics(tweets))[:, columns].argmax(1)
    known = [e.body for part in topic_examples(data).values() for e in part if not e.title]
    fresh = ~np.array(near_copies([e.body for e in tweets], known))
    rows = len(tweets)
    return [
        Figure("topics", "tweets valid", "accuracy", accuracy(truth, guess), rows, 0.819, "linear SVM"),
        Figure("topics", "tweets valid", "macro-F1", macro_f1(truth, guess, len(columns)), rows, 0.787, "linear SVM"),
        *_both("topics", "tweets valid less copies", truth[fresh], guess[fresh], len(columns)),
        *_reuters(heads, cache, datasets.reuters(data, "test")),
    ]


def evaluate_summaries(_heads: Heads, cache: FeatureCache, data: Path) -> list[Figure]:
    """Measure the extractive summary on ECTSum's validation rows beside the first three sentences.

    Raises:
        MisconfiguredError: the package rouge-score is not installed.
    """
    try:
        from rouge_score.rouge_scorer import RougeScorer
    except ImportError:
        raise MisconfiguredError("the package rouge-score is not installed: install the locked requirements") from None
    kinds = ("rouge1", "rouge2", "rougeL")
    scorer = RougeScorer(kinds, use_stemmer=True)
    ours: list[list[float]] = []
    leads: list[list[float]] = []
    for example in datasets.ectsum(data):
        texts = [readable(s.text) for s in split_sentences("", example.text)]
        vectors = unit(cache.encoder.encode(texts).texts)
        words = [len(text.split()) for text in texts]
        chosen = choose_sentences(vectors, unit(vectors.mean(0)), words, SUMMARY_LIMIT)
        for places, scores in ((chosen, ours), (range(len(texts))[:SUMMARY_LIMIT], leads)):
            got = scorer.score(example.summary, " ".join(texts[i] for i in places))
            scores.append([100 * got[kind].fmeasure for kind in kinds])
    means = np.mean(ours, axis=0), np.mean(leads, axis=0)
    return [
        Figure("summaries", "ECTSum val", name, float(value), len(ours), float(lead), "lead-3, same rows")
        for name, value, lead in zip(("ROUGE-1", "ROUGE-2", "ROUGE-L"), *means, strict=True)
    ]


Evaluate = Callable[[Heads, FeatureCache, Path], list[Figure]]
TASKS: dict[str, Evaluate] = {
    "sentiment": evaluate_sentiment,
    "entities": evaluate_entities,
    "topics": evaluate_topics,
    "summaries": evaluate_summaries,
}


def _reuters(heads: Heads, cache: FeatureCache, examples: Sequence[TopicExample]) -> list[Figure]:
    columns = list(REUTERS_TOPICS)
    targets = np.array([e.target for e in examples], dtype=np.float32)[:, columns]
    thresholds = np.array(heads.facts.thresholds)[columns]
    known = ~np.isnan(targets)
    truth = np.nan_to_num(targets) > 0.5
    guess = (heads.read_topics(cache.topics(examples))[:, columns] >= thresholds) & known
    each = f1_scores(truth, guess)
    rows, test = len(examples), f"Reuters ModApte test, {len(columns)} topics here"
    return [
        Figure("topics", test, "micro-F1", micro_f1(truth, guess), rows),
        Figure("topics", test, "macro-F1", float(each.mean()), rows),
        *(
            Figure("topics", f"Reuters: {NAMES[column]}", "F1", float(score), int(truth[:, place].sum()))
            for place, (column, score) in enumerate(zip(columns, each, strict=True))
        ),
    ]


def _sentiment(
    heads: Heads, cache: FeatureCache, examples: Sequence[SentimentExample]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    spans, sentences = np.split(cache.sentiment(examples), 2, axis=1)
    truth = np.array([e.target for e in examples]).argmax(1)
    return truth, heads.read_sentiment(spans, sentences).argmax(1)


def _copies_of_training(texts: Sequence[str], data: Path) -> npt.NDArray[np.bool_]:
    known = {e.text for part in sentiment_examples(data).values() for e in part}
    return np.array(near_copies(texts, sorted(known)))


def _both(
    task: str, test: str, truth: npt.NDArray[np.int64], guess: npt.NDArray[np.int64], classes: int = 3
) -> list[Figure]:
    return [
        Figure(task, test, "accuracy", accuracy(truth, guess), len(truth)),
        Figure(task, test, "macro-F1", macro_f1(truth, guess, classes), len(truth)),
    ]
