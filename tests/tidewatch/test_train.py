"""`tidewatch train`: what the command hands to the training."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from streams.errors import MisconfiguredError
from tidewatch.__main__ import app


@pytest.mark.parametrize("device", ["cpu", "cuda"])
def test_feedback_is_learned_on_the_device_that_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, device: str
) -> None:
    """With --resume the device counts as without it; where an old figure fell the command says so."""
    named: list[str] = []

    def learn(*_arguments: Any, device: str) -> tuple[None, dict[str, float], dict[str, float]]:
        named.append(device)
        return None, {"score": 0.9}, {"score": 0.8}

    monkeypatch.setattr("models.training.learn_feedback", learn)
    feedback = tmp_path / "feedback.jsonl"
    feedback.write_text('{"text": "Orrin sinks", "label": "negative"}\n', encoding="utf-8")
    arguments = ["--resume", "--data", str(feedback), "-o", str(tmp_path / "new"), "--device", device]
    result = CliRunner().invoke(app, ["train", *arguments])
    assert isinstance(result.exception, MisconfiguredError)
    assert "an old figure fell" in str(result.exception)
    assert named == [device]
