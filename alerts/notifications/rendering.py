"""Notices as messages: subject, text and HTML from built-in templates, or the text from a subscriber's own."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from alerts.amounts import amount, score_text
from alerts.notifications.notices import Notice, payload_of
from alerts.notifications.own_templates import TemplateRefused, own_text
from alerts.receivers.receiver import Message

STEPS = {"opened": "New", "updated": "Worse", "acknowledged": "Acknowledged", "resolved": "Over"}
MEASURES = {
    "negative-spike": "negative stories",
    "positive-spike": "positive stories",
    "turn": "mean sentiment",
    "silence": "articles",
}
"""What each kind of rule sees more or less of than was to be expected."""


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
        # A template words alerts: where there are none (a silence ended with all of its own), there is nothing to word.
        if template is not None and notice.alerts:
            try:
                text = own_text(template, facts, self.clock_s)
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


def _step(alert: Mapping[str, Any]) -> str:
    """Say what has become of an episode; good news that grows is not worse."""
    if alert["kind"] == "updated" and alert["rule_kind"] == "positive-spike":
        return "Stronger"
    return STEPS[alert["kind"]]


def _measure(alert: Mapping[str, Any]) -> str:
    """Say what was measured, and over which time."""
    return f"{MEASURES[alert['rule_kind']]} in {round(alert['window_s'] / 3600, 1):g} h"


def _figure(value: float, alert: Mapping[str, Any]) -> str:
    """Write a figure of an alert: a mean with its sign, anything else as a count."""
    return score_text(value) if alert["rule_kind"] == "turn" else amount(value)


@lru_cache(maxsize=8)
def _builtin(name: str) -> Any:
    environment = Environment(
        loader=PackageLoader("alerts", "templates"),
        autoescape=select_autoescape(("html",)),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"step": _step, "measure": _measure, "figure": _figure}
    return environment.get_template(name)
