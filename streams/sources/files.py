"""JSON lines from files: plain, gzipped or standard input, read one line at a time, with fields renamed if asked."""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import orjson

from streams.errors import DataMissing, MisconfiguredError
from streams.gzipped import BROKEN, unpacked

STDIN = "-"


@contextmanager
def opened(path: str, breaks: list[str]) -> Iterator[Iterator[bytes]]:
    """Open a file, a pipe or standard input (`-`) as lines without their ends, gzip or not, by its first bytes.

    Where it breaks off, its lines end, and `breaks` is told: what came before is good, and the caller says at its end
    that it was not all.

    Raises:
        DataMissing: there is no such file, it is a folder, or it cannot be opened; or, as the first line is read, it
            holds no lines but an archive or UTF-16.
    """
    if path == STDIN:
        yield _lines("standard input", sys.stdin.buffer, breaks)
        return
    with _stream(path) as raw:
        yield _lines(path, raw, breaks)


def parse_map(text: str, known: Collection[str]) -> dict[str, str]:
    """Read `title=headline,body=text`: our field, one of those known, then the file's.

    Raises:
        MisconfiguredError: a part is not of that shape, or a field is named twice, or is none of ours.
    """
    pairs = [part.partition("=") for part in text.split(",") if part.strip()]
    if any(not sign or not ours.strip() or not theirs.strip() for ours, sign, theirs in pairs):
        raise MisconfiguredError(f"--map takes our=theirs, separated by commas, as in title=headline; got {text!r}")
    mapping = {ours.strip(): theirs.strip() for ours, _, theirs in pairs}
    if len(mapping) != len(pairs):
        raise MisconfiguredError(f"--map names a field twice: {text!r}")
    if strange := sorted(mapping.keys() - set(known)):
        raise MisconfiguredError(
            f"--map names {strange[0]!r}, which is no field: write one of {', '.join(sorted(known))}"
        )
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


def _stream(path: str) -> BinaryIO:
    try:
        return Path(path).open("rb")
    except FileNotFoundError:
        raise DataMissing(f"{path} is not there: name a file of JSON lines, or - for standard input") from None
    except IsADirectoryError:
        raise DataMissing(f"{path} is a folder: name the files in it, or - for standard input") from None
    except (OSError, ValueError) as error:  # a name that holds NUL is a ValueError
        raise DataMissing(f"cannot read {path}: {error}") from None


def _lines(name: str, raw: BinaryIO, breaks: list[str]) -> Iterator[bytes]:
    count = 0
    try:
        for line in unpacked(raw, name):
            yield line.rstrip(b"\r\n")
            count += 1
    except (*BROKEN, OSError) as error:
        breaks.append(
            f"{name} breaks off after {count:,} lines ({error}): these were taken; get it whole for the others"
        )
