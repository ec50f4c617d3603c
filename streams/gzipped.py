"""Gzip, known by its first bytes whatever the name of a file, and how one breaks off."""

from __future__ import annotations

import gzip
import zlib
from io import BufferedReader
from typing import Any, BinaryIO, cast

_MAGIC = b"\x1f\x8b"
BROKEN = (gzip.BadGzipFile, EOFError, zlib.error)
"""What reading raises where gzip is damaged or ends too early."""


def unpacked(raw: BufferedReader[Any]) -> BinaryIO:
    """Return what a stream holds, unpacked where it is gzip; errors in it are raised while it is read."""
    packed = raw.peek(len(_MAGIC))[: len(_MAGIC)] == _MAGIC
    return cast(BinaryIO, gzip.GzipFile(fileobj=raw, mode="rb") if packed else raw)
