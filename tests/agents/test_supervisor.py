"""The supervisor and its processes, on the embedded broker."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

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


def test_processes_end_with_their_supervisor(settings: Settings) -> None:
    """When the supervisor is killed outright, its processes do not stay behind."""
    with Workers(settings, [Role.READERS]) as workers:
        child = workers.process(Role.READERS)
        supervisor = child.parent()
        assert supervisor is not None
        supervisor.send_signal(signal.SIGKILL)
        _, alive = psutil.wait_procs([child], timeout=30)
        assert alive == []
