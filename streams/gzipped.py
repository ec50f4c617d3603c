"""What a file holds: gzip is known by its first bytes whatever the name, and a mark of byte order is no content."""

from __future__ import annotations

import codecs
import gzip
import zlib
from io import BufferedReader
from typing import BinaryIO, cast

_MAGIC = b"\x1f\x8b"
BROKEN = (gzip.BadGzipFile, EOFError, zlib.error)
"""What reading raises where gzip is damaged or ends too early."""


def unpacked(raw: BinaryIO) -> BinaryIO:
    """Return what a stream holds, unpacked where it is gzip; errors in it are raised here or while it is read.

    A mark that some editors put before UTF-8 is passed over: no reader of JSON takes it.
    """
    buffered = raw if isinstance(raw, BufferedReader) else BufferedReader(raw)  # type: ignore[type-var]
    packed = buffered.peek(len(_MAGIC)).startswith(_MAGIC)
    stream = gzip.GzipFile(fileobj=buffered, mode="rb") if packed else buffered
    if stream.peek(len(codecs.BOM_UTF8)).startswith(codecs.BOM_UTF8):
        stream.read(len(codecs.BOM_UTF8))
    return cast(BinaryIO, stream)
