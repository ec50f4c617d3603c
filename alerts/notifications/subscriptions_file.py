"""A file of subscriptions: YAML under `subscriptions:`, by their ids, and every mistake in it with its line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from alerts.located_yaml import LocatedYaml, Place, read_located
from alerts.notifications.drafts import Mistake

KEPT_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


@dataclass(slots=True)
class SubscriptionsFile:
    """Be what a file says: the fields of each subscription by its id, where everything stands, and what is wrong."""

    located: LocatedYaml
    subscriptions: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    mistakes: list[Mistake] = field(default_factory=list)

    def told(self, name: str, mistakes: Iterable[Mistake]) -> list[str]:
        """Return mistakes as lines that an editor can follow, the first of the file first."""
        line_of = self.located.line_of
        ordered = sorted(mistakes, key=lambda mistake: line_of(mistake.path))
        return [f"{name}:{line_of(m.path)}: {f'{m.where}: ' if m.path else ''}{m.message}" for m in ordered]


def read_subscriptions(text: str) -> SubscriptionsFile:
    """Read a file; the fields themselves are judged when drafts are made of them."""
    read = read_located(text)
    found = SubscriptionsFile(read)
    found.mistakes += [Mistake(path, "it is there twice") for path, _ in read.repeated]
    if read.fault:
        read.lines[()] = read.fault_line
        found.mistakes.append(Mistake((), f"not YAML: {read.fault[-1]}"))
        return found
    content = read.content
    listed = content.get("subscriptions") if isinstance(content, dict) else None
    if not isinstance(content, dict) or not isinstance(listed, dict):
        found.mistakes.append(Mistake((), "write `subscriptions:`, and below it each subscription under its id"))
        return found
    found.mistakes += [Mistake((str(name),), "there is no such field") for name in content if name != "subscriptions"]
    for name, fields in listed.items():
        path: Place = ("subscriptions", str(name))
        if not KEPT_ID.fullmatch(str(name)):
            found.mistakes.append(
                Mistake(path, "an id has letters, digits, dots, hyphens and underscores, at most 100")
            )
        elif not isinstance(fields, dict):
            found.mistakes.append(Mistake(path, "write the fields of the subscription below it"))
        else:
            found.subscriptions[str(name)] = fields
    return found
