"""The process of a role: what it asks of the system."""

from __future__ import annotations

import os
import resource
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest

from agents.worker import OPEN_FILES, allow_open_files, serve_metrics
from streams.broker import EmbeddedBroker
from streams.errors import MisconfiguredError
from streams.settings import Settings
from tests.pipeline.conftest import embedded_topics


@pytest.fixture
def few_files() -> Iterator[int]:
    """Lower the soft limit of open files, and give the hard one."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (512, hard))
    yield hard
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_a_role_may_open_what_it_needs(few_files: int) -> None:
    """The soft limit is raised to what a role needs, at most to the hard one; a higher one stays."""
    allow_open_files()
    raised, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    assert hard == few_files
    assert raised == (OPEN_FILES if hard == resource.RLIM_INFINITY else min(OPEN_FILES, hard))
    if hard == resource.RLIM_INFINITY or hard > OPEN_FILES:
        resource.setrlimit(resource.RLIMIT_NOFILE, (OPEN_FILES + 1, hard))
        allow_open_files()
        assert resource.getrlimit(resource.RLIMIT_NOFILE)[0] == OPEN_FILES + 1


def test_a_role_that_cannot_begin_says_why_in_one_line(tmp_path: Path) -> None:
    """A broken rules file ends the process with its place and its mistake, not with a traceback."""
    rules = tmp_path / "rules.yaml"
    rules.write_text("rules: [")
    environment = {"TIDEWATCH_RULES_FILE": str(rules), "TIDEWATCH_DATA_DIR": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-m", "agents.worker", "alert"],
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert orjson.loads(line)["event"].startswith(f"the role cannot run: {rules}:1: ")


def test_settings_that_became_unusable_are_told_without_their_secrets(tmp_path: Path) -> None:
    """A role that starts again reads its file again: the traceback of a mistake in it quoted other settings."""
    env_file = tmp_path / "tidewatch.env"
    env_file.write_text("TIDEWATCH_KAFKA_PASSWORD=hush-1\nTIDEWATCH_API_KEYS=desk:admin=hush-2\n")
    done = subprocess.run(
        [sys.executable, "-m", "agents.worker", "alert"],
        env=os.environ | {"TIDEWATCH_ENV_FILE": str(env_file)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert line.startswith("the role cannot run: settings: TIDEWATCH_KAFKA_USERNAME and TIDEWATCH_KAFKA_PASSWORD need")
    assert "hush" not in line


@pytest.mark.parametrize(
    ("host", "said"),
    [("127.0.0.1", r"^TIDEWATCH_METRICS_PORT \d+ is in use"), ("203.0.113.7", "^TIDEWATCH_METRICS_HOST 203.0.113.7: ")],
)
def test_metrics_that_cannot_be_served_are_told(host: str, said: str) -> None:
    """The setting is named, in one line, instead of a traceback."""
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(MisconfiguredError, match=said):
        serve_metrics(host, taken.getsockname()[1])


def test_a_role_whose_index_cannot_be_opened_ends(tmp_path: Path) -> None:
    """It says why in its last line and ends with status 2, instead of looking live without an agent that runs."""
    with EmbeddedBroker(embedded_topics(Settings())) as broker:
        environment = {
            "TIDEWATCH_KAFKA_BROKERS": broker.address,
            "TIDEWATCH_DATA_DIR": str(tmp_path),
            "TIDEWATCH_INDEX": "elasticsearch",
            "TIDEWATCH_ELASTICSEARCH_URL": "https://localhost:9200",
            "TIDEWATCH_ELASTICSEARCH_CA_FILE": __file__,
        }
        done = subprocess.run(
            [sys.executable, "-m", "agents.worker", "index"],
            env=os.environ | environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
    assert done.returncode == 2
    last = orjson.loads(done.stderr.splitlines()[-1])["event"]
    assert last.startswith(f"the role cannot run: TIDEWATCH_ELASTICSEARCH_CA_FILE {__file__} holds no certificates")
