"""A subscriber's own template: what it may name and do, and what it makes of the facts of a notice.

It is hostile. It may only show what it is given: a list of allowed constructs leaves no way to call, to assign or to
recurse, so that its work is bounded by its length and the notice's, and its output is cut off.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from traceback import walk_tb
from typing import Any

from jinja2 import StrictUndefined, TemplateError, Undefined, UndefinedError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.utils import missing

MAX_OUTPUT_CHARS = 20_000
MAX_RENDER_S = 0.25
MAX_FAULT_CHARS = 600
MAX_LOOPS_DEEP = 2
MAX_DIGITS = 10
"""That `round` may be asked for: it raises 10 to their power."""
FILTERS = (
    "capitalize",
    "default",
    "e",
    "escape",
    "first",
    "last",
    "length",
    "lower",
    "round",
    "title",
    "trim",
    "upper",
)
TESTS = ("defined", "none", "undefined", "even", "odd", "divisibleby")
FACTS = (
    "alert",
    "alerts",
    "kind",
    "total",
    "more",
    "names",
    "title",
    "labels",
    "silence",
    "withheld",
    "created_at",
    "notification_id",
    "subscription_id",
)
"""What a template can name. An alert has the fields of `AlertTransition`, and `link`, `rarity`, `when` and `since`."""
_ALLOWED = (
    nodes.Template,
    nodes.Output,
    nodes.TemplateData,
    nodes.Name,
    nodes.Const,
    nodes.Getattr,
    nodes.Getitem,
    nodes.For,
    nodes.If,
    nodes.CondExpr,
    nodes.Compare,
    nodes.Operand,
    nodes.And,
    nodes.Or,
    nodes.Not,
    nodes.Filter,
    nodes.Test,
    nodes.Keyword,
)


class TemplateRefused(ValueError):
    """Say why a subscriber's template cannot be used: a message for the subscriber."""


def own_text(template: str, facts: dict[str, Any], clock_s: Callable[[], float] = time.monotonic) -> str:
    """Return what a subscriber's template makes of the facts of a notice.

    Raises:
        TemplateRefused: it is not valid, uses what is not allowed or not there, or does too much.
    """
    until_s = clock_s() + MAX_RENDER_S
    try:
        text = "".join(_bounded(compiled(template).generate(facts), until_s, clock_s)).strip() + "\n"
        text.encode()
    except TemplateRefused:
        raise
    except UnicodeEncodeError as error:
        half = f"it writes {error.object[error.start]!a}, which is half of a character: write the character itself"
        raise TemplateRefused(half) from None
    except Exception as error:  # whatever a stranger's template runs into
        # jinja2 puts the lines of the template into the traceback.
        lines = [number for frame, number in walk_tb(error.__traceback__) if frame.f_code.co_filename == "<template>"]
        where = f"line {lines[-1]}: " if lines else ""
        what = str(error) if isinstance(error, UndefinedError) else f"{type(error).__name__}: {error}"
        raise TemplateRefused(f"{where}{what}"[:MAX_FAULT_CHARS]) from None
    return text


def _bounded(parts: Iterator[str], until_s: float, clock_s: Callable[[], float]) -> Iterator[str]:
    length = 0
    for part in parts:
        length += len(part)
        if length > MAX_OUTPUT_CHARS:
            raise TemplateRefused(f"it wrote more than {MAX_OUTPUT_CHARS:,} characters")
        if clock_s() > until_s:
            raise TemplateRefused(f"it ran for more than {MAX_RENDER_S:g} s")
        yield part


def missing_in(of: object, name: object) -> str:
    """Say that something has no such name, and which it has; None is the notice itself."""
    if of is None:
        return f"there is no {name!r}; there are {', '.join(FACTS)}"
    if isinstance(of, dict):
        there = f"; there are {', '.join(sorted(of))}" if of else "; what may be absent is written with |default('-')"
        return f"there is no {name!r} here{there}"
    if isinstance(of, list | tuple):
        return f"there is no {name!r} in a list of {len(of)}: loop over it with {{% for %}}"
    return f"there is no {name!r} in a single value; a filter is written with |"


class _NotThere(StrictUndefined):
    """Say what is not there, and what is."""

    @property
    def _undefined_message(self) -> str:
        if self._undefined_hint:
            return self._undefined_hint
        if self._undefined_obj is None:
            return f"there is no {self._undefined_name!r} in what is none: ask for it with {{% if %}} first"
        return missing_in(None if self._undefined_obj is missing else self._undefined_obj, self._undefined_name)


class _Sandbox(ImmutableSandboxedEnvironment):
    """Show values: `alert.name.title`, meant as a filter, would otherwise be the address of a method."""

    def getattr(self, obj: Any, attribute: str) -> Any:
        """Return a key of a mapping, or an attribute of anything else."""
        found = super().getitem(obj, attribute) if isinstance(obj, dict) else super().getattr(obj, attribute)
        return self._value(found, obj, attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        """Return an item."""
        return self._value(super().getitem(obj, argument), obj, argument)

    def _value(self, found: Any, obj: Any, name: Any) -> Any:
        return self.undefined(obj=obj, name=name) if callable(found) and not isinstance(found, Undefined) else found


@lru_cache(maxsize=1_024)
def compiled(template: str) -> Any:
    """Return a subscriber's template, checked.

    Raises:
        TemplateRefused: it is not valid, or uses what is not allowed.
    """
    tree = parsed(template)
    with _refusing():
        for loop in tree.find_all(nodes.For):
            # The time is looked at where something is written: in a round that writes nothing, too.
            loop.body.insert(0, nodes.Output([nodes.TemplateData("")]))
        return _sandbox().from_string(tree)


def parsed(template: str) -> nodes.Template:
    """Return a subscriber's template as a tree, checked; raises as `compiled`."""
    with _refusing():
        tree = _sandbox().parse(template)
        _check(tree, 0)
        return tree


@contextmanager
def _refusing() -> Iterator[None]:
    try:
        yield
    except TemplateError as error:
        line = getattr(error, "lineno", None)
        where = f"line {line}: " if line else ""
        raise TemplateRefused(f"{where}{error}"[:MAX_FAULT_CHARS]) from None
    except RecursionError:
        raise TemplateRefused("it is nested too deep") from None


def _check(node: nodes.Node, loops: int) -> None:
    if not isinstance(node, _ALLOWED):
        raise TemplateRefused(f"line {node.lineno}: {type(node).__name__.lower()} is not allowed in a template")
    if isinstance(node, nodes.For):
        loops += 1
        if loops > MAX_LOOPS_DEEP or node.recursive:
            raise TemplateRefused(f"line {node.lineno}: loops may lie {MAX_LOOPS_DEEP} deep and not recurse")
    if isinstance(node, nodes.Filter):
        _check_filter(node)
    if isinstance(node, nodes.Test) and node.name not in TESTS:
        raise TemplateRefused(f"line {node.lineno}: the test {node.name!r} is not one of {', '.join(TESTS)}")
    for child in node.iter_child_nodes():
        _check(child, loops)


def _check_filter(node: nodes.Filter) -> None:
    if node.name not in FILTERS:
        raise TemplateRefused(f"line {node.lineno}: the filter {node.name!r} is not one of {', '.join(FILTERS)}")
    if node.dyn_args is not None or node.dyn_kwargs is not None:
        raise TemplateRefused(f"line {node.lineno}: name what the filter {node.name!r} is given")
    if node.name != "round":
        return
    for given in [*node.args, *(keyword.value for keyword in node.kwargs)]:
        value = given.value if isinstance(given, nodes.Const) else None
        if not isinstance(value, str) and not (isinstance(value, int) and 0 <= value <= MAX_DIGITS):
            raise TemplateRefused(f"line {node.lineno}: round to 0 to {MAX_DIGITS} digits, written as a number")


@lru_cache(maxsize=1)
def _sandbox() -> _Sandbox:
    return _Sandbox(undefined=_NotThere, autoescape=False, cache_size=0)
