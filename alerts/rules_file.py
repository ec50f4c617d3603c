"""The rules file: YAML to rules, and every mistake in it with its line."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import yaml
from pydantic import ValidationError

from alerts.located_yaml import Path, read_located
from alerts.rules import Contradictions, Rules

_UNKNOWN = "there is no such field"


@dataclass(frozen=True, slots=True)
class Mistake:
    """Be one thing that is wrong in a file."""

    line: int
    """From 1."""
    path: str
    """Where in the content, such as `rules[2].window_s`; empty for the whole."""
    message: str


def parse(text: str) -> Rules:
    """Read rules from YAML.

    Raises:
        yaml.YAMLError: it is no YAML.
        pydantic.ValidationError: it is no rules.
    """
    return Rules.model_validate(yaml.safe_load(text))


def check(text: str) -> list[Mistake]:
    """Return every mistake in the text of a rules file, in the order of its lines; none where it is good."""
    read = read_located(text)
    if read.fault:
        return [Mistake(read.fault_line, "", f"not YAML: {' '.join(read.fault)}")]
    if not read.lines:
        return [Mistake(1, "", "the file is empty: write at least one rule")]
    if not isinstance(read.content, dict):
        return [Mistake(1, "", "write fields such as `rules:`, not a list or a single value")]
    mistakes = [Mistake(line, _path(where), "the field is there twice") for where, line in read.repeated]
    try:
        Rules.model_validate(read.content)
    except ValidationError as error:
        for where, message in _problems(error):
            mistakes.append(Mistake(read.line_of(where), _path(where), message))
    return sorted(mistakes, key=lambda mistake: mistake.line)


def _problems(error: ValidationError) -> Iterator[tuple[Path, str]]:
    for problem in error.errors(include_url=False):
        cause = problem.get("ctx", {}).get("error")
        if isinstance(cause, Contradictions):
            yield from cause.found
        else:
            yield problem["loc"], _message(problem)


def _path(where: Path) -> str:
    where = tuple(part for part in where if part != "[key]")  # pydantic's word for a key of a mapping
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in where).removeprefix(".")


def _message(problem: Any) -> str:
    if problem["type"] == "extra_forbidden":
        return _UNKNOWN
    if problem["type"] == "missing":
        return "the field is missing"
    return str(problem["msg"]).removeprefix("Value error, ")
