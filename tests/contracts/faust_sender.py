"""Read keys from the `clicks` topic with a Faust app, and send each on: by the outlet, and into a table."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterable
from typing import Any

import faust
from faust.types import StreamT

from agents.application import new_application
from streams.delivery import Confirmation, Event
from streams.settings import Role, load_settings
from streams.topics import Topic

wanted = {bytes.fromhex(line) for line in sys.stdin.read().split()}
application = new_application(Role.READERS, load_settings(broker_session_timeout_s=5.0))
places = application.table("places")
seen: set[bytes] = set()


async def _forward(event: Event) -> Iterable[Confirmation]:
    sent = await application.outlet.send(Topic.READS, key=event.key, value=event.value)
    stored = places.put(event.key, b"1")

    async def note() -> None:
        await asyncio.gather(sent, stored)
        seen.add(event.key)

    return [note()]


@application.app.agent(application.outlet.topic(Topic.CLICKS), name="forwarding")
async def _forwarding(clicks: StreamT[Any]) -> None:
    await application.delivery.run("forwarding", clicks, _forward)


@application.app.task
async def _end() -> None:
    while seen != wanted:
        await asyncio.sleep(0.1)
    asyncio.get_running_loop().call_later(0.5, worker._on_sigterm)


application.app.conf.datadir.mkdir(parents=True, exist_ok=True)
worker = faust.Worker(application.app, loglevel="WARNING", override_logging=False, redirect_stdouts=False, quiet=True)
worker.execute_from_commandline()
