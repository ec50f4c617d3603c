"""What tables keep on this machine: to go on from only after an end in good order.

A write is here at once and at the broker a moment later. A process that is killed in between leaves keys that the
changelog never got, and what Faust reads of the changelog is laid over them: a mixture of two moments, in which a
series may remember an article that its calibration never learned from. As Kafka Streams does where each message
counts once (KIP-129), such a folder is emptied, and the changelog alone says what was.
"""

from __future__ import annotations

import shutil
from pathlib import Path

MARK = "ended-in-good-order"


class LocalTables:
    """Be the folder of a role's tables, with a mark that is there only while no process writes to it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def begin(self) -> bool:
        """Make the folder ready to be written to; say whether an earlier process left it in disorder."""
        self._folder.mkdir(parents=True, exist_ok=True)
        mark = self._folder / MARK
        left = any(self._folder.iterdir()) and not mark.exists()
        if left:
            shutil.rmtree(self._folder)
            self._folder.mkdir()
        mark.unlink(missing_ok=True)
        return left

    def end(self) -> None:
        """Mark the folder: everything in it is at the broker, too."""
        (self._folder / MARK).touch()
