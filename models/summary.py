"""The extractive summary: the few sentences whose mean lies nearest the article's, in the order of the text."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

FEWEST_WORDS = 5
"""Shorter pieces (bylines, headings, figures of a table) are taken only where nothing longer is left."""
SAME = 0.95
"""From this cosine on, two sentences say the same; only the first is taken."""
TIE = 1e-6
"""Distances this close are one: the earlier sentence wins, whatever the rounding."""


def choose_sentences(
    vectors: npt.NDArray[np.float32], article: npt.NDArray[np.float32], words: Sequence[int], limit: int
) -> tuple[int, ...]:
    """Return the indices of at most `limit` sentences, ascending.

    Greedy: each step adds the sentence that brings the mean of those chosen nearest the article (by cosine), which
    by itself prefers what the chosen do not say yet.

    Args:
        vectors: unit vectors of the sentences, (S, D).
        article: unit vector of the article, (D,).
        words: how many words each sentence has.
        limit: the most sentences taken.
    """
    open_places = [place for place, count in enumerate(words) if count >= FEWEST_WORDS] or list(range(len(words)))
    chosen: list[int] = []
    total = np.zeros(vectors.shape[1], dtype=np.float64)
    while open_places and len(chosen) < limit:
        sums = total + vectors[open_places].astype(np.float64)  # (O, D)
        nearness = (sums @ article.astype(np.float64)) / np.maximum(np.linalg.norm(sums, axis=1), 1e-12)
        best = open_places[int(np.argmax(nearness >= nearness.max() - TIE))]
        chosen.append(best)
        total += vectors[best]
        alike = vectors[open_places] @ vectors[best]
        open_places = [
            place for place, cosine in zip(open_places, alike, strict=True) if place != best and cosine < SAME
        ]
    return tuple(sorted(chosen))


def unit(vectors: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Return rows of length one; a row of zeros stays."""
    norms = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return np.asarray(vectors / np.maximum(norms, 1e-12), dtype=np.float32)
