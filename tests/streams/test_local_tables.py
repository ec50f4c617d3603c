"""The folder of tables before and after a process."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from streams.errors import MisconfiguredError
from streams.local_tables import LocalTables


def _write(folder: Path) -> Path:
    table = folder / "v1" / "series" / "000001.sst"
    table.parent.mkdir(parents=True, exist_ok=True)
    table.write_bytes(b"kept")
    return table


def test_a_new_folder_is_made_and_in_order(tmp_path: Path) -> None:
    """The first process finds nothing to distrust."""
    folder = tmp_path / "role" / "tables"
    with LocalTables(folder) as tables:
        assert not tables.emptied
        assert folder.is_dir()


def test_tables_are_kept_after_an_end_in_good_order(tmp_path: Path) -> None:
    """The next process goes on from them."""
    folder = tmp_path / "tables"
    with LocalTables(folder) as tables:
        table = _write(folder)
        tables.end_in_good_order()
    with LocalTables(folder) as tables:
        assert not tables.emptied
        assert table.read_bytes() == b"kept"


def test_tables_are_removed_after_a_kill(tmp_path: Path) -> None:
    """Neither an end that never came nor one of an earlier process counts."""
    folder = tmp_path / "tables"
    with LocalTables(folder) as tables:
        tables.end_in_good_order()
    with LocalTables(folder):
        table = _write(folder)
    with LocalTables(folder) as tables:
        assert tables.emptied
        assert not table.exists()
        tables.end_in_good_order()
    with LocalTables(folder) as tables:
        assert not tables.emptied


def test_tables_of_a_process_that_runs_are_left_alone(tmp_path: Path) -> None:
    """A second process on the same folder is refused, with what to do, and nothing is removed."""
    folder = tmp_path / "tables"
    with LocalTables(folder):
        table = _write(folder)
        with pytest.raises(MisconfiguredError, match="TIDEWATCH_DATA_DIR of its own"), LocalTables(folder):
            pass
        assert table.exists()


def test_a_folder_that_was_removed_meanwhile_is_no_error(tmp_path: Path) -> None:
    """The end stays in good order, and the next process begins with an empty folder."""
    folder = tmp_path / "role" / "tables"
    with LocalTables(folder) as tables:
        shutil.rmtree(folder.parent)
        tables.end_in_good_order()
    with LocalTables(folder) as tables:
        assert not tables.emptied
        assert not any(folder.iterdir())
