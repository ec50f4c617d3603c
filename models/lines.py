"""Lines of a file, gzip or not, with their numbers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from streams.errors import DataMissing
from streams.gzipped import BROKEN, unpacked


def numbered_lines(path: Path) -> Iterator[tuple[int, bytes]]:
    """Yield the lines of a file that are not blank, with their numbers.

    Raises:
        DataMissing: its gzip is broken or ends too early, or it is packed otherwise.
    """
    with path.open("rb") as plain:
        try:
            for number, line in enumerate(unpacked(plain, str(path)), 1):
                if line.strip():
                    yield number, line
        except BROKEN as error:
            raise DataMissing(f"{path} breaks off ({error}): get it whole") from None
