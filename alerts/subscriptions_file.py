"""A file of subscriptions: YAML under `subscriptions:`, by their ids, and every mistake in it with its line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

from alerts.drafts import Mistake

KEPT_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
MAX_DEPTH = 20
Path = tuple[str | int, ...]


@dataclass(slots=True)
class SubscriptionsFile:
    """Be what a file says: the fields of each subscription by its id, the line of everything, and what is wrong."""

    subscriptions: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    mistakes: list[Mistake] = field(default_factory=list)
    lines: dict[Path, int] = field(default_factory=dict)

    def line_of(self, path: Path) -> int:
        """Return the line of a place; that of what should hold it, where it is missing."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)

    def told(self, name: str, mistakes: Iterable[Mistake]) -> list[str]:
        """Return mistakes as lines that an editor can follow, the first of the file first."""
        ordered = sorted(mistakes, key=lambda mistake: self.line_of(mistake.path))
        return [f"{name}:{self.line_of(m.path)}: {f'{m.where}: ' if m.path else ''}{m.message}" for m in ordered]


def read_subscriptions(text: str) -> SubscriptionsFile:
    """Read a file; the fields themselves are judged when drafts are made of them."""
    found = SubscriptionsFile()
    loader = yaml.SafeLoader(text)
    try:
        root = loader.get_single_node()
        if root is not None:
            _note(root, (), found)
        content = loader.construct_document(root) if root is not None else None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        found.lines[()] = mark.line + 1 if mark else 1
        found.mistakes.append(Mistake((), f"not YAML: {error.problem or error.context}"))
        return found
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        found.mistakes.append(Mistake((), f"not YAML: {error}"))
        return found
    finally:
        loader.dispose()
    listed = content.get("subscriptions") if isinstance(content, dict) else None
    if not isinstance(content, dict) or not isinstance(listed, dict):
        found.mistakes.append(Mistake((), "write `subscriptions:`, and below it each subscription under its id"))
        return found
    found.mistakes += [Mistake((str(name),), "there is no such field") for name in content if name != "subscriptions"]
    for name, fields in listed.items():
        path: Path = ("subscriptions", str(name))
        if not KEPT_ID.fullmatch(str(name)):
            found.mistakes.append(
                Mistake(path, "an id has letters, digits, dots, hyphens and underscores, at most 100")
            )
        elif not isinstance(fields, dict):
            found.mistakes.append(Mistake(path, "write the fields of the subscription below it"))
        else:
            found.subscriptions[str(name)] = fields
    return found


def _note(node: yaml.Node, path: Path, found: SubscriptionsFile) -> None:
    """Note the line of every field and element, and what is there twice."""
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
            if name in seen:
                found.mistakes.append(Mistake((*path, name), "it is there twice"))
            seen.add(name)
            found.lines[(*path, name)] = key.start_mark.line + 1
            _note(child, (*path, name), found)
