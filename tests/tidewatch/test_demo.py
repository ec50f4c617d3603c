"""`tidewatch demo`, with the stub for a model: how it begins and ends."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner

from tests.pipeline.conftest import until
from tests.stack.server import free_ports
from tidewatch.__main__ import app

COMMAND = (sys.executable, "-m", "tidewatch", "demo")
STARTS_WITHIN_S = 120.0
ENDS_WITHIN_S = 60.0


@pytest.mark.parametrize("name", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_demo_and_all_that_it_started(tmp_path: Path, name: signal.Signals) -> None:
    """Ctrl-C reaches its children as well; it sums up, and leaves no console and no worker behind."""
    (port,), home = free_ports(1), tmp_path / "demo"
    with subprocess.Popen(
        [*COMMAND, "--port", str(port), "--data-dir", str(home)],
        env=os.environ | {"TIDEWATCH_MODEL": "stub"},
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as running:
        try:
            asyncio.run(until(lambda: _console(port), STARTS_WITHIN_S))
            os.killpg(running.pid, name) if name is signal.SIGINT else running.send_signal(name)
            output, _ = running.communicate(timeout=ENDS_WITHIN_S)
        finally:
            if running.poll() is None:
                os.killpg(running.pid, signal.SIGKILL)
    assert running.returncode == 1  # the day was not over: no crisis was found
    assert "articles indexed" in output
    with pytest.raises(ProcessLookupError):
        os.killpg(running.pid, 0)


def test_a_folder_that_was_used_before_is_refused(tmp_path: Path) -> None:
    """The alerts of an earlier day would count as found."""
    (tmp_path / "index.sqlite").touch()
    result = CliRunner().invoke(app, ["demo", "--data-dir", str(tmp_path)])
    assert str(tmp_path) in str(result.exception) + result.output
    assert result.exit_code != 0


def test_a_port_in_use_is_refused(tmp_path: Path) -> None:
    """Another process's page would be called the console."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        result = CliRunner().invoke(app, ["demo", "--port", str(port), "--data-dir", str(tmp_path / "new")])
    assert f"port {port} is in use" in str(result.exception) + result.output


async def _console(port: int) -> bool | None:
    """Say whether the console answers on a port, or None while nobody does."""
    async with httpx.AsyncClient() as client:
        try:
            return (await client.get(f"http://127.0.0.1:{port}/", timeout=5)).is_success or None
        except httpx.HTTPError:
            return None
