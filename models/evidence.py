"""Evidence: the sentences that carry a label, the strongest first."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

MOST = 3
"""Sentences shown for one label."""
SHARE = 0.5
"""Of the strongest sentence's part: what falls below is no evidence but company."""

Probabilities = npt.NDArray[np.float64]


def evidence_sentences(probabilities: Probabilities, weights: npt.NDArray[np.float64]) -> tuple[int, ...]:
    """Return the sentences behind the label of their weighted mean, the strongest first.

    A sentence's part in the label is its weight times its probability of it. Sentences of another label are named only
    where none has this one, so that what is shown always speaks for what is said.

    Args:
        probabilities: of the labels, for each sentence, (S, C).
        weights: how much each sentence counts in the mean, (S,), not negative.
    """
    if not len(probabilities):
        return ()
    label = int((weights @ probabilities).argmax())
    parts = weights * probabilities[:, label]  # (S,)
    agreeing = (probabilities.argmax(1) == label) & (parts > 0)
    return _strongest(np.where(agreeing, parts, 0.0) if agreeing.any() else parts)


def topic_evidence(probabilities: Probabilities, named: npt.NDArray[np.int64]) -> tuple[tuple[int, ...], ...]:
    """Return for each named topic the sentences behind it, the strongest first.

    Args:
        probabilities: of the topics, for each sentence alone, (S, C).
        named: the columns of the topics that the article was given, (T,).
    """
    return tuple(_strongest(probabilities[:, column]) for column in named) if len(probabilities) else ((),) * len(named)


def _strongest(parts: Probabilities) -> tuple[int, ...]:
    """Return up to `MOST` places, by part and then by order; the first always, others that come near it."""
    order = sorted(range(len(parts)), key=lambda place: (-parts[place], place))
    return tuple(
        place for rank, place in enumerate(order[:MOST]) if not rank or parts[place] >= SHARE * parts[order[0]]
    )
