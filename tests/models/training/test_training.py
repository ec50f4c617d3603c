"""Training a tiny encoder on lessons written by rule: tuning, resuming, saving, and learning from feedback."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from unittest.mock import Mock

import numpy as np
import orjson
import pytest
from safetensors.torch import load_file

from models.lessons.lesson import Lesson
from models.network.bases import Base
from models.network.delta import DELTA
from models.network.encoder import Encoder
from models.network.heads import CARD, FACTS, WEIGHTS, load_heads
from models.topics import NAMES, tweet_target
from models.training.adaptation import Adaptation
from models.training.checkpoints import CHECKPOINT
from models.training.curves import draw_curves
from models.training.feedback import learn_feedback
from models.training.plan import Recipe
from models.training.training import train
from models.training.tuning import Progress
from streams.errors import DataMissing, MisconfiguredError, WeightsMismatch
from streams.settings import Settings

pytestmark = pytest.mark.usefixtures("one_thread")
QUICK = Recipe(epochs=2, lessons_a_step=16, rate=1e-3)


def _quiet(_progress: Progress, _found: dict[str, float]) -> None:
    return


def test_training_lowers_the_losses(tiny_base: Base, tiny_lessons: list[Lesson], tmp_path: Path) -> None:
    """Losses fall, the topics that a word tells apart are learned, and facts and curve are kept."""
    steps: list[dict[str, float]] = []
    trained = train(
        tiny_base,
        tiny_lessons,
        tmp_path,
        Recipe(epochs=8, lessons_a_step=16, rate=2e-3, patience=8),
        lambda _, found: steps.append(found) if "score" not in found else None,
    )
    for name in ("topics", "categories"):
        course = [step[name] for step in steps if name in step]
        assert np.mean(course[-5:]) < 0.7 * np.mean(course[:5])
    assert trained.scores["tweet_topics"] > 0.9
    assert len(trained.curve) == 8
    facts = orjson.loads((tmp_path / FACTS).read_bytes())
    assert facts["adaptation"] == "frozen-words"
    assert facts["topics"] == list(NAMES)
    assert not (tmp_path / CHECKPOINT).exists()


def test_near_copies_of_what_teaches_calibrate_nothing(
    tiny_base: Base, tiny_lessons: list[Lesson], tmp_path: Path
) -> None:
    """Where every tweet that chooses repeats one that teaches, topics stay as they are and have no score."""
    tweets = [lesson for lesson in tiny_lessons if lesson.topics and not lesson.choosing]
    copies = [replace(lesson, choosing=True) for lesson in tweets[::3]]
    scores = train(tiny_base, [*tiny_lessons[:150], *tweets, *copies], tmp_path, QUICK, _quiet).scores
    facts = load_heads(tmp_path, tiny_base).facts
    assert "tweet_topics" not in scores
    assert (facts.topic_scale, facts.topic_shift) == (1.0, 0.0)


def test_the_delta_is_what_changed(tiny_base: Base, tiny_lessons: list[Lesson], tmp_path: Path) -> None:
    """The encoder with its delta reads otherwise than the tiny_base, in a space of its own; word embeddings stay."""
    train(tiny_base, tiny_lessons, tmp_path, QUICK, _quiet)
    assert not any("word_embeddings" in name for name in load_file(tmp_path / DELTA))
    settings = Settings(model=str(tiny_base.folder), device="cpu")
    tuned, plain = Encoder.load(settings, tmp_path), Encoder.load(settings)
    assert tuned.space != plain.space
    difference = np.abs(tuned.encode(["Vantor payout"]).texts - plain.encode(["Vantor payout"]).texts)
    assert difference.max() > 1e-3
    assert load_heads(tmp_path, tiny_base).facts.delta_sha256 == tuned.delta


@pytest.mark.parametrize("adaptation", list(Adaptation))
def test_each_adaptation_comes_back_from_its_folder(
    tiny_base: Base, tiny_lessons: list[Lesson], tmp_path: Path, adaptation: Adaptation
) -> None:
    """Whatever is tuned, loading gives the weights whose scores were written; heads alone need no delta."""
    trained = train(
        tiny_base, tiny_lessons, tmp_path, Recipe(adaptation, epochs=1, lessons_a_step=16, rate=1e-3), _quiet
    )
    assert (tmp_path / DELTA).is_file() is (adaptation is not Adaptation.HEADS)
    heads = load_heads(tmp_path, tiny_base)
    assert heads.facts.figures == trained.scores
    parts = load_file(tmp_path / DELTA) if (tmp_path / DELTA).is_file() else {}
    assert any(name.endswith(".down") for name in parts) is (adaptation is Adaptation.LORA)
    assert any("word_embeddings" in name for name in parts) is (adaptation is Adaptation.FULL)


class _StoppedError(Exception):
    pass


def test_a_stopped_training_goes_on_to_the_same_weights(
    tiny_base: Base, tiny_lessons: list[Lesson], tmp_path: Path
) -> None:
    """Killed in its second epoch and run again, a training ends with the bytes of one that ran through."""

    def stop(progress: Progress, found: dict[str, float]) -> None:
        if progress.epoch == 1 and "score" not in found:
            raise _StoppedError

    train(tiny_base, tiny_lessons, tmp_path / "whole", QUICK, _quiet)
    with pytest.raises(_StoppedError):
        train(tiny_base, tiny_lessons, tmp_path / "parts", QUICK, stop)
    assert (tmp_path / "parts" / CHECKPOINT).is_file()
    with pytest.raises(MisconfiguredError, match="another recipe"):
        train(tiny_base, tiny_lessons, tmp_path / "parts", Recipe(epochs=3), _quiet)
    train(tiny_base, tiny_lessons, tmp_path / "parts", QUICK, _quiet)
    for name in (DELTA, WEIGHTS):
        assert (tmp_path / "parts" / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()


def test_a_stopped_training_goes_on_with_its_base_and_its_data_alone(
    tiny_base: Base, tiny_lessons: list[Lesson], tmp_path: Path
) -> None:
    """Weights that were tuned from another base, or on other files, are no beginning: what differs is named."""

    def stop(progress: Progress, found: dict[str, float]) -> None:
        if progress.epoch == 1 and "score" not in found:
            raise _StoppedError

    data = ({"name": "tweets", "examples": 90, "sha256": "ab" * 32},)
    with pytest.raises(_StoppedError):
        train(tiny_base, tiny_lessons, tmp_path, QUICK, stop, data=data)
    other = Base("other", tiny_base.folder, "cd" * 32)
    with pytest.raises(MisconfiguredError, match=r"another base: finish"):
        train(other, tiny_lessons, tmp_path, QUICK, _quiet, data=data)
    with pytest.raises(MisconfiguredError, match=r"another data: finish"):
        train(tiny_base, tiny_lessons, tmp_path, QUICK, _quiet, data=({**data[0], "sha256": "ef" * 32},))
    train(tiny_base, tiny_lessons, tmp_path, QUICK, _quiet, data=data)
    assert not (tmp_path / CHECKPOINT).exists()


def test_a_training_that_stopped_after_tuning_is_not_tuned_again(
    tiny_base: Base, tiny_lessons: list[Lesson], tmp_path: Path
) -> None:
    """Stopped in what follows, run again it only writes what it had; the checkpoint goes when all is done."""
    with pytest.raises(_StoppedError):
        train(tiny_base, tiny_lessons, tmp_path, QUICK, _quiet, finish=Mock(side_effect=_StoppedError))
    written = (tmp_path / WEIGHTS).read_bytes()
    assert (tmp_path / CHECKPOINT).is_file()
    steps: list[int] = []
    finish = Mock()
    trained = train(
        tiny_base,
        tiny_lessons,
        tmp_path,
        QUICK,
        lambda progress, found: steps.append(progress.step) if "score" not in found else None,
        finish=finish,
    )
    assert steps == []
    finish.assert_called_once()
    assert finish.call_args.args[0].facts == trained.facts
    assert (tmp_path / WEIGHTS).read_bytes() == written
    assert not (tmp_path / CHECKPOINT).exists()


def test_weights_take_the_card_of_others_with_them(tiny_base: Base, tiny_lessons: list[Lesson], tmp_path: Path) -> None:
    """In a folder with a card neither a training nor learned feedback leaves the figures of the weights before."""
    train(tiny_base, tiny_lessons, tmp_path / "old", QUICK, _quiet)
    agreeing = [Lesson("feedback", ("Orrin payout news",), topics=tuple(tweet_target("Dividend")))] * 8
    gently = Recipe(epochs=1, lessons_a_step=16, rate=1e-6, head_rate=1e-6)
    for folder in ("trained", "learned"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / CARD).write_text("figures", encoding="utf-8")
    train(tiny_base, tiny_lessons, tmp_path / "trained", QUICK, _quiet)
    taken, _, _ = learn_feedback(
        tiny_base, tmp_path / "old", agreeing, tiny_lessons, tmp_path / "learned", gently, _quiet
    )
    assert taken is not None
    for folder in ("trained", "learned"):
        assert (tmp_path / folder / WEIGHTS).is_file()
        assert not (tmp_path / folder / CARD).exists()


def test_a_training_that_patience_ended_does_not_go_on(
    tiny_base: Base, tiny_lessons: list[Lesson], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed when its patience had run out, before anything was written, it only writes what it had."""
    recipe = Recipe(epochs=8, lessons_a_step=16, rate=1e-9, head_rate=1e-9, patience=1)
    with monkeypatch.context() as patched:
        patched.setattr("models.training.training.write_weights", Mock(side_effect=_StoppedError))
        with pytest.raises(_StoppedError):
            train(tiny_base, tiny_lessons, tmp_path, recipe, _quiet)
    steps: list[int] = []
    trained = train(tiny_base, tiny_lessons, tmp_path, recipe, lambda progress, _: steps.append(progress.step))
    assert len(trained.curve) == 2
    assert steps == []


def test_the_seed_decides(tiny_base: Base, tiny_lessons: list[Lesson], tmp_path: Path) -> None:
    """Another seed gives other weights."""
    for seed in (1, 2):
        recipe = Recipe(epochs=1, lessons_a_step=16, seed=seed)
        train(tiny_base, tiny_lessons[:60], tmp_path / str(seed), recipe, _quiet)
    assert (tmp_path / "1" / WEIGHTS).read_bytes() != (tmp_path / "2" / WEIGHTS).read_bytes()


def test_what_does_not_belong_together_is_refused(tiny_base: Base, tiny_lessons: list[Lesson], tmp_path: Path) -> None:
    """Another tiny_base, changed weights, a missing delta and unreadable facts are each refused by name."""
    train(tiny_base, tiny_lessons[:60], tmp_path, Recipe(epochs=1, lessons_a_step=16), _quiet)
    with pytest.raises(WeightsMismatch, match="trained on"):
        load_heads(tmp_path, Base("other", tiny_base.folder, "cd" * 32))
    delta = (tmp_path / DELTA).read_bytes()
    (tmp_path / DELTA).unlink()
    with pytest.raises(WeightsMismatch, match=r"delta\.safetensors is not the file"):
        load_heads(tmp_path, tiny_base)
    (tmp_path / DELTA).write_bytes(delta)
    whole = (tmp_path / WEIGHTS).read_bytes()
    (tmp_path / WEIGHTS).write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    with pytest.raises(WeightsMismatch, match="not the file"):
        load_heads(tmp_path, tiny_base)
    (tmp_path / FACTS).write_bytes(b"{")
    with pytest.raises(WeightsMismatch, match="cannot be read"):
        load_heads(tmp_path, tiny_base)
    (tmp_path / FACTS).unlink()
    with pytest.raises(DataMissing, match="tidewatch train"):
        load_heads(tmp_path, tiny_base)


def test_curves_are_a_picture(tmp_path: Path) -> None:
    """Losses and scores become a PNG."""
    losses = [{"step": 1.0, "sentiment": 1.0}, {"step": 2.0, "sentiment": 0.5}]
    draw_curves(losses, [{"step": 2.0, "score": 0.7}], tmp_path / "curves.png")
    assert (tmp_path / "curves.png").read_bytes().startswith(b"\x89PNG")
