"""What every test may ask for: the real servers, a browser, and a name of its own."""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Iterator
from typing import NoReturn

import pytest

from tests.stack.elasticsearch import ElasticsearchServer
from tests.stack.kafka import KafkaServer
from tests.stack.server import StackMissing, require_stack


@pytest.fixture(scope="session")
def stack() -> None:
    """Make sure that the real servers can be started, or do without the test."""
    try:
        require_stack()
    except StackMissing as error:
        _do_without(str(error))


@pytest.fixture(scope="session")
def kafka(stack: None) -> Iterator[KafkaServer]:
    """Run the real Kafka for the whole session, from its first use on."""
    with KafkaServer() as server:
        yield server


@pytest.fixture(scope="session")
def elasticsearch(stack: None) -> Iterator[ElasticsearchServer]:
    """Run the real Elasticsearch for the whole session, from its first use on."""
    with ElasticsearchServer() as server:
        yield server


@pytest.fixture(scope="session")
def chromium() -> str:
    """Return the path of Chromium."""
    candidates = (os.environ.get("TIDEWATCH_CHROMIUM"), "chromium", "chromium-browser", "google-chrome")
    found = [path for name in candidates if name and (path := shutil.which(name))]
    if not found:
        _do_without("no Chromium was found: install it, or name one in TIDEWATCH_CHROMIUM")
    return found[0]


@pytest.fixture
def namespace() -> str:
    """Return a name that no other test has, for topics and indices."""
    return f"t{uuid.uuid4().hex[:10]}"


def _do_without(reason: str) -> NoReturn:
    """Skip, but not in CI: there, what is missing is a failure."""
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)
