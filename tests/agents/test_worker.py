"""The process of a role: what it asks of the system."""

from __future__ import annotations

import resource
from collections.abc import Iterator

import pytest

from agents.worker import OPEN_FILES, allow_open_files


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
