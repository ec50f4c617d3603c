"""The rules file: YAML to rules, and every mistake in it with its line."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import yaml
from pydantic import ValidationError

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
    try:
        loader = yaml.SafeLoader(text)
        root = loader.get_single_node()
        if root is None:
            return [Mistake(1, "", "the file is empty: write at least one rule")]
        lines: dict[tuple[str | int, ...], int] = {}
        mistakes = _walk(root, (), lines)
        content = loader.construct_document(root)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        what = " ".join(part for part in (error.context, error.problem) if part)
        return [Mistake(mark.line + 1 if mark else 1, "", f"not YAML: {what}")]
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        return [Mistake(1, "", f"not YAML: {error}")]
    if not isinstance(content, dict):
        return [Mistake(1, "", "write fields such as `rules:`, not a list or a single value")]
    try:
        Rules.model_validate(content)
    except ValidationError as error:
        for where, message in _problems(error):
            mistakes.append(Mistake(_line(where, lines), _path(where), message))
    return sorted(mistakes, key=lambda mistake: mistake.line)


def _problems(error: ValidationError) -> Iterator[tuple[tuple[str | int, ...], str]]:
    for problem in error.errors(include_url=False):
        cause = problem.get("ctx", {}).get("error")
        if isinstance(cause, Contradictions):
            yield from cause.found
        else:
            yield problem["loc"], _message(problem)


def _walk(node: yaml.Node, path: tuple[str | int, ...], lines: dict[tuple[str | int, ...], int]) -> list[Mistake]:
    """Note the line of every field and element; return the keys that are there twice."""
    lines.setdefault(path, node.start_mark.line + 1)
    if len(path) > 20:
        raise yaml.YAMLError("it is nested too deep")
    mistakes: list[Mistake] = []
    if isinstance(node, yaml.SequenceNode):
        for place, child in enumerate(node.value):
            mistakes += _walk(child, (*path, place), lines)
    elif isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, child in node.value:
            name = str(key.value)
            here = (*path, name)
            if name in seen:
                mistakes.append(Mistake(key.start_mark.line + 1, _path(here), "the field is there twice"))
            seen.add(name)
            lines[here] = key.start_mark.line + 1
            mistakes += _walk(child, here, lines)
    return mistakes


def _line(where: tuple[str | int, ...], lines: dict[tuple[str | int, ...], int]) -> int:
    # A field that is missing has no line of its own: that of what should hold it stands in.
    while where not in lines:
        where = where[:-1]
    return lines[where]


def _path(where: tuple[str | int, ...]) -> str:
    where = tuple(part for part in where if part != "[key]")  # pydantic's word for a key of a mapping
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in where).removeprefix(".")


def _message(problem: Any) -> str:
    if problem["type"] == "extra_forbidden":
        return _UNKNOWN
    if problem["type"] == "missing":
        return "the field is missing"
    return str(problem["msg"]).removeprefix("Value error, ")
