"""Files that a command is to write: looked at before anything is read, since a run can take hours."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from streams.errors import MisconfiguredError


def check_outputs(outputs: Sequence[Path], inputs: Sequence[Path]) -> None:
    """Refuse files that could not be written, or would be written over an input or over each other.

    Raises:
        MisconfiguredError: with the file, and what to do.
    """
    for place, output in enumerate(outputs):
        if output.is_dir():
            raise MisconfiguredError(f"{output} is a folder: name a file in it to write")
        if not output.parent.is_dir():
            missing = "is not there: make it first" if not output.parent.exists() else "is no folder"
            raise MisconfiguredError(f"{output} cannot be written: {output.parent} {missing}, or name another file")
        if not os.access(output if output.exists() else output.parent, os.W_OK):
            raise MisconfiguredError(f"{output} cannot be written: permit it, or name another file")
        if any(_same(output, file) for file in inputs):
            raise MisconfiguredError(f"{output} is also the input: name another file to write")
        if any(_same(output, other) for other in outputs[:place]):
            raise MisconfiguredError(f"{output} is to be written twice: name another file for one of the two")


def check_folder(output: Path) -> None:
    """Refuse a folder that could not be made or written into.

    Raises:
        MisconfiguredError: with what is in its place, and what to do.
    """
    there = next(path for path in (output, *output.absolute().parents) if path.exists())
    if not there.is_dir():
        raise MisconfiguredError(f"{output} cannot be made: {there} is no folder; name another")
    if not os.access(there, os.W_OK):
        raise MisconfiguredError(f"{output} cannot be written: permit it, or name another folder")


def _same(one: Path, other: Path) -> bool:
    # Two names of one file that is there may be links; of one that is not, only the place tells.
    return one.samefile(other) if one.exists() and other.exists() else one.resolve() == other.resolve()
