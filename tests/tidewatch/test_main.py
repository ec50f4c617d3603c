"""The command as a shell runs it."""

from __future__ import annotations

import pytest

from tidewatch.__main__ import main


def test_brackets_in_an_error_stay_as_they_are(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture) -> None:
    """What looks like markup of the terminal ended in a traceback, or was swallowed."""
    monkeypatch.setenv("TIDEWATCH_MODEL", "stub")
    monkeypatch.setattr("sys.argv", ["tidewatch", "enrich", "[/red][x].jsonl"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 2
    assert "DataMissing: [/red][x].jsonl is not there" in capsys.readouterr().err
