"""`tidewatch evaluate`: what is looked at before minutes of measuring."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from models.lessons.datasets import FILES
from streams.errors import DataMissing, MisconfiguredError, TidewatchError
from tidewatch.__main__ import app


@pytest.mark.parametrize(
    ("asked", "refused", "told"),
    [
        (["--json", "none/figures.json"], MisconfiguredError, "none is not there: make it first"),
        (["--json", "."], MisconfiguredError, "is a folder: name a file in it"),
        ([], DataMissing, "summaries/ectsum_train"),
    ],
)
def test_what_would_lose_the_figures_is_told_before_they_are_measured(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, asked: list[str], refused: type[TidewatchError], told: str
) -> None:
    """A file that cannot be written, and a set that a later task lacks, end the command before the first task."""
    monkeypatch.setattr("models.evaluation.measured.Measured.load", lambda *_: pytest.fail("it began to measure"))
    monkeypatch.chdir(tmp_path)
    for name in FILES.values():
        if asked or not name.startswith("summaries/"):
            (tmp_path / name).parent.mkdir(exist_ok=True)
            (tmp_path / name).touch()
    ended = CliRunner().invoke(app, ["evaluate", "--data", str(tmp_path), *asked])
    assert isinstance(ended.exception, refused)
    assert told in str(ended.exception)
