"""Notices as messages: subject, text and HTML from built-in templates, or the text from a subscriber's own.

A subscriber's template is hostile. It may only show what it is given: a list of allowed constructs leaves no way to
call, to assign or to recurse, so that its work is bounded by its length and the notice's, and its output is cut off.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, TemplateError, nodes, select_autoescape
from jinja2.sandbox import ImmutableSandboxedEnvironment

from alerts.notices import Notice, payload_of
from alerts.receivers.receiver import Message

MAX_OUTPUT_CHARS = 20_000
MAX_RENDER_S = 0.25
MAX_LOOPS_DEEP = 2
MAX_LOOPED_CHARS = 64
"""Of a text that stands in the template itself and is looped over: two such loops do nothing else for long."""
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


@dataclass(frozen=True, slots=True)
class Rendered:
    """Be a message, and why the subscriber's own template did not make it."""

    message: Message
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Renderer:
    """Render notices for one service."""

    source: str
    """Names the service in events."""
    public_url: str = ""
    """Where the console is; without it there are no links to it."""
    clock_s: Callable[[], float] = time.monotonic

    def render(self, notice: Notice, template: str | None = None) -> Rendered:
        """Return the message of a notice; where the template fails, the built-in one, which says so."""
        links = {str(alert.episode_id): link for alert in notice.alerts if (link := self._link(alert.episode_id))}
        facts = facts_of(notice, links)
        text, fault = "", ""
        if template is not None:
            try:
                text = self._own(template, facts)
            except TemplateRefused as error:
                fault = str(error)
        builtin = facts | {"fault": fault, "own": text}
        message = Message(
            notification_id=notice.notification_id,
            subject=" ".join(_builtin("notice.subject").render(builtin).split())[:200],
            text=text or _builtin("notice.txt").render(builtin).strip() + "\n",
            html=_builtin("notice.html").render(builtin),
            payload=payload_of(notice, self.source, links),
        )
        return Rendered(message, fault)

    def _own(self, template: str, facts: dict[str, Any]) -> str:
        until_s = self.clock_s() + MAX_RENDER_S
        try:
            return "".join(self._bounded(compiled(template).generate(facts), until_s)).strip() + "\n"
        except TemplateRefused:
            raise
        except Exception as error:  # whatever a stranger's template runs into
            raise TemplateRefused(f"{type(error).__name__}: {error}"[:300]) from None

    def _bounded(self, parts: Iterator[str], until_s: float) -> Iterator[str]:
        length = 0
        for part in parts:
            length += len(part)
            if length > MAX_OUTPUT_CHARS:
                raise TemplateRefused(f"it wrote more than {MAX_OUTPUT_CHARS:,} characters")
            if self.clock_s() > until_s:
                raise TemplateRefused(f"it ran for more than {MAX_RENDER_S:g} s")
            yield part

    def _link(self, episode_id: str) -> str:
        return f"{self.public_url.rstrip('/')}/alerts/{episode_id}" if self.public_url else ""


def facts_of(notice: Notice, links: dict[str, str]) -> dict[str, Any]:
    """Return what templates can show: plain values, nothing that could be called to an effect."""
    fields = notice.model_dump(exclude={"alerts", "covers", "format"})
    alerts = []
    for alert in notice.alerts:
        shown = alert.model_dump()
        shown["link"] = links.get(alert.episode_id, "")
        shown["rarity"] = rarity_text(alert.rarity_days)
        shown["when"] = alert.at.strftime("%Y-%m-%d %H:%M UTC")
        shown["since"] = alert.opened_at.strftime("%Y-%m-%d %H:%M UTC")
        alerts.append(shown)
    return fields | {"alerts": alerts, "alert": alerts[0] if alerts else None, "total": len(alerts) + notice.more}


def rarity_text(days: float) -> str:
    """Say how rare something is as people do."""
    if days >= 730:
        return f"once in {days / 365.25:,.0f} years"
    if days >= 60:
        return f"once in {days / 30.44:.0f} months"
    return f"once in {days:.0f} days" if days >= 2 else "about once a day or more often"


@lru_cache(maxsize=1_024)
def compiled(template: str) -> Any:
    """Return a subscriber's template, checked.

    Raises:
        TemplateRefused: it is not valid, or uses what is not allowed.
    """
    environment = _sandbox()
    try:
        tree = environment.parse(template)
        _check(tree, 0)
        return environment.from_string(template)
    except TemplateError as error:
        line = getattr(error, "lineno", None)
        where = f"line {line}: " if line else ""
        raise TemplateRefused(f"{where}{error}"[:300]) from None
    except RecursionError:
        raise TemplateRefused("it is nested too deep") from None


def _check(node: nodes.Node, loops: int) -> None:
    if not isinstance(node, _ALLOWED):
        raise TemplateRefused(f"line {node.lineno}: {type(node).__name__.lower()} is not allowed in a template")
    if isinstance(node, nodes.For):
        loops += 1
        if loops > MAX_LOOPS_DEEP or node.recursive:
            raise TemplateRefused(f"line {node.lineno}: loops may lie {MAX_LOOPS_DEEP} deep and not recurse")
        _check_loop(node)
    if isinstance(node, nodes.Filter):
        _check_filter(node)
    if isinstance(node, nodes.Test) and node.name not in TESTS:
        raise TemplateRefused(f"line {node.lineno}: the test {node.name!r} is not one of {', '.join(TESTS)}")
    for child in node.iter_child_nodes():
        _check(child, loops)


def _check_loop(node: nodes.For) -> None:
    for const in [node.iter] if isinstance(node.iter, nodes.Const) else node.iter.find_all(nodes.Const):
        if isinstance(const.value, str) and len(const.value) > MAX_LOOPED_CHARS:
            raise TemplateRefused(f"line {node.lineno}: a loop goes over what an alert holds, not over a text")


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
def _sandbox() -> ImmutableSandboxedEnvironment:
    return ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=False, cache_size=0)


@lru_cache(maxsize=8)
def _builtin(name: str) -> Any:
    environment = Environment(
        loader=PackageLoader("alerts", "templates"),
        autoescape=select_autoescape(("html",)),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(name)
