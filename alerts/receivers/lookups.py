"""Names looked up by the system, which blocks a thread for each and cannot be called off: bounded, and shared."""

from __future__ import annotations

import asyncio
import socket
from concurrent.futures import Future
from threading import Thread
from typing import Any

from aiohttp.abc import AbstractResolver, ResolveResult

MAX_ADDRESSES = 4
"""Of one name: a name with hundreds would have us knock at each."""
LOOKUPS_AT_ONCE = 1_280
"""A lookup blocks a thread, cannot be ended and outlives its try: as many as tries, so that none waits for another."""
HUNG_BEGIN_BELOW = 1_024
"""Where so many go on, a name whose last lookup hung begins none: what is left is for names that answer, or are new."""
MAX_HUNG_KEPT = 20_000
_Name = tuple[str, socket.AddressFamily]
_Found = tuple[Any, ...]


class SystemResolver(AbstractResolver):
    """Look names up with the system's resolver: a thread for each name, which whoever asks for it meanwhile shares."""

    def __init__(self) -> None:
        self._under_way: dict[_Name, asyncio.Future[list[_Found]]] = {}
        self._hung: set[_Name] = set()
        """Names whose last lookup outlived whoever waited for it."""

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Return the first addresses of a name."""
        name = (host, family)
        lookup = self._under_way.get(name) or self._begin(name)
        try:
            # Awaited itself, it would be cancelled for all who wait as soon as one of them gives up.
            await asyncio.wait({lookup})
        except asyncio.CancelledError:
            if len(self._hung) >= MAX_HUNG_KEPT:
                self._hung.pop()
            self._hung.add(name)
            raise
        self._hung.discard(name)
        return [
            # Scoped addresses keep their zone out: they are link-local, and refused.
            ResolveResult(hostname=host, host=address[0], port=port, family=kind, proto=proto, flags=0)
            for kind, _, proto, _, address in lookup.result()[:MAX_ADDRESSES]
        ]

    async def close(self) -> None:
        """Wait for no lookup any more."""
        for lookup in self._under_way.values():
            lookup.cancel()

    def _begin(self, name: _Name) -> asyncio.Future[list[_Found]]:
        if len(self._under_way) >= (HUNG_BEGIN_BELOW if name in self._hung else LOOKUPS_AT_ONCE):
            raise socket.gaierror(socket.EAI_AGAIN, "the lookups of too many names hang")
        answer: Future[list[_Found]] = Future()
        answer.set_running_or_notify_cancel()
        try:
            # A daemon: the end of the process would wait for one of a pool.
            Thread(target=_look_up, args=(name, answer), name="lookup", daemon=True).start()
        except RuntimeError:
            raise socket.gaierror(socket.EAI_AGAIN, "the system has no thread left to look the name up") from None
        lookup = self._under_way[name] = asyncio.wrap_future(answer)
        lookup.add_done_callback(lambda done: self._on_looked_up(name, done))
        return lookup

    def _on_looked_up(self, name: _Name, lookup: asyncio.Future[list[_Found]]) -> None:
        del self._under_way[name]
        if not lookup.cancelled():
            lookup.exception()  # taken note of here: perhaps nobody waits for it any more


def _look_up(name: _Name, answer: Future[list[_Found]]) -> None:
    host, family = name
    try:
        found = socket.getaddrinfo(host, None, family=family, type=socket.SOCK_STREAM, flags=socket.AI_ADDRCONFIG)
    except Exception as error:  # what it is, whoever waits for it is told
        answer.set_exception(error)
    else:
        answer.set_result(found)
