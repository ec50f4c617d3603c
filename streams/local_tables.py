"""What tables keep on this machine: to go on from only after an end in good order.

A write is here at once and at the broker a moment later. A process that is killed in between leaves keys that the
changelog never got, and what Faust reads of the changelog is laid over them: a mixture of two moments, in which a
series may remember an article that its calibration never learned from. As Kafka Streams does where each message
counts once (KIP-129), such a folder is emptied, and the changelog alone says what was.
"""

from __future__ import annotations

import contextlib
import fcntl
import shutil
from pathlib import Path
from typing import IO

from streams.errors import MisconfiguredError

MARK = "ended-in-good-order"


class LocalTables:
    """Own the folder of a role's tables while a process runs; its mark says that the last one ended in good order."""

    def __init__(self, folder: Path) -> None:
        """Take the folder, which need not be there yet."""
        self._folder = folder
        self._lock: IO[str] | None = None
        self.emptied = False
        """Whether an earlier process had left the folder in disorder."""

    def __enter__(self) -> LocalTables:
        """Make the folder this process's own.

        Raises:
            MisconfiguredError: another process runs on it.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        # The system lets go of it when the process is gone, however that ends.
        self._lock = self._folder.with_name(f"{self._folder.name}.lock").open("w")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._lock.close()
            raise MisconfiguredError(
                f"{self._folder} belongs to a process that runs: give each worker of a role a TIDEWATCH_DATA_DIR of its"
                " own"
            ) from None
        mark = self._folder / MARK
        self.emptied = any(self._folder.iterdir()) and not mark.exists()
        if self.emptied:
            shutil.rmtree(self._folder)
            self._folder.mkdir()
        mark.unlink(missing_ok=True)
        return self

    def end_in_good_order(self) -> None:
        """Mark the folder, unless somebody removed it: everything in it is at the broker, too."""
        with contextlib.suppress(FileNotFoundError):
            (self._folder / MARK).touch()

    def __exit__(self, *_: object) -> None:
        """Let others have the folder."""
        if self._lock is not None:
            self._lock.close()
