"""tidewatch average: which sets it asks for."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from typer.testing import CliRunner

from streams.errors import DataMissing
from tidewatch.__main__ import app


@pytest.mark.parametrize(("asked", "refused"), [([], True), (["--no-measure"], False)])
def test_summaries_are_asked_for_only_to_measure(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, asked: list[str], refused: bool
) -> None:
    """What a summary keeps is copied from the first training, so that only its figures need the set."""
    averaged: list[Any] = []
    monkeypatch.setattr("models.lessons.recipe.lessons", lambda _folder: [])
    monkeypatch.setattr(
        "models.summaries.salience.load_salience", lambda _folder: SimpleNamespace(save=averaged.append)
    )
    monkeypatch.setattr("models.training.averaging.average_trainings", lambda *_: SimpleNamespace(scores={}))
    folders = ["average", str(tmp_path), "--data", str(tmp_path), "-o", str(tmp_path / "new")]
    ended = CliRunner().invoke(app, [*folders, *asked])
    assert isinstance(ended.exception, DataMissing) == refused
    assert bool(averaged) != refused
