"""The folder of tables before and after a process."""

from __future__ import annotations

from pathlib import Path

from streams.local_tables import LocalTables


def _written(folder: Path) -> Path:
    table = folder / "v1" / "series" / "000001.sst"
    table.parent.mkdir(parents=True, exist_ok=True)
    table.write_bytes(b"kept")
    return table


def test_a_new_folder_is_made_and_in_order(tmp_path: Path) -> None:
    """The first process finds nothing to distrust."""
    folder = tmp_path / "role" / "tables"
    assert not LocalTables(folder).begin()
    assert folder.is_dir()


def test_tables_are_kept_after_an_end_in_good_order(tmp_path: Path) -> None:
    """The next process goes on from them."""
    tables = LocalTables(tmp_path)
    tables.begin()
    table = _written(tmp_path)
    tables.end()
    assert not LocalTables(tmp_path).begin()
    assert table.read_bytes() == b"kept"


def test_tables_are_removed_after_a_kill(tmp_path: Path) -> None:
    """Neither an end that never came nor one of an earlier process counts."""
    tables = LocalTables(tmp_path)
    tables.begin()
    tables.end()
    LocalTables(tmp_path).begin()
    table = _written(tmp_path)
    assert LocalTables(tmp_path).begin()
    assert not table.exists()
    assert not LocalTables(tmp_path).begin()
