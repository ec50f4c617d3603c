"""Trials of a subscriber's template: run on an invented notice of each kind before it is kept."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from jinja2 import nodes

from alerts.notifications.notices import NAMED, SHOWN, Notice, trial_notice
from alerts.notifications.own_templates import TemplateRefused, missing_in, own_text, parsed
from alerts.notifications.rendering import facts_of
from streams.alerting import SEVERITIES, AlertTransition
from streams.records import SeriesId
from streams.subscriptions import SubscriptionId

AT = datetime(2026, 3, 2, 14, 0, tzinfo=UTC)
_UNKNOWN = object()
"""In the place of a value whose fields cannot be told beforehand."""


def template_fault(template: str) -> str | None:
    """Say why a template cannot be used, and on which kind of notice, or None where it can."""
    try:
        samples = _samples()
        _check_names(parsed(template), samples[-1][1] | {"labels": _UNKNOWN})
        for told, facts in samples:
            try:
                own_text(template, facts)
            except TemplateRefused as error:
                raise TemplateRefused(f"{error} (tried on {told})") from None
    except TemplateRefused as error:
        return str(error)
    return None


@lru_cache(maxsize=1)
def _samples() -> tuple[tuple[str, dict[str, Any]], ...]:
    return tuple((told, facts_of(notice, {})) for told, notice in sample_notices().items())


def sample_notices() -> dict[str, Notice]:
    """Return an invented notice of each kind that a template can word, by what it tells."""
    test = trial_notice(SubscriptionId("trial"), "trial", "Trial", AT)
    opened = test.alerts[0]
    steps = {
        "the opening of an episode": opened,
        "an update": opened.model_copy(update={"kind": "updated", "revision": 1}),
        "an acknowledgement": opened.model_copy(update={"kind": "acknowledged", "acknowledged_by": "desk"}),
        "the end of an episode": opened.model_copy(update={"kind": "resolved", "revision": 2}),
        "a positive spike": opened.model_copy(update={"rule_kind": "positive-spike"}),
        "a turn of sentiment": opened.model_copy(update={"rule_kind": "turn", "observed": -0.4}),
        "a topic of a name": opened.model_copy(update={"topic": "earnings", "ticker": None}),
        "a silent feed": _silent_feed(opened),
        "an alert of the whole market": _of_market(opened),
    }
    notices = {told: test.model_copy(update={"kind": "alert", "alerts": (step,)}) for told, step in steps.items()}
    many = tuple(
        step.model_copy(update={"severity": SEVERITIES[n % 3]})
        for n, step in enumerate((list(steps.values()) * 2)[:SHOWN])
    )
    several = test.model_copy(
        update={"alerts": many, "names": tuple(f"Name {n}" for n in range(NAMED)), "more": NAMED + 1}
    )
    return notices | {
        "a test of the subscription": test,
        "a group": several.model_copy(update={"kind": "group"}),
        "a digest": several.model_copy(update={"kind": "digest"}),
        "what was held back": several.model_copy(update={"kind": "held"}),
        "the end of a silence": several.model_copy(update={"kind": "silence", "silence": "Known.", "withheld": 12}),
    }


def _silent_feed(alert: AlertTransition) -> AlertTransition:
    fields = {"series": SeriesId("source:trial"), "entity_id": None, "name": "Trial wire", "ticker": None}
    counts = {"rule_kind": "silence", "observed": 0, "stories": 0, "articles": 0, "evidence": ()}
    return alert.model_copy(update=fields | counts)


def _of_market(alert: AlertTransition) -> AlertTransition:
    fields = {"series": SeriesId("market"), "entity_id": None, "name": "The market", "ticker": None, "inhibited": 3}
    return alert.model_copy(update=fields)


def _check_names(node: nodes.Node, scope: dict[str, Any]) -> None:
    """Refuse a name that nothing has, also where no invented notice goes: behind an `if`, in `default`."""
    if isinstance(node, nodes.For):
        _check_names(node.iter, scope)
        inner = scope | {"loop": _UNKNOWN, getattr(node.target, "name", ""): _first(_value(node.iter, scope))}
        for part in (*node.body, *([node.test] if node.test else [])):
            _check_names(part, inner)
        for part in node.else_:
            _check_names(part, scope)
        return
    if isinstance(node, nodes.Name | nodes.Getattr | nodes.Getitem):
        _value(node, scope)
    for child in node.iter_child_nodes():
        _check_names(child, scope)


def _value(node: nodes.Node, scope: dict[str, Any]) -> Any:
    """Return an example of what an expression stands for, where its form alone says it."""
    if isinstance(node, nodes.Name):
        return scope[node.name] if node.name in scope else _refuse(node, None, node.name)
    if isinstance(node, nodes.Filter) and node.name in ("first", "last") and node.node is not None:
        return _first(_value(node.node, scope))
    if isinstance(node, nodes.Getattr):
        key: Any = node.attr
    elif isinstance(node, nodes.Getitem) and isinstance(node.arg, nodes.Const):
        key = node.arg.value
    else:
        return _UNKNOWN
    of = _value(node.node, scope)
    if isinstance(of, list | tuple):
        return _first(of) if isinstance(key, int) else _refuse(node, of, key)
    if not isinstance(of, dict) or key == "labels":  # what labels there are is the desk's own
        return _UNKNOWN
    return of[key] if key in of else _refuse(node, of, key)


def _first(values: Any) -> Any:
    return values[0] if isinstance(values, list | tuple) and values else _UNKNOWN


def _refuse(node: nodes.Node, of: Any, name: object) -> Any:
    raise TemplateRefused(f"line {node.lineno}: {missing_in(of, name)}")
