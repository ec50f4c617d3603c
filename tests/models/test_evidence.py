"""Evidence for labels, on probabilities made by hand."""

from __future__ import annotations

import numpy as np

from models.evidence import evidence_sentences, topic_evidence


def test_the_strongest_first() -> None:
    """Weight times probability orders the sentences; those far behind, and those of another label, are left out."""
    probabilities = np.array([[0.6, 0.3, 0.1], [0.9, 0.1, 0.0], [0.1, 0.1, 0.8], [0.5, 0.4, 0.1]])
    assert evidence_sentences(probabilities, np.array([1.0, 1.0, 1.0, 0.5])) == (1, 0)


def test_at_most_three_in_order_where_equal() -> None:
    """Equal sentences stand in the order of the text."""
    assert evidence_sentences(np.tile([0.2, 0.1, 0.7], (5, 1)), np.ones(5)) == (0, 1, 2)


def test_no_sentence_of_the_label() -> None:
    """Where the label comes only from the mean, the sentences that give most to it are named."""
    probabilities = np.array([[0.5, 0.45, 0.05], [0.05, 0.45, 0.5]])
    assert evidence_sentences(probabilities, np.array([1.0, 1.5])) == (1, 0)


def test_nothing_to_show() -> None:
    """An article without sentences has no evidence."""
    assert evidence_sentences(np.zeros((0, 3)), np.zeros(0)) == ()
    assert topic_evidence(np.zeros((0, 4)), np.array([1, 2])) == ((), ())


def test_of_each_topic() -> None:
    """Each topic names its own sentences."""
    probabilities = np.array([[0.9, 0.1], [0.5, 0.2], [0.1, 0.8]])
    assert topic_evidence(probabilities, np.array([0, 1])) == ((0, 1), (2,))
