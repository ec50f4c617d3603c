"""Scores of labels against the truth."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Flags = npt.NDArray[np.bool_]


def f1_scores(truth: Flags, guess: Flags) -> npt.NDArray[np.float64]:
    """Return the F1 of each class from (N, C) flags; 0 where a class is neither there nor guessed."""
    hits = (truth & guess).sum(0)
    total = truth.sum(0) + guess.sum(0)
    return np.asarray(2 * hits / np.maximum(total, 1), dtype=np.float64)


def micro_f1(truth: Flags, guess: Flags) -> float:
    """Return the F1 over all (N, C) flags together."""
    return float(2 * (truth & guess).sum() / max(1, int(truth.sum() + guess.sum())))


def accuracy(truth: npt.NDArray[np.int64], guess: npt.NDArray[np.int64]) -> float:
    """Return the share of equal labels, (N,); NaN of none."""
    return float((truth == guess).mean()) if len(truth) else float("nan")


def macro_f1(truth: npt.NDArray[np.int64], guess: npt.NDArray[np.int64], classes: int) -> float:
    """Return the mean F1 over the classes that the truth holds."""
    one_hot = np.eye(classes, dtype=bool)
    scores = f1_scores(one_hot[truth], one_hot[guess])
    return float(scores[np.unique(truth)].mean()) if len(truth) else float("nan")
