"""What a file holds: gzip is known by its first bytes whatever the name, and a mark of byte order is no content."""

from __future__ import annotations

import codecs
import gzip
import zlib
from io import BufferedReader
from typing import BinaryIO, cast

from streams.errors import DataMissing

_MAGIC = b"\x1f\x8b"
_UNPACK = "unpack it, or pack the lines with gzip"
_OTHERS = (
    (b"PK\x03\x04", "a zip archive", _UNPACK),
    (b"BZh", "packed with bzip2", _UNPACK),
    (b"\xfd7zXZ\x00", "packed with xz", _UNPACK),
    (b"\x28\xb5\x2f\xfd", "packed with zstd", _UNPACK),
    (codecs.BOM_UTF32_LE, "UTF-32", "convert it: iconv -f UTF-32 -t UTF-8"),
    (codecs.BOM_UTF16_LE, "UTF-16", "convert it: iconv -f UTF-16 -t UTF-8"),
    (codecs.BOM_UTF16_BE, "UTF-16", "convert it: iconv -f UTF-16 -t UTF-8"),
)
"""First bytes, what they tell, and what to do: read as lines, each of such a file would be refused by itself."""
_LONGEST = max(len(first) for first, _, _ in _OTHERS)
BROKEN = (gzip.BadGzipFile, EOFError, zlib.error)
"""What reading raises where gzip is damaged or ends too early."""


def unpacked(raw: BinaryIO, name: str) -> BinaryIO:
    """Return what a stream holds, unpacked where it is gzip; errors in it are raised here or while it is read.

    A mark that some editors put before UTF-8 is passed over: no reader of JSON takes it. The name is for errors.

    Raises:
        DataMissing: it is packed otherwise, or not UTF-8, by its first bytes.
    """
    buffered = raw if isinstance(raw, BufferedReader) else BufferedReader(raw)  # type: ignore[type-var]
    packed = buffered.peek(len(_MAGIC)).startswith(_MAGIC)
    stream = gzip.GzipFile(fileobj=buffered, mode="rb") if packed else buffered
    begins = stream.peek(_LONGEST)
    for first, told, advice in _OTHERS:
        if begins.startswith(first):
            raise DataMissing(f"{name} is {told}, and is read as JSON lines in UTF-8, gzip or not: {advice}")
    if begins.startswith(codecs.BOM_UTF8):
        stream.read(len(codecs.BOM_UTF8))
    return cast(BinaryIO, stream)
