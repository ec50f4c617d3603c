"""Tables whose writes can be confirmed: each write gives the future of its changelog record.

Faust flushes its changelog for at most 0.1 s of idleness before a commit (`faust/transport/producer.py`), so a commit
may pass a write that never reached the broker. The delivery window awaits the future instead.
"""

from __future__ import annotations

from collections.abc import Awaitable, Iterator
from operator import itemgetter
from typing import Any

import faust

from streams.settings import Settings

ROCKSDICT_OPTIONS = {
    "driver": "rocksdict",
    "block_cache_size": 2 * 1024**2,
    "write_buffer_size": 4 * 1024**2,
    "max_write_buffer_number": 2,
}
"""Faust's defaults are 2 GiB of cache a table and three buffers of 64 MiB a partition: memory that grows for days."""


class _ConfirmedTable(faust.Table[bytes, bytes]):
    confirmation: Awaitable[Any] | None = None

    def send_changelog(self, *args: Any, **kwargs: Any) -> Any:
        future = super().send_changelog(*args, **kwargs)
        self.confirmation = future
        return future


class StateTable:
    """Keep bytes by key, in the partition of the event at hand. Write only inside a stream's iteration."""

    def __init__(self, app: faust.App, name: str, settings: Settings) -> None:
        self.name = name
        self.changelog = changelog_topic(name, settings)
        options = ROCKSDICT_OPTIONS if settings.table_store == "rocksdict" else {}
        self._table = _ConfirmedTable(
            app,
            name=f"{app.conf.id}-{name}",
            key_type=bytes,
            value_type=bytes,
            partitions=settings.partitions,
            options=options,
            changelog_topic=app.topic(
                self.changelog,
                key_type=bytes,
                value_type=bytes,
                key_serializer="raw",
                value_serializer="raw",
                partitions=settings.partitions,
                replicas=settings.replication,
                compacting=True,
                deleting=False,
                internal=False,
            ),
        )
        app.tables.add(self._table)

    def get(self, key: bytes) -> bytes | None:
        """Return the value of a key in the partition of the event at hand."""
        value: bytes | None = self._table.get(key)
        return value

    def put(self, key: bytes, value: bytes) -> Awaitable[Any]:
        """Write a value; the awaitable ends when the broker holds it."""
        self._table[key] = value
        return self._confirmation()

    def delete(self, key: bytes) -> Awaitable[Any]:
        """Remove a key that is there; the awaitable ends when the broker holds its tombstone."""
        del self._table[key]
        return self._confirmation()

    def items(self) -> Iterator[tuple[bytes, bytes]]:
        """Yield every key held by this process, of whatever partition: only for tables that live in one."""
        yield from self._table.items()

    def _confirmation(self) -> Awaitable[Any]:
        confirmation = self._table.confirmation
        if confirmation is None:
            raise RuntimeError(f"table {self.name!r} wrote without sending its changelog")
        self._table.confirmation = None
        return confirmation


class TableSection:
    """Keep the values of one kind in a table that several kinds share, told apart by a prefix.

    A table has a store and a recovery of its own for each partition: many small ones make a rebalance slow.
    """

    def __init__(self, table: StateTable, prefix: bytes) -> None:
        self._table = table
        self._prefix = prefix

    def get(self, key: bytes) -> bytes | None:
        """Return the value of a key; see `StateTable`."""
        return self._table.get(self._prefix + key)

    def put(self, key: bytes, value: bytes) -> Awaitable[Any]:
        """Write a value; see `StateTable`."""
        return self._table.put(self._prefix + key, value)

    def delete(self, key: bytes) -> Awaitable[Any]:
        """Remove a key that is there; see `StateTable`."""
        return self._table.delete(self._prefix + key)

    def items(self) -> Iterator[tuple[bytes, bytes]]:
        """Yield every key of this kind; see `StateTable`."""
        for key, value in self._table.items():
            if key.startswith(self._prefix):
                yield key[len(self._prefix) :], value

    def values(self) -> Iterator[bytes]:
        """Yield every value of this kind; see `items`."""
        yield from map(itemgetter(1), self.items())


def changelog_topic(name: str, settings: Settings) -> str:
    """Return the name of the changelog of a table."""
    return settings.named(f"table.{name}")
