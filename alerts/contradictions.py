"""Where the parts of a rules file do not fit together.

Told of the fields as they are written, whatever else is wrong with them: one wrong field hides no other mistake.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Any

from alerts.located_yaml import Place

Fault = tuple[Place, str]
"""Where, and what is wrong there."""

BUDGETS = ("budget_per_1000_series_days", "budget_per_day")
DEFAULT_WINDOW_S, DEFAULT_MIN_STORIES = 6 * 3600.0, 2
"""What a rule has where nothing is written: no kind of rule refuses it."""


class Contradictions(ValueError):
    """Say where parts do not fit together."""

    def __init__(self, found: list[Fault]) -> None:
        super().__init__("; ".join(message for _, message in found))
        self.found = found


def of_rule(fields: Mapping[str, Any]) -> Iterator[Fault]:
    """Yield what does not fit within one rule, of all its fields, defaults included."""
    yield from _of_budgets(fields)
    kind, scope, weighting = (_text(fields.get(name)) for name in ("kind", "scope", "weighting"))
    if kind and scope and (kind == "silence") != (scope == "source"):
        yield (), "a silence has the scope source, and every other kind another scope"
    if scope and fields.get("watchlists") and not scope.startswith("entity"):
        yield ("watchlists",), f"the scope {scope} has no entity that could be on a watch-list"
    if scope and fields.get("topics") and not scope.endswith("topic"):
        yield ("topics",), f"the scope {scope} has no topic"
    if kind and weighting and weighting != "count" and not kind.endswith("spike"):
        yield ("weighting",), "only spikes are weighted"
    if kind == "silence":
        if isinstance(fields.get("window_s"), int | float) and fields["window_s"] != DEFAULT_WINDOW_S:
            yield ("window_s",), "a silence has no window: it is judged from the last article on"
        if isinstance(fields.get("min_stories"), int) and fields["min_stories"] != DEFAULT_MIN_STORIES:
            yield ("min_stories",), "a silence has no stories to count"
    severities = fields.get("severities")
    if isinstance(severities, Mapping):
        medium, high = severities.get("medium"), severities.get("high")
        if isinstance(medium, int | float) and isinstance(high, int | float) and high <= medium:
            yield ("severities",), "high has to be larger than medium"


def between_rules(rules: object, watchlists: object) -> Iterator[Fault]:
    """Yield what does not fit between rules, and between them and the watch-lists."""
    if not isinstance(rules, list | tuple):
        return
    if not rules:
        yield ("rules",), "there is no rule: write at least one"
    names: set[str] = set()
    for place, rule in enumerate(rules):
        if not isinstance(rule, Mapping):
            continue
        if name := _text(rule.get("name")):
            if name in names:
                yield ("rules", place, "name"), f"another rule has the name {name!r}: episodes would mix"
            names.add(name)
        listed = rule.get("watchlists")
        if isinstance(watchlists, Mapping) and isinstance(listed, list | tuple):
            for number, each in enumerate(listed):
                if isinstance(each, str) and each not in watchlists:
                    yield ("rules", place, "watchlists", number), f"there is no watch-list {each!r}"


def _of_budgets(fields: Mapping[str, Any]) -> Iterator[Fault]:
    given = sum(fields.get(budget) is not None for budget in BUDGETS)
    others = [str(name) for name in fields if name not in BUDGETS]
    # A field that is all but a budget is told as unknown: a missing budget would be the same mistake again.
    misspelt = any(get_close_matches(budget, others) for budget in BUDGETS)
    if given == len(BUDGETS) or (not given and not misspelt):
        yield (), f"give one budget: {BUDGETS[0]} or {BUDGETS[1]}"


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
