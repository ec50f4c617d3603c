"""Lanes: how many tries run at once, and which make room for others."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from typing import Any

from alerts.receivers.receiver import Attempt

FAST_LANE, SLOW_LANE = 256, 1_024
"""A thousand endpoints that hang leave the fast their places, even before it is known that they hang."""
MAIL_FAST_LANE, MAIL_SLOW_LANE = 4, 16
"""Mail all goes to one server, which bounds the connections of a client: Postfix takes 50, Exchange 20."""
SLOW_AFTER_S = 1.0


class Lanes:
    """Bound the tries that run at once, so that slow ones do not hold up fast ones.

    The places of both lanes are open to everyone at first. Those of suspect endpoints and those that take long may
    hold as many as the slow lane has; past that, one that takes long is ended, and its endpoint is suspect from then.
    Where `slow_after_s` is None only suspect endpoints are slow, and none is ended.
    """

    def __init__(self, fast: int = FAST_LANE, slow: int = SLOW_LANE, slow_after_s: float | None = SLOW_AFTER_S) -> None:
        self._places = asyncio.Semaphore(fast + slow)
        self._slow = asyncio.Semaphore(slow)
        self._slow_after_s = slow_after_s
        self._door = asyncio.Lock()

    async def run(self, suspect: bool, attempt: Coroutine[Any, Any, Attempt]) -> Attempt:
        """Await an attempt; one that takes long is slow, or failed where there are too many of them."""
        async with AsyncExitStack() as held:
            held.callback(attempt.close)  # for one that never began
            if suspect:
                await held.enter_async_context(self._slow)
            await held.enter_async_context(self._places)
            async with self._door:
                # One begins at a turn of the loop, after the work of those under way: a thousand handshakes at once
                # would make every one of them slow.
                await asyncio.sleep(0)
            task = asyncio.create_task(attempt)
            try:
                await asyncio.wait({task}, timeout=None if suspect else self._slow_after_s)
                if not task.done() and self._slow.locked():
                    return await self._ended(task)
                if not task.done():
                    await held.enter_async_context(self._slow)
                return await task
            finally:
                # Its place is free, and its endpoint may be tried again, only when it is really over.
                task.cancel()
                await asyncio.wait({task})

    async def _ended(self, task: asyncio.Task[Attempt]) -> Attempt:
        task.cancel()
        await asyncio.wait({task})
        if task.cancelled():
            return Attempt("failed", detail=f"no answer within {self._slow_after_s:g} s, and too many others were slow")
        return task.result()
