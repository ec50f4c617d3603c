"""`tidewatch train`: what the command hands to the training."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from models.lessons.datasets import FILES
from models.lessons.lesson import Lesson
from streams.errors import DataMissing, MisconfiguredError
from tidewatch.__main__ import app

SAID = ((None, (1.0, 0.0, 0.0)),)


@pytest.mark.parametrize("device", ["cpu", "cuda"])
def test_feedback_is_learned_on_the_device_that_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, device: str
) -> None:
    """With --resume the device counts as without it; where an old figure fell the command says so."""
    named: list[str] = []

    def learn(*_arguments: Any, device: str, **_named: Any) -> tuple[None, dict[str, float], dict[str, float]]:
        named.append(device)
        return None, {"score": 0.9}, {"score": 0.8}

    monkeypatch.setattr("models.training.feedback.learn_feedback", learn)
    feedback = tmp_path / "feedback.jsonl"
    feedback.write_text('{"text": "Orrin sinks", "label": "negative"}\n', encoding="utf-8")
    arguments = ["--resume", "--data", str(feedback), "-o", str(tmp_path / "new"), "--device", device]
    result = CliRunner().invoke(app, ["train", *arguments])
    assert isinstance(result.exception, MisconfiguredError)
    assert "an old figure fell" in str(result.exception)
    assert named == [device]


def test_what_weights_were_never_taught_is_new_to_them(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Without feedback --resume teaches the sets that have come since; where there are none it is refused."""
    learned: list[list[list[str]]] = []

    def learn(_base: Any, _start: Any, new: list[Lesson], old: list[Lesson], *_rest: Any, **_named: Any) -> Any:
        learned.append([[lesson.source for lesson in lessons] for lessons in (new, old)])
        return None, {}, {}

    monkeypatch.setattr("models.training.feedback.learn_feedback", learn)
    monkeypatch.setattr("models.lessons.recipe.WRITTEN", ("events", "quantities", "fresh"))
    sets = [Lesson(source, ("Orrin sinks",), sentiments=SAID) for source in ("events", "fresh", "quantities")]
    arguments = ["train", "--resume", "--data", str(tmp_path), "-o", str(tmp_path / "new")]
    monkeypatch.setattr("models.lessons.recipe.lessons", lambda _folder: sets)
    CliRunner().invoke(app, arguments)
    assert learned == [[["fresh"], ["events", "quantities"]]]
    monkeypatch.setattr("models.lessons.recipe.lessons", lambda _folder: sets[::2])
    refused = CliRunner().invoke(app, arguments).exception
    assert isinstance(refused, MisconfiguredError)
    assert "was taught every set" in str(refused)
    assert len(learned) == 1


@pytest.mark.parametrize("asked", [[], ["--resume"]])
def test_a_place_that_cannot_be_written_is_told_before_the_training(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, asked: list[str]
) -> None:
    """A file in the place of the folder is refused at once, with feedback too."""
    monkeypatch.setattr("models.lessons.datasets.check_sets", lambda *_, **__: None)
    monkeypatch.setattr(
        "models.lessons.recipe.lessons", lambda _folder: [Lesson("events", ("Orrin sinks",), sentiments=SAID)]
    )
    for name in ("training.train", "feedback.learn_feedback"):
        monkeypatch.setattr(f"models.training.{name}", lambda *_, **__: pytest.fail("it began to train"))
    (tmp_path / "new").write_text("", encoding="utf-8")
    refused = CliRunner().invoke(app, ["train", "--data", str(tmp_path), "-o", str(tmp_path / "new"), *asked]).exception
    assert isinstance(refused, MisconfiguredError)
    assert "is no folder" in str(refused)


@pytest.mark.parametrize("asked", [[], ["--no-measure"]])
def test_a_set_that_is_missing_is_told_before_the_training(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, asked: list[str]
) -> None:
    """A folder without summaries is refused at once, and not after hours of tuning."""
    monkeypatch.setattr(
        "models.lessons.recipe.lessons", lambda _folder: [Lesson("events", ("Orrin sinks",), sentiments=SAID)]
    )
    monkeypatch.setattr("models.training.training.train", lambda *_, **__: pytest.fail("it began to train"))
    for name in FILES.values():
        if not name.startswith("summaries/"):
            (tmp_path / name).parent.mkdir(exist_ok=True)
            (tmp_path / name).touch()
    refused = CliRunner().invoke(app, ["train", "--data", str(tmp_path), "-o", str(tmp_path / "new"), *asked]).exception
    assert isinstance(refused, DataMissing)
    assert "summaries/ectsum_train" in str(refused)
