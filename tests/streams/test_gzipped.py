"""What a stream holds, by its first bytes."""

from __future__ import annotations

import bz2
import codecs
import gzip
import io
import lzma
import zipfile

import pytest

from streams.errors import DataMissing
from streams.gzipped import BROKEN, unpacked

TEXT = b"".join(b"line %d\n" % place for place in range(2_000))


def _read(data: bytes) -> bytes:
    return unpacked(io.BytesIO(data), "feed.jsonl").read()


def test_what_is_packed_is_unpacked_and_the_rest_stays() -> None:
    """The name of a file says nothing; an empty one is empty."""
    assert _read(gzip.compress(TEXT)) == _read(TEXT) == TEXT
    assert _read(b"") == b""


def test_a_mark_of_byte_order_is_passed_over() -> None:
    """Windows puts one before UTF-8, in plain files and in packed ones; inside a file it stays."""
    marked = codecs.BOM_UTF8 + TEXT
    assert _read(marked) == _read(gzip.compress(marked)) == TEXT
    assert _read(codecs.BOM_UTF8) == b""
    assert _read(TEXT + marked) == TEXT + marked


@pytest.mark.parametrize("damage", [lambda data: data[:-9], lambda data: data[:200] + b"\xff" * 99 + data[299:]])
def test_damage_is_raised_as_one_of_a_few(damage: object) -> None:
    """A file that ends too early, and one whose inside is overwritten."""
    assert callable(damage)
    with pytest.raises(BROKEN):
        _read(damage(gzip.compress(TEXT)))


def _zipped() -> bytes:
    place = io.BytesIO()
    with zipfile.ZipFile(place, "w") as archive:
        archive.writestr("feed.jsonl", TEXT)
    return place.getvalue()


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (_zipped(), "a zip archive"),
        (bz2.compress(TEXT), "packed with bzip2"),
        (lzma.compress(TEXT), "packed with xz"),
        (b"\x28\xb5\x2f\xfd" + TEXT, "packed with zstd"),
        (TEXT.decode().encode("utf-16"), "UTF-16"),
        (codecs.BOM_UTF16_BE + TEXT.decode().encode("utf-16-be"), "UTF-16"),
        (TEXT.decode().encode("utf-32"), "UTF-32"),
        (gzip.compress(TEXT.decode().encode("utf-16")), "UTF-16"),
    ],
)
def test_what_holds_no_lines_is_refused_whole(data: bytes, told: str) -> None:
    """Read as lines it would be refused line by line, thousands of times, without a word of what it is."""
    with pytest.raises(DataMissing, match=rf"feed\.jsonl is {told}.*(gzip|iconv)"):
        _read(data)
