"""Reading JSON lines."""

from __future__ import annotations

import gzip
import io
from pathlib import Path
from types import SimpleNamespace

import orjson
import pytest

from streams.errors import DataMissing, MisconfiguredError
from streams.sources.files import parse_map, read_lines, renamed

LINES = b'{"title": "a"}\r\n\n  \n{"title": "b"}\nnot json \xff\n{"title": "c"}'
EXPECTED = [b'{"title": "a"}', b'{"title": "b"}', b"not json \xff", b'{"title": "c"}']


def test_plain_and_gzipped_files_read_alike_whatever_their_name(tmp_path: Path) -> None:
    """Blank lines are passed over, bytes are left as they are, and gzip is known by its first bytes."""
    (tmp_path / "plain.gz").write_bytes(LINES)
    (tmp_path / "packed").write_bytes(gzip.compress(LINES))
    assert list(read_lines(str(tmp_path / "plain.gz"))) == EXPECTED
    assert list(read_lines(str(tmp_path / "packed"))) == EXPECTED


def test_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    """A dash reads what is piped in."""
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(LINES)))
    assert list(read_lines("-")) == EXPECTED


def test_reading_is_lazy(tmp_path: Path) -> None:
    """The first line comes although the file breaks off later, and the break is told."""
    whole = gzip.compress(b"".join(b'{"n": %d}\n' % n for n in range(50_000)))
    path = tmp_path / "broken.gz"
    path.write_bytes(whole[: len(whole) // 2])
    lines = read_lines(str(path))
    assert next(lines) == b'{"n": 0}'
    with pytest.raises(DataMissing, match="not whole"):
        list(lines)
    path.write_bytes(whole[:2_000] + b"\xff" * 99 + whole[2_099:])
    with pytest.raises(DataMissing, match="not whole"):
        list(read_lines(str(path)))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    """The message holds the path."""
    with pytest.raises(DataMissing, match=r"nowhere\.jsonl"):
        list(read_lines(str(tmp_path / "nowhere.jsonl")))


def test_fields_are_renamed() -> None:
    """The file's field takes our name, and wins over one that has it already."""
    mapping = parse_map("title=headline, body=text")
    line = b'{"headline": "h", "text": "t", "title": "old", "n": 1}'
    assert orjson.loads(renamed(line, mapping) or b"") == {"title": "h", "body": "t", "n": 1}
    assert orjson.loads(renamed(b'{"n": 1}', mapping) or b"") == {"n": 1}
    assert renamed(b"[1]", mapping) is None
    assert renamed(b"{", mapping) is None


@pytest.mark.parametrize("text", ["title", "title=", "=headline", "title=a,title=b"])
def test_a_map_that_says_nothing_clear_is_refused(text: str) -> None:
    """The message says how to write it."""
    with pytest.raises(MisconfiguredError, match="--map"):
        parse_map(text)
