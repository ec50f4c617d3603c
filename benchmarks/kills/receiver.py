"""The receiver of the webhooks: it answers some first tries with an error, and others not at all."""

from __future__ import annotations

import asyncio
import random
import time
from collections import defaultdict
from dataclasses import dataclass, field

from aiohttp import web

from benchmarks.bursts import Taken, taken_of

ERROR_SHARE, HANG_SHARE = 0.1, 0.03
"""Of notifications: those whose first request is answered with an error, and those whose first is not answered."""


@dataclass(slots=True)
class Receiver:
    """Take webhooks; the first request of a notification may be answered with an error, or not at all."""

    seed: int
    taken: list[Taken] = field(default_factory=list)
    open: int = 0
    errors: int = 0
    hung: int = 0
    _seen: set[str] = field(default_factory=set)

    async def take(self, request: web.Request) -> web.Response:
        """Note a request, and answer it or not."""
        self.open += 1
        try:
            taken = await taken_of(request, time.time())
            self.taken.append(taken)
            if taken.notification_id in self._seen or taken.is_test:
                return web.Response()
            self._seen.add(taken.notification_id)
            chance = random.Random(f"{self.seed}/{taken.notification_id}").random()
            if chance < ERROR_SHARE:
                self.errors += 1
                return web.Response(status=500)
            if chance < ERROR_SHARE + HANG_SHARE:
                self.hung += 1
                await asyncio.sleep(60)
            return web.Response()
        finally:
            self.open -= 1

    def told(self) -> dict[tuple[str, str], set[str]]:
        """Return for each subscription and step the notifications that told it."""
        found: dict[tuple[str, str], set[str]] = defaultdict(set)
        for taken in self.taken:
            if not taken.is_test:
                for key in taken.transition_ids:
                    found[taken.subscription_id, key].add(taken.notification_id)
        return found
