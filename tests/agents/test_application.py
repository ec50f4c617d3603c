"""What all agents of a role share."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any
from unittest.mock import AsyncMock

import pytest

from agents.application import Application, new_application
from agents.bulk import BulkSink
from agents.enriching import register_enriching
from agents.indexing import register_indexing
from agents.inference import InferenceService
from streams.clock import SystemClock
from streams.errors import DataMissing, MisconfiguredError
from streams.settings import Role, Settings


@pytest.fixture
def application(tmp_path: Path) -> Application:
    """Give an application whose app notes its crashes, as Faust does."""
    application = new_application(Role.INDEX, Settings(data_dir=tmp_path, table_store="memory"))
    app: Any = application.app
    app.crash = AsyncMock(side_effect=lambda _error: app._crashed.set())
    return application


def _enriching(application: Application) -> Exception:
    error = DataMissing("no heads")

    def load() -> Any:
        raise error

    register_enriching(application, InferenceService(load, application.settings, lambda: False))
    return error


def _indexing(application: Application) -> Exception:
    error = MisconfiguredError("no certificate")

    def open_index() -> Any:
        raise error

    register_indexing(application, BulkSink(open_index, application.settings, SystemClock(), lambda: False))
    return error


@pytest.mark.parametrize("register", [_enriching, _indexing])
async def test_agents_whose_service_cannot_start_end_the_role(application: Application, register: Any) -> None:
    """The role crashes once with the reason, and no agent ends: Faust would start it again."""
    error = register(application)
    agents: Any = application.app.agents
    running = [asyncio.ensure_future(agent.fun(None)) for agent in agents.values()]
    async with asyncio.timeout(10):
        while not application.app.crashed:
            await asyncio.sleep(0.01)
    done, _ = await asyncio.wait(running, timeout=0.1)
    for task in running:
        task.cancel()
    application.app.crash.assert_awaited_once_with(error)  # type: ignore[attr-defined]
    assert not done


async def test_an_agent_goes_on_once_its_service_has_started(application: Application) -> None:
    """What starts is awaited, and nothing crashes."""
    start = AsyncMock()
    await application.begin(start)
    start.assert_awaited_once_with()
    assert not application.app.crashed
