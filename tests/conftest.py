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
from tests.stack.server import StackMissing


@pytest.fixture(scope="session")
def kafka() -> Iterator[KafkaServer]:
    """Run the real Kafka for the whole session, from its first use on."""
    try:
        server = KafkaServer()
    except StackMissing as error:
        _do_without(str(error))
    with server:
        yield server


@pytest.fixture(scope="session")
def elasticsearch() -> Iterator[ElasticsearchServer]:
    """Run the real Elasticsearch for the whole session, from its first use on."""
    try:
        server = ElasticsearchServer()
    except StackMissing as error:
        _do_without(str(error))
    with server:
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
