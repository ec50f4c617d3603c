"""The extractive summary on vectors made by hand."""

from __future__ import annotations

import numpy as np

from models.summary import choose_sentences, unit


def _unit(rows: list[list[float]]) -> np.ndarray:
    return unit(np.array(rows, dtype=np.float32))


def test_two_halves_beat_two_of_one_kind() -> None:
    """The mean of two unlike sentences lies nearer an article that says both than two alike ones do."""
    vectors = _unit([[1, 0.1, 0], [1, 0, 0.3], [0.1, 1, 0], [0, 0, 1]])
    article = _unit([[1, 0.9, 0.05]])[0]
    assert choose_sentences(vectors, article, [9, 9, 9, 9], 2) == (0, 2)


def test_the_same_sentence_is_taken_once() -> None:
    """A repeated sentence does not fill the summary."""
    vectors = _unit([[1, 0.2], [1, 0.2], [0.2, 1]])
    assert choose_sentences(vectors, _unit([[1, 0.3]])[0], [9, 9, 9], 3) == (0, 2)


def test_a_tie_goes_to_the_earlier() -> None:
    """Sentences as near as each other to within rounding are taken in the order of the text."""
    vectors = _unit([[1, 1e-9], [1, -1e-9]])
    assert choose_sentences(vectors, _unit([[1, 0]])[0], [9, 9], 1) == (0,)


def test_fragments_wait() -> None:
    """A byline is taken only where there is nothing longer."""
    vectors = _unit([[1, 0], [0.5, 1]])
    article = _unit([[1, 0]])[0]
    assert choose_sentences(vectors, article, [2, 9], 1) == (1,)
    assert choose_sentences(vectors, article, [2, 3], 1) == (0,)


def test_fewer_sentences_than_asked() -> None:
    """A short article is its own summary, in order."""
    vectors = _unit([[1, 0], [0, 1]])
    assert choose_sentences(vectors, _unit([[0.2, 1]])[0], [9, 9], 5) == (0, 1)
