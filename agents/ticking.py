"""Publish the wall clock on `ticks`: timers may not write tables, so what waits for a moment waits for a message."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime

from faust.types import TP

from agents.application import Application
from streams.topics import FIRST_PARTITION, Topic

SLOWEST_S = 30.0
FASTEST_S = 1.0


async def publish_ticks(application: Application, next_due: Callable[[], datetime | None]) -> None:
    """Publish a tick at once, then each half minute, and each second while something is due.

    Only the process that owns the alert role's partition does; the first tick tells it so.
    """
    settings, clock = application.settings, application.clock
    own = TP(settings.named(Topic.TICKS), FIRST_PARTITION)
    last: datetime | None = None
    while True:
        if own in application.app.consumer.assignment():
            now, due = clock.now(), next_due()
            if last is None or (due is not None and due <= now) or (now - last).total_seconds() >= SLOWEST_S:
                value = now.isoformat().encode()
                await (await application.outlet.send(Topic.TICKS, key=b"", value=value, partition=FIRST_PARTITION))
                last = now
        else:
            last = None
        await asyncio.sleep(FASTEST_S)
