"""Lines of a file, gzip or not: known by its first bytes, whatever its name."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path

from streams.errors import DataMissing

_GZIP_MAGIC = b"\x1f\x8b"


def numbered_lines(path: Path) -> Iterator[tuple[int, bytes]]:
    """Yield the lines of a file that are not blank, with their numbers.

    Raises:
        DataMissing: its gzip is broken or ends too early.
    """
    with path.open("rb") as plain:
        try:
            packed = plain.peek(2)[:2] == _GZIP_MAGIC
            for number, line in enumerate(gzip.GzipFile(fileobj=plain) if packed else plain, 1):
                if line.strip():
                    yield number, line
        except (gzip.BadGzipFile, EOFError, zlib.error) as error:
            raise DataMissing(f"{path} breaks off ({error}): get it whole") from None
