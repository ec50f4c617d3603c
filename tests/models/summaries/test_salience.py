"""Salience: training on small sets of invented texts, and the same answers from plain arrays and from the file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import torch

from models.summaries.salience import DENSE, SHAPES, WEIGHTS, Salience, load_salience
from models.summaries.salience_features import (
    GATE_FEATURES,
    SENTENCE_FEATURES,
    gate_features,
    read_words,
    sentence_features,
    sign_counts,
)
from models.training.salience import Lesson, _CallReader, lesson, train_on
from streams.errors import DataMissing, WeightsMismatch

CALL = (
    "Good morning and thank you all for joining our call today.\nPlease turn to slide 4 for the statements on risk.\n"
    "Our revenue rose {0}% to $4{0}1 million in the quarter.\nWe are very proud of the teams in all of our stores.\n"
    "Adjusted earnings per share were $1.{0}4 in the quarter.\nOperator, we are ready for the first question now."
)
CALL_SUMMARY = "q1 revenue rose {0} percent to $4{0}1 million.\nq1 adjusted earnings per share $1.{0}4."
STORY = (
    "Vantor Robotics opened a plant in Tallin Bay on Friday number {0}. The mayor was there with a band and said so."
    " It had rained a little in the morning before. Guests were given tea and cake by the gate."
)


def _lessons() -> tuple[list[Lesson], list[Lesson]]:
    calls = [lesson(CALL.format(n), CALL_SUMMARY.format(n)) for n in range(1, 9)]
    stories = [lesson(STORY.format(n), "Vantor Robotics opened a plant in Tallin Bay") for n in range(1, 9)]
    return calls, stories


@pytest.fixture(scope="module")
def trained() -> Salience:
    """Train on eight calls and eight stories."""
    calls, stories = _lessons()
    return train_on(calls, stories, [], seed=3, epochs=20)


def _read(salience: Salience, sentences: Sequence[str]) -> tuple[list[float], bool]:
    read = salience.read(sentences, "")
    sums = np.bincount(read.words.sentences, read.chances[:, 0] * read.words.sizes, minlength=len(sentences))
    return (sums / np.bincount(read.words.sentences, read.words.sizes, minlength=len(sentences))).tolist(), read.call


def test_calls_by_their_figures_and_stories_by_their_beginning(trained: Salience) -> None:
    """The gate tells the kinds apart, and each gives most to the sentences that its summaries kept."""
    shares, call = _read(trained, CALL.format(9).split("\n") * 5)
    assert call
    for first in range(0, 30, 6):
        assert sorted(range(6), key=lambda i: -shares[first + i])[:2] in ([2, 4], [4, 2])
    shares, call = _read(trained, [s for s in STORY.format(9).split(". ") if s])
    assert not call
    assert int(np.argmax(shares)) == 0


def test_a_short_text_is_no_call(trained: Salience) -> None:
    """What reads like a call is one from thirty sentences on."""
    sentences = CALL.format(9).split("\n") * 5
    assert trained.read(sentences, "").call
    assert not trained.read(sentences[:-1], "").call


def test_the_same_seed_gives_the_same_weights(trained: Salience) -> None:
    """Training twice makes the same arrays to the last bit."""
    calls, stories = _lessons()
    again = train_on(calls, stories, [], seed=3, epochs=20)
    for name in SHAPES:
        np.testing.assert_array_equal(again.weights[name], trained.weights[name])


def test_the_arrays_compute_what_was_trained(trained: Salience) -> None:
    """The reader of calls in numpy gives the same chances as the network in torch."""
    sentences = CALL.format(5).split("\n")
    reader = _CallReader().eval()
    part = {name: torch.from_numpy(value) for name, value in trained.weights.items()}
    with torch.no_grad():
        reader.words.weight.copy_(part["words"])
        for name in ("window", "sentence", "context", "answer"):
            getattr(reader, name).weight.copy_(part[name].T)
            getattr(reader, name).bias.copy_(part[f"{name}_bias"])
    words = read_words(sentences)
    dense = sentence_features(sentences, "")[:, :DENSE]
    scaled = (dense - trained.weights["dense_mean"]) / trained.weights["dense_scale"]
    with torch.inference_mode():
        logits = reader(torch.from_numpy(words.rows), torch.from_numpy(words.sentences), torch.from_numpy(scaled))
    np.testing.assert_allclose(trained._of_calls(words, dense), logits.sigmoid().numpy(), atol=1e-5)


def test_there_and_back(trained: Salience, tmp_path: Path) -> None:
    """What is saved is what is loaded, in fewer than 300 kB, and the folder says what is wrong with it."""
    with pytest.raises(DataMissing, match="tidewatch train"):
        load_salience(tmp_path)
    assert trained.save(tmp_path).stat().st_size < 300_000
    again = load_salience(tmp_path)
    for name in SHAPES:
        np.testing.assert_array_equal(again.weights[name], trained.weights[name])
    (tmp_path / WEIGHTS).write_bytes(b"\x00" * 64)
    with pytest.raises(WeightsMismatch):
        load_salience(tmp_path)


def test_what_a_summary_kept() -> None:
    """Words and pairs of words count by their stems, and pairs do not reach over a full stop."""
    one = lesson(
        "Vantor profits rose sharply in the last year. Fell not, as the analysts had feared.", "profit rises; rose fell"
    )
    kept = {piece: one.kept[row].tolist() for row, pieces in enumerate(one.words.pieces) for piece in pieces}
    assert kept["profits"] == [1.0, 0.0]
    assert kept["rose"] == [1.0, 0.0]
    assert kept["fell"] == [1.0, 0.0]
    assert kept["sharply"] == [0.0, 0.0]


def test_figures_are_seen_by_their_shape() -> None:
    """Two amounts per share are one word to the model; a share, a year and a percentage are others."""
    rows = read_words(["$1.24 $3.40 2026 12.5% 481 $481.1"]).rows.tolist()
    assert rows[0] == rows[1]
    assert len(set(rows[1:])) == 5


@pytest.mark.parametrize("sentences", [["…"], ["a"], ["x" * 1_000], ["5" * 400, ""], ["?"] * 300])
def test_strange_sentences(trained: Salience, sentences: list[str]) -> None:
    """Features and chances are finite, of the stated shapes, whatever the text."""
    assert sentence_features(sentences, "a title").shape == (len(sentences), SENTENCE_FEATURES)
    assert gate_features(sign_counts(sentences)).shape == (GATE_FEATURES,)
    read = trained.read(sentences, "")
    assert np.isfinite(read.chances).all()
    assert read.chances.shape == (len(read.words.pieces), 2)
