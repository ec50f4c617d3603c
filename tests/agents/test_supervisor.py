"""The supervisor and its processes, on the embedded broker."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psutil
import pytest

from agents.supervisor import Supervisor
from streams.broker import EmbeddedBroker
from streams.settings import Role, Settings
from tests.pipeline.conftest import embedded_topics, service_settings
from tests.stack.workers import Workers


@pytest.fixture
def settings(tmp_path: Path) -> Iterator[Settings]:
    """Run an embedded broker for one service."""
    settings = service_settings(tmp_path, kafka_brokers="unset")
    with EmbeddedBroker(embedded_topics(settings)) as broker:
        yield settings.model_copy(update={"kafka_brokers": broker.address})


def test_a_dead_role_is_started_again(settings: Settings) -> None:
    """After a kill there is a new process of the role, under the same supervisor."""
    with Workers(settings, [Role.READERS]) as workers:
        first = workers.process(Role.READERS)
        workers.kill(Role.READERS)
        first.wait(timeout=10)
        assert workers.process(Role.READERS).pid != first.pid


@pytest.mark.parametrize(
    ("first", "seen"), [(9_400, {"readers": "9400", "index": "9401"}), (0, {"readers": None, "index": None})]
)
async def test_each_role_has_a_port_of_its_own_for_metrics(
    monkeypatch: pytest.MonkeyPatch, first: int, seen: dict[str, str | None]
) -> None:
    """One port after the other, also where a file names the first and the environment of the supervisor does not."""
    monkeypatch.delenv("TIDEWATCH_METRICS_PORT", raising=False)
    ports: dict[str, str | None] = {}
    supervisor = Supervisor([Role.READERS, Role.INDEX], first)

    async def start(*command: str, env: dict[str, str], **_: object) -> Any:
        ports[command[-1]] = env.get("TIDEWATCH_METRICS_PORT")
        if len(ports) == 2:
            supervisor.stop()
        return SimpleNamespace(returncode=0, wait=asyncio.Event().wait)

    monkeypatch.setattr("asyncio.create_subprocess_exec", start)
    async with asyncio.timeout(10):
        await supervisor.run()
    assert ports == seen


def test_processes_end_with_their_supervisor(settings: Settings) -> None:
    """When the supervisor is killed outright, its processes do not stay behind."""
    with Workers(settings, [Role.READERS]) as workers:
        child = workers.process(Role.READERS)
        supervisor = child.parent()
        assert supervisor is not None
        supervisor.send_signal(signal.SIGKILL)
        _, alive = psutil.wait_procs([child], timeout=30)
        assert alive == []


def test_what_does_not_stop_is_ended_though_its_supervisor_is_gone() -> None:
    """A role that waits for a broker that went with the supervisor may not end by itself."""
    stubborn = (
        "import signal, threading, agents.worker as worker\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "worker.STOP_WITHIN_S = 0.1\n"
        "threading.Thread(target=worker._end_with_parent, daemon=True).start()\n"
        "threading.Event().wait()"
    )
    done = subprocess.run([sys.executable, "-c", stubborn], stdin=subprocess.DEVNULL, timeout=60, check=False)
    assert done.returncode == 1
