"""`tidewatch worker`: run roles, each in a process of its own, until told to stop."""

from __future__ import annotations

import asyncio
import signal
from typing import Annotated

import typer

from agents.roles import changelogs
from agents.supervisor import Supervisor
from streams.logs import set_up_logs
from streams.settings import Role, load_settings
from streams.topics import make_topics


def worker(roles: Annotated[list[Role], typer.Argument(help="enrich, index, readers, alert: one or several.")]) -> None:
    """Run one or several roles. Each has its own process, app and consumer group; one that dies is started again."""
    asyncio.run(_run(list(dict.fromkeys(roles))))


async def _run(roles: list[Role]) -> None:
    settings = load_settings()
    set_up_logs(settings, role="supervisor")
    await make_topics(settings, changelogs(settings))
    supervisor = Supervisor(roles, settings.metrics_port)
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, supervisor.stop)
    await supervisor.run()
