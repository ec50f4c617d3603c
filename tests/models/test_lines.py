"""Lines of files, packed or not."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from models.lines import numbered_lines
from streams.errors import DataMissing

TEXT = b"Vantor\n\nOrrin\n"


@pytest.mark.parametrize("content", [TEXT, gzip.compress(TEXT)])
def test_lines_keep_their_numbers(tmp_path: Path, content: bytes) -> None:
    """Packed or not, and whatever the file is called, blank lines are passed over and counted."""
    for name in ("own.jsonl", "own.jsonl.gz"):
        (tmp_path / name).write_bytes(content)
        assert [(n, line.strip()) for n, line in numbered_lines(tmp_path / name)] == [(1, b"Vantor"), (3, b"Orrin")]


@pytest.mark.parametrize("content", [gzip.compress(TEXT)[:-12], gzip.compress(TEXT)[:10] + b"\xff" * 9])
def test_a_broken_file_is_told_by_name(tmp_path: Path, content: bytes) -> None:
    """Gzip that ends too early, or is none behind its first bytes, is told with the file."""
    path = tmp_path / "own.jsonl.gz"
    path.write_bytes(content)
    with pytest.raises(DataMissing, match=r"own\.jsonl\.gz breaks off"):
        list(numbered_lines(path))
