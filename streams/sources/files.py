"""JSON lines from files: plain, gzipped or standard input, read one line at a time, with fields renamed if asked."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import orjson

from streams.errors import DataMissing, MisconfiguredError
from streams.gzipped import BROKEN, unpacked

STDIN = "-"


def read_lines(path: str) -> Iterator[bytes]:
    """Yield the lines of a file without their ends; blank ones are passed over.

    Gzip is known by its first two bytes, not by the name; `-` is standard input.

    Raises:
        DataMissing: the file is not there or cannot be read, or its gzip stream is broken.
    """
    try:
        with _opened(path) as stream:
            for line in stream:
                if line.strip():
                    yield line.rstrip(b"\r\n")
    except BROKEN as error:
        raise DataMissing(f"{path} is not whole: {error}; fetch it again") from error
    except OSError as error:
        raise DataMissing(f"cannot read {path}: {error.strerror or error}") from error


def parse_map(text: str) -> dict[str, str]:
    """Read `title=headline,body=text`: our field, then the file's.

    Raises:
        MisconfiguredError: a part is not of that shape, or a field is named twice.
    """
    pairs = [part.partition("=") for part in text.split(",") if part.strip()]
    if any(not sign or not ours.strip() or not theirs.strip() for ours, sign, theirs in pairs):
        raise MisconfiguredError(f"--map takes our=theirs, separated by commas, as in title=headline; got {text!r}")
    mapping = {ours.strip(): theirs.strip() for ours, _, theirs in pairs}
    if len(mapping) != len(pairs):
        raise MisconfiguredError(f"--map names a field twice: {text!r}")
    return mapping


def renamed(line: bytes, mapping: Mapping[str, str]) -> bytes | None:
    """Return a line with fields renamed as `parse_map` says, or None where it is no JSON object.

    A field that is renamed wins over one that already has its new name; one that is absent stays absent.
    """
    try:
        fields = orjson.loads(line)
    except orjson.JSONDecodeError:
        return None
    if not isinstance(fields, dict):
        return None
    moved = {ours: fields[theirs] for ours, theirs in mapping.items() if theirs in fields}
    kept = {name: value for name, value in fields.items() if name not in mapping.values()}
    return orjson.dumps(kept | moved)


@contextmanager
def _opened(path: str) -> Iterator[Iterable[bytes]]:
    if path == STDIN:
        yield unpacked(sys.stdin.buffer)
        return
    with Path(path).open("rb") as plain:
        yield unpacked(plain)
