"""Files that a command is to write."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from streams.errors import MisconfiguredError
from tidewatch.outputs import check_folder, check_outputs


def test_files_that_can_be_written_are_let_pass(tmp_path: Path) -> None:
    """New files, files that are there, and several at once; an input that is not there is not judged here."""
    there = tmp_path / "there"
    there.write_text("old")
    check_outputs([there, tmp_path / "new"], [tmp_path / "input"])
    assert there.read_text() == "old"


def test_a_file_that_cannot_be_written_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder, a folder that is not there, a file in a folder's place, and one without permission."""
    file = tmp_path / "file"
    file.write_text("")
    for path, told in (
        (tmp_path, "is a folder: name a file"),
        (tmp_path / "nodir" / "x", "nodir is not there: make it first"),
        (file / "x", "file is no folder"),
    ):
        with pytest.raises(MisconfiguredError, match=told):
            check_outputs([path], [])
    monkeypatch.setattr(os, "access", lambda path, mode: (path, mode) != (tmp_path, os.W_OK))
    with pytest.raises(MisconfiguredError, match="x cannot be written: permit it"):
        check_outputs([tmp_path / "x"], [])


def test_no_file_is_written_over_another(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Links are seen through, and so are two ways of writing one place."""
    file, link = tmp_path / "file", tmp_path / "link"
    file.write_text("")
    link.hardlink_to(file)
    with pytest.raises(MisconfiguredError, match="also the input"):
        check_outputs([link], [file])
    with pytest.raises(MisconfiguredError, match="written twice"):
        check_outputs([link, file], [])
    monkeypatch.chdir(tmp_path)
    with pytest.raises(MisconfiguredError, match="written twice"):
        check_outputs([Path("new"), tmp_path / "new"], [])


def test_a_folder_that_can_be_made_is_let_pass(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that is there, or may be made in what is; not a file, below a file, or where nobody may write."""
    file = tmp_path / "file"
    file.write_text("")
    monkeypatch.chdir(tmp_path)
    for folder in (tmp_path, tmp_path / "new" / "one", Path("new")):
        check_folder(folder)
    for folder in (file, file / "new"):
        with pytest.raises(MisconfiguredError, match="file is no folder"):
            check_folder(folder)
    monkeypatch.setattr(os, "access", lambda path, mode: (path, mode) != (tmp_path, os.W_OK))
    with pytest.raises(MisconfiguredError, match="new cannot be written: permit it"):
        check_folder(tmp_path / "new")
