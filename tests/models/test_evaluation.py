"""Figures from a folder of sets made here, through the same functions as the real ones."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pytest

from models.card import figure_rows, model_card
from models.encoder import Encoder
from models.evaluation import TASKS, Figure
from models.feature_cache import FeatureCache
from models.heads import Heads, HeadsFacts
from models.metrics import accuracy, f1_scores, macro_f1, micro_f1
from models.topics import NAMES
from streams.errors import DataMissing


def _write(path: Path, rows: list[dict[str, Any]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(b"\n".join(orjson.dumps(row) for row in rows)))


@pytest.fixture
def sets(tmp_path: Path) -> Path:
    """Write a few rows of every set, in its own form."""
    said = {"Vantor falls today": "negative", "Vantor rises today": "positive", "Vantor waits today": "neutral"}
    tweets = [{"text": text, "label": label} for text, label in said.items()]
    _write(tmp_path / "sentiment/tfns_train.jsonl.gz", tweets[:2])
    _write(tmp_path / "sentiment/tfns_valid.jsonl.gz", tweets)
    others = [f"{chr(97 + n)}corp" for n in range(20)]
    headlines = [
        {"text": f"Vantor up, {other} down", "entities": {"Vantor": "positive", other: "negative"}} for other in others
    ]
    _write(tmp_path / "sentiment/sentfin.jsonl.gz", headlines)
    target = {"target": "Vantor", "score": -0.3, "aspects": "[]"}
    _write(
        tmp_path / "sentiment/fiqa_train.jsonl.gz", [{"kind": "post", "text": "Vantor is weak", "targets": [target]}]
    )
    for part in ("train", "valid"):
        rows = [{"text": f"Vantor pays a dividend in {part}", "label": "Dividend"}]
        _write(tmp_path / f"topics/tftopic_{part}.jsonl.gz", rows)
    wires = [
        {"modapte": part, "topics": [topic], "title": "WIRE", "body": "Ships wait."}
        for part, topic in (("train", "ship"), ("test", "ship"), ("test", "acq"))
    ]
    _write(tmp_path / "topics/reuters21578.jsonl.gz", wires)
    call = {
        "text": "Revenue rose by a tenth this year. We thank everybody on the call. Earnings were two dollars a share.",
        "summary": "earnings two dollars a share.",
    }
    _write(tmp_path / "summaries/ectsum_val.jsonl.gz", [call])
    return tmp_path


@pytest.fixture
def heads(encoder: Encoder) -> Heads:
    """Return heads that have learned nothing."""
    base = encoder.base
    facts = HeadsFacts(
        base=base.name,
        base_sha256=base.sha256,
        dimensions=encoder.dimensions,
        hidden=4,
        thresholds=(0.5,) * len(NAMES),
        data=({"name": "tfns_train", "examples": 2, "sha256": "ab" * 32},),
    )
    return Heads(facts).eval()


def test_every_task_gives_figures(sets: Path, heads: Heads, encoder: Encoder, tmp_path: Path) -> None:
    """Each task counts its rows and leaves the near-copies of training rows out of its second line."""
    cache = FeatureCache(encoder, tmp_path / "cache")
    figures = {(f.task, f.test, f.measure): f for task in TASKS.values() for f in task(heads, cache, sets)}
    assert figures["sentiment", "TFNS valid", "accuracy"].rows == 3
    assert figures["sentiment", "TFNS valid less copies", "accuracy"].rows == 1
    assert figures["summaries", "ECTSum val", "ROUGE-1"].value > 0
    assert figures["topics", "tweets valid", "accuracy"].rows == 1
    card = model_card(heads.facts, list(figures.values()))
    assert "| tfns_train | 2 | financial tweets" in card
    assert "| sentiment | TFNS valid | 3 | accuracy |" in card


def test_features_are_computed_once(sets: Path, encoder: Encoder, tmp_path: Path) -> None:
    """A second reading takes the features from the folder, and they are the same."""
    from models import datasets

    class _Spent:
        base = encoder.base

        def encode(self, *_: object) -> None:
            raise AssertionError("the encoder was asked again")

    examples = datasets.fiqa(sets)
    first = FeatureCache(encoder, tmp_path / "cache").sentiment(examples)
    again = FeatureCache(_Spent(), tmp_path / "cache").sentiment(examples)  # type: ignore[arg-type]
    np.testing.assert_array_equal(first, again)
    assert first.shape == (1, 2 * encoder.dimensions)


def test_without_data_it_is_said(heads: Heads, encoder: Encoder, tmp_path: Path) -> None:
    """Every task names the file that is missing."""
    for task in TASKS.values():
        with pytest.raises(DataMissing, match="is not there: --data"):
            task(heads, FeatureCache(encoder), tmp_path)


def test_scores_by_hand() -> None:
    """Two of three right: accuracy 2/3; F1 of the classes 2/3, 2/3; of flags together 2/3."""
    truth, guess = np.array([0, 0, 1]), np.array([0, 1, 1])
    assert accuracy(truth, guess) == pytest.approx(2 / 3)
    assert macro_f1(truth, guess, 3) == pytest.approx(2 / 3)
    one_hot = np.eye(2, dtype=bool)
    assert micro_f1(one_hot[truth], one_hot[guess]) == pytest.approx(2 / 3)
    np.testing.assert_allclose(f1_scores(one_hot[truth], one_hot[guess]), [2 / 3, 2 / 3])


def test_figures_as_a_table() -> None:
    """Shares have three digits, scores of a hundred one, and the baseline says whose it is."""
    share = Figure("t", "set", "accuracy", 0.81234, 2388, 0.83, "TF-IDF")
    rows = figure_rows([share, Figure("s", "x", "ROUGE-1", 27.84, 249)])
    assert rows[2] == "| t | set | 2,388 | accuracy | 0.812 | 0.830 (TF-IDF) |"
    assert rows[3] == "| s | x | 249 | ROUGE-1 | 27.8 | – |"
