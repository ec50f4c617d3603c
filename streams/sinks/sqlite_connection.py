"""A connection to SQLite that lives in a thread of its own."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from streams.errors import IndexUnavailable, MisconfiguredError
from streams.sinks.sqlite_schema import FORMAT, PRAGMAS, TABLES

ResultT = TypeVar("ResultT")
BUSY_TIMEOUT_S = 10.0


class SqliteConnection:
    """Run work on one connection, one piece at a time; it is opened, and its tables made, at the first."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._connection: sqlite3.Connection | None = None
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="sqlite")

    async def run(self, work: Callable[[sqlite3.Connection], ResultT]) -> ResultT:
        """Return what the work returns.

        Raises:
            IndexUnavailable: the file cannot be opened, or another process holds it for too long.
            MisconfiguredError: the file is no index, or one of another format.
        """
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._do, work)

    async def close(self) -> None:
        """Close the connection, if it was opened, and end the thread."""
        await asyncio.get_running_loop().run_in_executor(self._thread, self._close)
        self._thread.shutdown()

    def _do(self, work: Callable[[sqlite3.Connection], ResultT]) -> ResultT:
        try:
            if self._connection is None:
                self._connection = _open(self._path)
            return work(self._connection)
        except (sqlite3.OperationalError, OSError) as error:
            raise IndexUnavailable(f"the SQLite index at {self._path} cannot be used: {error}") from error
        except sqlite3.DatabaseError as error:
            # Else the file would stay open once it is moved away, and never be made again.
            self._close()
            message = f"{self._path} is damaged or no index ({error}): move it away, and it is made again"
            raise MisconfiguredError(message) from error

    def _close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """Make one transaction that writes: all of it or nothing."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        # A full or failing disk may have rolled it back already.
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def _open(path: Path) -> sqlite3.Connection:
    path.parent.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(path, timeout=BUSY_TIMEOUT_S, isolation_level=None)
    try:
        connection.create_function("field", 2, _field, deterministic=True)
        for pragma in PRAGMAS:
            connection.execute(pragma)
        # Where all tables are there no lock is needed: a reader may open while a writer is in a transaction.
        if _read_format(connection, path) != FORMAT:
            with transaction(connection):
                for statement in TABLES:
                    connection.execute(statement)
                connection.execute(f"PRAGMA user_version = {FORMAT}")
    except BaseException:
        connection.close()
        raise
    return connection


def _field(record: str, name: str) -> str | None:
    # SQLite's own JSON refuses a record in which a number is Infinity.
    value = json.loads(record).get(name)
    return None if value is None else str(value)


def _read_format(connection: sqlite3.Connection, path: Path) -> int:
    """Return the format of the file's tables; 0 where there are none yet."""
    found = int(connection.execute("PRAGMA user_version").fetchone()[0])
    if found > FORMAT:
        raise MisconfiguredError(
            f"{path} has format {found}, this version knows {FORMAT}: move it away, and it is made again"
        )
    return found
