"""A small role for the tests of delivery: it counts ids by key in a table, and sends each event on."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterable
from typing import Any

import faust
import orjson
from faust.types import StreamT

from agents.application import new_application
from streams.delivery import Confirmation, Event
from streams.errors import DeadLetterReason, UnreadableInput
from streams.logs import set_up_logs
from streams.settings import Role, load_settings
from streams.topics import Topic

settings = load_settings()
set_up_logs(settings, role="test")
application = new_application(Role.READERS, settings)
counts = application.table("counts")


async def _count(event: Event) -> Iterable[Confirmation]:
    try:
        fields = orjson.loads(event.value)
    except orjson.JSONDecodeError as error:
        raise UnreadableInput(DeadLetterReason.NOT_JSON, str(error)) from error
    if fields.get("kill"):
        os.kill(os.getpid(), signal.SIGKILL)
    if fields.get("fail"):
        raise RuntimeError("a bug")
    taken = set(orjson.loads(counts.get(event.key) or b"[]")) | {fields["id"]}
    value = b"x" * 30_000 if fields.get("swell") else event.value
    sent = await application.outlet.send(Topic.CLICKS, key=event.key, value=value)
    return [counts.put(event.key, orjson.dumps(sorted(taken))), sent]


@application.app.agent(application.outlet.topic(Topic.CLICKS_RAW), name="counting")
async def _counting(events: StreamT[Any]) -> None:
    await application.delivery.run("counting", events, _count)


application.app.conf.datadir.mkdir(parents=True, exist_ok=True)
worker = faust.Worker(application.app, loglevel="WARNING", override_logging=False, redirect_stdouts=False, quiet=True)
try:
    worker.execute_from_commandline()
except SystemExit as end:
    raise SystemExit(1 if application.app.crashed else end.code) from None
