"""Figures from a folder of sets made here, through the same functions as the real ones."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pytest

from models.evaluation.card import figure_rows, model_card
from models.evaluation.measured import Figure, Measured
from models.evaluation.tasks import TASKS
from models.lessons.datasets import fold_of
from models.lessons.recipe import lessons
from models.metrics import accuracy, brier, calibration_error, f1_scores, interval, macro_f1, micro_f1
from models.network.encoder import Encoder
from models.network.heads import BUILT_IN, Heads, HeadsFacts
from models.summaries.salience import load_salience
from models.topics import NAMES
from streams.errors import DataMissing, WeightsMismatch

HELD_OUT = sum(fold_of(f"Vantor up, {chr(97 + n)}corp down", 5) == 0 for n in range(20))


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
def measured(encoder: Encoder) -> Measured:
    """Return the encoder with heads that have learned nothing."""
    base = encoder.base
    facts = HeadsFacts(
        base=base.name,
        base_sha256=base.sha256,
        dimensions=encoder.dimensions,
        hidden=4,
        data=({"name": "tfns_train", "examples": 2, "sha256": "ab" * 32},),
    )
    return Measured(encoder, Heads(facts).eval(), load_salience(BUILT_IN))


@pytest.mark.parametrize("task", ["topics", "checked-topics"])
def test_weights_that_know_other_topics_are_refused(sets: Path, measured: Measured, task: str) -> None:
    """After a row of the table was added or moved, the columns of older weights mean other topics."""
    measured.heads.facts = measured.heads.facts.model_copy(update={"topics": NAMES[::-1]})
    with pytest.raises(WeightsMismatch, match="train anew"):
        TASKS[task](measured, sets)


@pytest.mark.parametrize("task", ["sentiment", "entities", "directions", "roles", "topics", "categories"])
def test_every_task_gives_figures(sets: Path, measured: Measured, task: str) -> None:
    """Each task counts its rows and leaves the near-copies of training rows out of its second line."""
    figures = {(f.test, f.measure): f for f in TASKS[task](measured, sets)}
    expected = {
        "sentiment": {("TFNS valid", "accuracy"): 3, ("TFNS valid less copies", "ECE"): 1},
        "entities": {("SEntFiN held-out fifth", "accuracy"): 2 * HELD_OUT, ("entities that differ", "accuracy"): None},
        "directions": {("pairs of figures", "sign accuracy"): 300, ("plain bad events", "share negative"): 100},
        "roles": {("companies by hand", "accuracy"): 441, ("companies by hand: movers", "accuracy"): 54},
        "topics": {("tweets valid", "accuracy"): 1},
        "categories": {("Reuters ModApte test", "top-10 micro-F1"): 2},
    }[task]
    for key, rows in expected.items():
        assert rows is None or figures[key].rows == rows, key


def test_only_tweets_about_topics_have_one_topic(sets: Path) -> None:
    """Of the sets only theirs names one topic of each text, so that it says something of the others."""
    assert {lesson.source for lesson in lessons(sets) if lesson.one_topic} == {"tftopic_train"}


def test_fiqa_is_measured_in_folds(sets: Path, measured: Measured) -> None:
    """Every text is scored by a ridge that did not see it, and a score that words give away is found."""
    words = {"soars": 0.8, "waits": 0.0, "sinks": -0.7}
    rows = [
        {
            "kind": "post",
            "text": f"Name{n} {word}",
            "targets": [{"target": f"Name{n}", "score": score, "aspects": "[]"}],
        }
        for n in range(40)
        for word, score in words.items()
    ]
    _write(sets / "sentiment/fiqa_train.jsonl.gz", rows)
    figures = {f.measure: f for f in TASKS["fiqa"](measured, sets)}
    assert figures["squared error"].rows == 120
    assert figures["R²"].value > 0.5


def test_the_card_tells_data_and_figures(measured: Measured) -> None:
    """The card names each set with its digest, and each figure with its rows."""
    card = model_card(measured.heads.facts, [Figure("sentiment", "TFNS valid", "accuracy", 0.5, 3)])
    assert "| tfns_train | 2 | financial tweets" in card
    assert "| sentiment | TFNS valid | 3 | accuracy |" in card


def test_the_card_tells_how_to_train_again(measured: Measured) -> None:
    """Each command in its order: the first training, and what went on from it, with one seed or the mean of several."""
    went_on = {"adaptation": "heads", "epochs": 3, "new": ["roles"], "seed": 4}
    facts = measured.heads.facts.model_copy(
        update={"resumed": (went_on, {**went_on, "new": ["statements"], "step": 2 / 3, "seeds": [0, 1]})}
    )
    lines = model_card(facts, []).splitlines()
    resumed = [lines[place : place + 2] for place, line in enumerate(lines) if "--resume" in line]
    assert [(first.rsplit(" ", 1)[1], second.rsplit(": ", 1)[1]) for first, second in resumed] == [
        ("4`", "roles."),
        ("SEED`", "statements; 67% of the way; with 0, 1, and their mean."),
    ]


def test_without_data_it_is_said(measured: Measured, tmp_path: Path) -> None:
    """Every task that needs a set names the file that is missing."""
    for name, task in TASKS.items():
        if name not in {"directions", "roles", "statements"}:
            with pytest.raises(DataMissing, match="is not there"):
                task(measured, tmp_path)


def test_scores_by_hand() -> None:
    """Two of three right: accuracy 2/3; F1 of the classes 2/3, 2/3; of flags together 2/3."""
    truth, guess = np.array([0, 0, 1]), np.array([0, 1, 1])
    assert accuracy(truth, guess) == pytest.approx(2 / 3)
    assert macro_f1(truth, guess, 3) == pytest.approx(2 / 3)
    one_hot = np.eye(2, dtype=bool)
    assert micro_f1(one_hot[truth], one_hot[guess]) == pytest.approx(2 / 3)
    np.testing.assert_allclose(f1_scores(one_hot[truth], one_hot[guess]), [2 / 3, 2 / 3])


def test_calibration_by_hand() -> None:
    """Two answers of 0.8, one right: the error is 0.3, the Brier score the mean of 0.08 and 1.28."""
    truth, said = np.array([0, 1]), np.array([[0.8, 0.2], [0.8, 0.2]])
    assert calibration_error(truth, said) == pytest.approx(0.3)
    assert brier(truth, said) == pytest.approx((0.08 + 1.28) / 2)


def test_an_interval_holds_the_score() -> None:
    """The middle 95% of resampled accuracies lies around the accuracy, and is narrow where there is much."""
    truth = np.arange(2000) % 2
    guess = np.where(np.arange(2000) % 10 == 0, 1 - truth, truth)
    low, high = interval(accuracy, truth, guess)
    assert low < 0.9 < high
    assert high - low < 0.05


def test_figures_as_a_table() -> None:
    """Shares have three digits, scores of a hundred one, and the baseline says whose it is."""
    share = Figure("t", "set", "accuracy", 0.81234, 2388, (0.8, 0.83), 0.83, "TF-IDF")
    rows = figure_rows([share, Figure("s", "x", "ROUGE-1", 27.84, 249)])
    assert rows[2] == "| t | set | 2,388 | accuracy | 0.812 | 0.800–0.830 | 0.830 (TF-IDF) |"
    assert rows[3] == "| s | x | 249 | ROUGE-1 | 27.8 | – | – |"
