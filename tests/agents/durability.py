"""Stand-ins for Faust in tests of handlers: tables whose changelog may be cut off, what is sent, what is handed in."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from streams.clock import ManualClock
from streams.settings import Settings
from streams.topics import Topic


@dataclass
class LoggedTable:
    """Keep values at once, and their changelog records only when they are flushed, in their order."""

    local: dict[bytes, bytes] = field(default_factory=dict)
    durable: dict[bytes, bytes] = field(default_factory=dict)
    pending: list[tuple[bytes, bytes | None, asyncio.Future[None]]] = field(default_factory=list)

    def get(self, key: bytes) -> bytes | None:
        """Return a value, flushed or not."""
        return self.local.get(key)

    def put(self, key: bytes, value: bytes) -> asyncio.Future[None]:
        """Write a value; the future ends when it is flushed."""
        self.local[key] = value
        return self._log(key, value)

    def delete(self, key: bytes) -> asyncio.Future[None]:
        """Remove a value that is there."""
        del self.local[key]
        return self._log(key, None)

    def items(self) -> Iterator[tuple[bytes, bytes]]:
        """Yield every key with its value."""
        yield from self.local.items()

    def flush(self, count: int | None = None) -> None:
        """Let the first records reach the changelog."""
        count = len(self.pending) if count is None else count
        for key, value, future in self.pending[:count]:
            if value is None:
                self.durable.pop(key, None)
            else:
                self.durable[key] = value
            future.set_result(None)
        del self.pending[:count]

    def crash(self, *, disk_lost: bool) -> None:
        """Lose what was not flushed; the local store lives on unless the disk is lost too."""
        for _, _, future in self.pending:
            future.cancel()
        self.pending.clear()
        if disk_lost:
            self.local = dict(self.durable)

    def _log(self, key: bytes, value: bytes | None) -> asyncio.Future[None]:
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.pending.append((key, value, future))
        return future


@dataclass(frozen=True)
class SentRecord:
    """Be one record that was sent."""

    topic: Topic
    key: bytes | None
    value: bytes | None
    partition: int | None


@dataclass
class KeptOutlet:
    """Keep what is sent, and confirm it at once."""

    records: list[SentRecord] = field(default_factory=list)

    async def send(
        self,
        topic: Topic,
        *,
        key: bytes | None,
        value: bytes | None,
        partition: int | None = None,
        headers: Mapping[str, bytes] | None = None,
    ) -> asyncio.Future[None]:
        """Keep one record."""
        self.records.append(SentRecord(topic, key, value, partition))
        confirmation: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        confirmation.set_result(None)
        return confirmation


@dataclass
class StandIn:
    """Stand in for an application: tables that outlive it, a clock that a test moves, one generation a life."""

    clock: ManualClock
    settings: Settings
    tables: dict[str, LoggedTable] = field(default_factory=dict)
    outlet: KeptOutlet = field(default_factory=KeptOutlet)
    app: Any = field(default_factory=lambda: SimpleNamespace(consumer_generation_id=1))

    def table(self, name: str) -> LoggedTable:
        """Return a table, the same in every life."""
        return self.tables.setdefault(name, LoggedTable())


def message(topic: Topic, key: bytes | None, value: bytes | None, *, partition: int = 0) -> Any:
    """Return what an agent's handler takes."""
    return SimpleNamespace(key=key, value=value, message=SimpleNamespace(topic=str(topic), partition=partition))
