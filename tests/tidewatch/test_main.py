"""The command as a shell runs it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from streams.settings import Settings
from tests.stack.server import free_ports
from tests.stack.workers import environment_of
from tidewatch.__main__ import main


def test_brackets_in_an_error_stay_as_they_are(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture) -> None:
    """What looks like markup of the terminal ended in a traceback, or was swallowed."""
    monkeypatch.setenv("TIDEWATCH_MODEL", "stub")
    monkeypatch.setattr("sys.argv", ["tidewatch", "enrich", "[/red][x].jsonl"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 2
    assert "DataMissing: [/red][x].jsonl is not there" in capsys.readouterr().err


def test_a_broker_that_is_away_is_one_line(tmp_path: Path) -> None:
    """What Kafka's client says of its tries stands beside it no more, and the line says where and why."""
    (port,) = free_ports(1)
    variables = environment_of(Settings(kafka_brokers=f"127.0.0.1:{port}", data_dir=tmp_path))
    command = [sys.executable, "-m", "tidewatch", "init"]
    ended = subprocess.run(command, env=os.environ | variables, capture_output=True, text=True, check=False)
    assert ended.returncode == 2
    said = f"Kafka at 127.0.0.1:{port} does not answer (Connection refused): see TIDEWATCH_KAFKA_BROKERS"
    assert ended.stderr == f"BrokerUnavailable: {said}\n"
