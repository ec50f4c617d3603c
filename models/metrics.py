"""Scores of labels and probabilities against the truth, with bootstrap intervals."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

Flags = npt.NDArray[np.bool_]
Labels = npt.NDArray[np.int64]
Probabilities = npt.NDArray[np.float64]
Interval = tuple[float, float]

BINS = 15
RESAMPLES = 1000


def f1_scores(truth: Flags, guess: Flags) -> npt.NDArray[np.float64]:
    """Return the F1 of each class from (N, C) flags; 0 where a class is neither there nor guessed."""
    hits = (truth & guess).sum(0)
    total = truth.sum(0) + guess.sum(0)
    return np.asarray(2 * hits / np.maximum(total, 1), dtype=np.float64)


def precision_recall(truth: Flags, guess: Flags) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Return precision and recall of each class from (N, C) flags; 0 where there is nothing to divide by."""
    hits = (truth & guess).sum(0)
    return hits / np.maximum(guess.sum(0), 1), hits / np.maximum(truth.sum(0), 1)


def micro_f1(truth: Flags, guess: Flags) -> float:
    """Return the F1 over all (N, C) flags together."""
    return float(2 * (truth & guess).sum() / max(1, int(truth.sum() + guess.sum())))


def accuracy(truth: Labels, guess: Labels) -> float:
    """Return the share of equal labels, (N,); NaN of none."""
    return float((truth == guess).mean()) if len(truth) else float("nan")


def macro_f1(truth: Labels, guess: Labels, classes: int) -> float:
    """Return the mean F1 over the classes that the truth holds."""
    one_hot = np.eye(classes, dtype=bool)
    scores = f1_scores(one_hot[truth], one_hot[guess])
    return float(scores[np.unique(truth)].mean()) if len(truth) else float("nan")


def brier(truth: Labels, probabilities: Probabilities) -> float:
    """Return the mean squared distance of (N, C) probabilities from the truth, summed over classes (Brier 1950)."""
    return float(((probabilities - np.eye(probabilities.shape[1])[truth]) ** 2).sum(1).mean())


def calibration_error(truth: Labels, probabilities: Probabilities) -> float:
    """Return the expected calibration error of the likeliest label, in 15 equal bins (arXiv:1706.04599)."""
    confidence, right = probabilities.max(1), probabilities.argmax(1) == truth
    place = np.minimum((confidence * BINS).astype(int), BINS - 1)
    gaps = [abs(confidence[place == b].sum() - right[place == b].sum()) for b in range(BINS)]
    return float(sum(gaps) / max(1, len(truth)))


def interval(score: Callable[..., float], *columns: npt.NDArray[Any], seed: int = 0) -> Interval:
    """Return the middle 95% of a score over resampled rows; every column has one entry a row."""
    random = np.random.default_rng(seed)
    rows = len(columns[0])
    draws = [random.integers(0, rows, rows) for _ in range(RESAMPLES)] if rows else []
    values = [score(*(column[draw] for column in columns)) for draw in draws]
    low, high = np.nanquantile(values, [0.025, 0.975]) if values else (float("nan"), float("nan"))
    return float(low), float(high)
