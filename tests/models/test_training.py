"""Training on a tiny set made here, saving, and loading again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import orjson
import pytest
import torch

from models.bases import Base
from models.heads import FACTS, WEIGHTS, Heads, HeadsFacts, load_heads
from models.topics import NAMES, tweet_target
from models.training import Labelled, choose_thresholds, train_heads
from streams.errors import DataMissing, WeightsMismatch

BASE = Base("tiny", Path("nowhere"), "ab" * 32)
DIMENSIONS = 8


@pytest.fixture(autouse=True)
def _one_thread() -> Iterator[None]:
    """Compute with one thread: more would only wait for each other on so little."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def _trained(epochs: int = 80, seed: int = 1) -> tuple[Heads, Labelled, list[float]]:
    random = np.random.default_rng(0)
    truth = random.integers(0, 3, 600)
    features = random.normal(size=(600, 2 * DIMENSIONS)).astype(np.float32)
    for label in range(3):  # every third number tells the label
        features[truth == label, label::3] += 2
    choosing = np.arange(600) % 5 == 0
    sentiment = Labelled(features, np.eye(3, dtype=np.float32)[truth], choosing)
    labels = ("Earnings", "Dividend", "IPO")
    topics = Labelled(features, np.array([tweet_target(labels[t]) for t in truth], dtype=np.float32), choosing)
    facts = HeadsFacts(base=BASE.name, base_sha256=BASE.sha256, dimensions=DIMENSIONS, hidden=16)
    losses: list[float] = []
    heads = train_heads(
        facts,
        sentiment,
        topics,
        epochs=epochs,
        seed=seed,
        report=lambda _name, _epoch, loss, _score: losses.append(loss),
    )
    return heads, sentiment, losses


def test_training_learns_what_can_be_learned() -> None:
    """The rows that were kept aside come out right, and so do the topics of tweets."""
    heads, data, _ = _trained()
    aside = data.features[data.choosing]
    guess = heads.read_sentiment(aside[:, :DIMENSIONS], aside[:, DIMENSIONS:]).argmax(1)
    truth = data.targets[data.choosing].argmax(1)
    assert (guess == truth).mean() > 0.9
    named = heads.read_topics(aside).argmax(1)
    assert ([NAMES[n] for n in named] == np.array(["results", "dividend", "ipo"])[truth]).mean() > 0.9
    assert heads.facts.figures["sentiment_macro_f1"] > 0.9


def test_the_seed_decides() -> None:
    """The same seed gives the same losses, another seed others."""
    assert _trained(3)[2] == _trained(3)[2]
    assert _trained(3)[2] != _trained(3, seed=2)[2]


def test_heads_come_back_as_they_were(tmp_path: Path) -> None:
    """Saved and loaded heads answer equally, under a name from their bytes."""
    heads, data, _ = _trained(2)
    heads.save(tmp_path)
    again = load_heads(tmp_path, BASE)
    np.testing.assert_array_equal(again.read_topics(data.features), heads.read_topics(data.features))
    assert again.version == heads.version != "heads-"


def test_heads_of_another_base_are_refused(tmp_path: Path) -> None:
    """Heads load on the very base that they were trained on, and on no other."""
    _trained(1)[0].save(tmp_path)
    with pytest.raises(WeightsMismatch, match="trained on tiny"):
        load_heads(tmp_path, Base("other", Path("nowhere"), "cd" * 32))


def test_changed_weights_are_refused(tmp_path: Path) -> None:
    """A weight file that is not the one in the facts is not loaded; nor are facts that cannot be read."""
    _trained(1)[0].save(tmp_path)
    whole = (tmp_path / WEIGHTS).read_bytes()
    (tmp_path / WEIGHTS).write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    with pytest.raises(WeightsMismatch, match="not the file"):
        load_heads(tmp_path, BASE)
    (tmp_path / FACTS).write_bytes(b"{")
    with pytest.raises(WeightsMismatch, match="cannot be read"):
        load_heads(tmp_path, BASE)
    (tmp_path / FACTS).unlink()
    with pytest.raises(DataMissing, match="tidewatch train"):
        load_heads(tmp_path, BASE)


def test_facts_are_plain_json(tmp_path: Path) -> None:
    """The facts name base, digest, labels and topics for whoever reads the folder without this code."""
    _trained(1)[0].save(tmp_path)
    facts = orjson.loads((tmp_path / FACTS).read_bytes())
    assert facts["base_sha256"] == BASE.sha256
    assert facts["labels"] == ["negative", "neutral", "positive"]
    assert facts["topics"] == list(NAMES)


def test_a_threshold_is_where_f1_is_best() -> None:
    """The threshold parts yes from no where the probabilities do; a topic nobody taught has one half."""
    place = NAMES.index("shipping")
    targets = np.full((40, len(NAMES)), np.nan, dtype=np.float32)
    targets[:, place] = np.arange(40) >= 30
    targets[:, NAMES.index("trade")] = 0
    probabilities = np.full((40, len(NAMES)), 0.01)
    probabilities[:30, place], probabilities[30:, place] = 0.2, 0.4
    thresholds = choose_thresholds(probabilities, targets)
    assert 0.2 < thresholds[place] <= 0.4
    assert thresholds[NAMES.index("trade")] == 0.5
