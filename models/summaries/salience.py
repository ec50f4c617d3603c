"""Salience: how likely each word of an article is to be in its summary, learned from summaries that people wrote.

Two readers share the work. Earnings calls are long and lie in figures, so theirs looks at every word with its
neighbours and its sentence. News begins with what matters, so theirs weighs signs, place and centrality of whole
sentences. A gate tells from the text which one to believe, and a short text is always news.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from safetensors import SafetensorError
from safetensors.numpy import load_file, save

from models.summaries.salience_features import (
    GATE_FEATURES,
    SENTENCE_FEATURES,
    SIGNS,
    VOCABULARY,
    Matrix,
    Words,
    gate_features,
    read_words,
    sentence_features,
)
from streams.errors import DataMissing, WeightsMismatch

WEIGHTS = "salience.safetensors"
WORD_WIDTH = 12
"""Numbers that stand for one word."""
CHANNELS = 32
WINDOW = 7
"""Words that are seen together."""
CALL = 0.8
"""From this certainty on, a text is read as an earnings call: in doubt it is news, which loses more by the mistake."""
FEWEST_CALL_SENTENCES = 30
"""A shorter text is no call but a story on results, whose news a call's reader would miss: of the calls in ECTSum's
training rows 0.7% have fewer sentences of six words, and half have 122 or more."""
LEAD_WORTH = (0.4, 0.12)
"""What the first sentence of news is worth beside what was learned, for words and for pairs. The articles of XSum, from
which it was learned, lack their first sentence; this is the most, of those tried, at which 500 of them were still
summarised better than by their lead. About half of those 500 are also measured on."""
LEAD_SENTENCES = 3.0
"""So many sentences on, the worth has fallen to a third."""
DENSE = SIGNS + 9
"""Features of a sentence that the reader of calls sees: the first ones."""

SHAPES: Mapping[str, tuple[int, ...]] = {
    "words": (VOCABULARY, WORD_WIDTH),
    "window": (WINDOW * WORD_WIDTH, CHANNELS),
    "window_bias": (CHANNELS,),
    "sentence": (2 * CHANNELS + DENSE, CHANNELS),
    "sentence_bias": (CHANNELS,),
    "context": (3 * CHANNELS, CHANNELS),
    "context_bias": (CHANNELS,),
    "answer": (2 * CHANNELS + WORD_WIDTH, 2),
    "answer_bias": (2,),
    "dense_mean": (DENSE,),
    "dense_scale": (DENSE,),
    "news": (SENTENCE_FEATURES, 2),
    "news_bias": (2,),
    "gate": (GATE_FEATURES,),
    "gate_bias": (1,),
}


@dataclass(frozen=True, slots=True)
class WordChances:
    """Be the words of an article with two chances each, (W, 2): to be in the summary, and so with the next word.

    `call` says whether the text was read as an earnings call.
    """

    words: Words
    chances: Matrix
    call: bool


@dataclass(frozen=True, slots=True)
class Salience:
    """Hold the weights as plain arrays, by the names in `SHAPES`."""

    weights: Mapping[str, Matrix]

    def read(self, sentences: Sequence[str], title: str) -> WordChances:
        """Return the chances of every word of some sentences, S ≥ 1."""
        words = read_words(sentences)
        features = sentence_features(sentences, title)
        gate = gate_features(features[:, :SIGNS]) @ self.weights["gate"] + self.weights["gate_bias"]
        if len(sentences) >= FEWEST_CALL_SENTENCES and _sigmoid(gate)[0] >= CALL:
            return WordChances(words, self._of_calls(words, features[:, :DENSE]), call=True)
        news = np.clip(features @ self.weights["news"] + self.weights["news_bias"], 0.001, 1.0)  # (S, 2)
        decay = np.exp(-np.arange(len(sentences)) / LEAD_SENTENCES)[:, None]
        chances = np.minimum(news + decay * np.array(LEAD_WORTH), 1.0)
        return WordChances(words, chances[words.sentences].astype(np.float32), call=False)

    def _of_calls(self, words: Words, dense: Matrix) -> Matrix:
        weights = self.weights
        embedded = weights["words"][words.rows]  # (W, E)
        padded = np.pad(embedded, ((WINDOW // 2, WINDOW // 2), (0, 0)))
        windows = np.concatenate([padded[i : i + len(embedded)] for i in range(WINDOW)], axis=1)  # (W, 7E)
        seen = _relu(windows @ weights["window"] + weights["window_bias"])  # (W, C)
        scaled = (dense - weights["dense_mean"]) / weights["dense_scale"]
        mean, most = _pooled(seen, words.sentences, len(dense))
        pooled = np.concatenate([mean, most, scaled], axis=1)
        inner = _relu(pooled @ weights["sentence"] + weights["sentence_bias"])  # (S, C)
        beside = np.pad(inner, ((1, 1), (0, 0)))
        around = np.concatenate([beside[:-2], inner, beside[2:]], axis=1)
        context = _relu(around @ weights["context"] + weights["context_bias"])  # (S, C)
        answers = np.concatenate([seen, context[words.sentences], embedded], axis=1)
        return _sigmoid(answers @ weights["answer"] + weights["answer_bias"])

    def save(self, folder: Path) -> Path:
        """Write the weights in half precision; return the file."""
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / WEIGHTS
        path.write_bytes(save({name: np.ascontiguousarray(self.weights[name], dtype=np.float16) for name in SHAPES}))
        return path


def load_salience(folder: Path) -> Salience:
    """Load the weights that `tidewatch train` wrote.

    Raises:
        DataMissing: the folder holds none.
        WeightsMismatch: the file is not one of these.
    """
    path = folder / WEIGHTS
    if not path.is_file():
        raise DataMissing(f"{path} is not there: `tidewatch train --data FOLDER -o {folder}` makes it")
    try:
        weights = load_file(path)
    except SafetensorError as error:
        raise WeightsMismatch(f"{path} cannot be read: {error}") from None
    if {name: part.shape for name, part in weights.items()} != dict(SHAPES):
        raise WeightsMismatch(f"{path} holds other weights than this version reads: train again with `tidewatch train`")
    return Salience({name: part.astype(np.float32) for name, part in weights.items()})


def _pooled(seen: Matrix, owners: npt.NDArray[np.int64], count: int) -> tuple[Matrix, Matrix]:
    """Return mean and maximum over the words of each sentence, (S, C) each; zeros for one without words."""
    mean = np.zeros((count, seen.shape[1]), dtype=np.float32)
    most = np.zeros_like(mean)
    if len(owners):
        present, firsts, sizes = np.unique(owners, return_index=True, return_counts=True)
        mean[present] = np.add.reduceat(seen, firsts, axis=0) / sizes[:, None]
        most[present] = np.maximum.reduceat(seen, firsts, axis=0)
    return mean, most


def _relu(values: Matrix) -> Matrix:
    return np.maximum(values, 0.0)


def _sigmoid(values: Matrix) -> Matrix:
    return np.asarray(1 / (1 + np.exp(-np.clip(values, -30, 30))), dtype=np.float32)
