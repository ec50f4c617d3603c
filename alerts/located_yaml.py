"""YAML with the line of everything in it: what a file's mistakes are told by."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import yaml

Place = tuple[str | int, ...]
MAX_DEPTH = 20


@dataclass(slots=True)
class LocatedYaml:
    """Be the content of a text, the line of each field and element from 1, and the fields that are there twice.

    Where the text is no YAML, `fault` says why, in one part or two, and `fault_line` where.
    """

    content: Any = None
    lines: dict[Place, int] = field(default_factory=dict)
    repeated: list[tuple[Place, int]] = field(default_factory=list)
    """Each with the line of its later place."""
    fault: tuple[str, ...] = ()
    fault_line: int = 1

    def line_of(self, path: Place) -> int:
        """Return the line of a place; that of what should hold it, where it is missing."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


def read_located(text: str) -> LocatedYaml:
    """Read a text; never raises."""
    found = LocatedYaml()
    try:
        loader = yaml.SafeLoader(text)
        try:
            root = loader.get_single_node()
            if root is not None:
                _note(root, (), found)
                found.content = loader.construct_document(root)
        finally:
            loader.dispose()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        found.fault = tuple(part for part in (error.context, error.problem) if part) or (str(error),)
        found.fault_line = mark.line + 1 if mark else 1
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        found.fault = (str(error),)
    return found


def _note(node: yaml.Node, path: Place, found: LocatedYaml) -> None:
    found.lines.setdefault(path, node.start_mark.line + 1)
    if len(path) > MAX_DEPTH:
        raise yaml.YAMLError("it is nested too deep")
    if isinstance(node, yaml.SequenceNode):
        for place, child in enumerate(node.value):
            _note(child, (*path, place), found)
    elif isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, child in node.value:
            name = str(key.value)
            here = (*path, name)
            line = key.start_mark.line + 1
            if name in seen:
                found.repeated.append((here, line))
            seen.add(name)
            found.lines[here] = line
            _note(child, here, found)
