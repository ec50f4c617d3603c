"""Reading JSON lines."""

from __future__ import annotations

import gzip
import io
import re
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import orjson
import pytest

from streams.errors import DataMissing, MisconfiguredError
from streams.sources.files import opened, parse_map, renamed

LINES = b'{"title": "a"}\r\n\n  \n{"title": "b"}\nnot json \xff\n{"title": "c"}'
EXPECTED = [b'{"title": "a"}', b"", b"  ", b'{"title": "b"}', b"not json \xff", b'{"title": "c"}']


def _read(path: str) -> list[bytes]:
    breaks: list[str] = []
    with opened(path, breaks) as lines:
        found = list(lines)
    assert not breaks
    return found


def test_plain_and_gzipped_files_read_alike_whatever_their_name(tmp_path: Path) -> None:
    """Lines keep their numbers and lose their ends, bytes stay as they are, and gzip is known by its first bytes."""
    (tmp_path / "plain.gz").write_bytes(LINES)
    (tmp_path / "packed").write_bytes(gzip.compress(LINES))
    assert _read(str(tmp_path / "plain.gz")) == EXPECTED
    assert _read(str(tmp_path / "packed")) == EXPECTED


def test_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    """A dash reads what is piped in."""
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(LINES)))
    assert _read("-") == EXPECTED


@pytest.mark.parametrize("damage", [lambda data: data[: len(data) // 2], lambda data: data[:20_000] + b"\xff" * 99])
def test_a_break_ends_the_lines_and_is_told(tmp_path: Path, damage: Callable[[bytes], bytes]) -> None:
    """What came before it is read, up to where the damage shows."""
    whole = gzip.compress(b"".join(b'{"n": %d}\n' % n for n in range(50_000)))
    path, breaks = tmp_path / "broken.gz", list[str]()
    path.write_bytes(damage(whole))
    with opened(str(path), breaks) as lines:
        found = list(lines)
    assert found[:5_000] == [b'{"n": %d}' % n for n in range(5_000)]
    (told,) = breaks
    assert f"broken.gz breaks off after {len(found):,} lines" in told


def test_what_cannot_be_opened_is_named(tmp_path: Path) -> None:
    """The message holds the path."""
    for path in (tmp_path / "nowhere.jsonl", tmp_path, Path("a\0b")):
        with pytest.raises(DataMissing, match=re.escape(str(path))):
            _read(str(path))


def test_fields_are_renamed() -> None:
    """The file's field takes our name, and wins over one that has it already."""
    mapping = parse_map("title=headline, body=text", ("title", "body"))
    line = b'{"headline": "h", "text": "t", "title": "old", "n": 1}'
    assert orjson.loads(renamed(line, mapping) or b"") == {"title": "h", "body": "t", "n": 1}
    assert orjson.loads(renamed(b'{"n": 1}', mapping) or b"") == {"n": 1}
    assert renamed(b"[1]", mapping) is None
    assert renamed(b"{", mapping) is None


@pytest.mark.parametrize("text", ["title", "title=", "=headline", "title=a,title=b", "titel=headline"])
def test_a_map_that_says_nothing_clear_is_refused(text: str) -> None:
    """The message says how to write it."""
    with pytest.raises(MisconfiguredError, match="--map"):
        parse_map(text, ("title", "body"))
