"""How the console words times, scores and addresses; pure."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlsplit

from alerts.amounts import amount, score_text
from streams.alerting import AlertTransition
from streams.enrichment import Label
from streams.subscriptions import DeliveryOutcome, Matchers, Response, Silence, Subscription

SIGNS: dict[Label, str] = {"negative": "▼", "neutral": "●", "positive": "▲"}
"""A sign beside each colour: nobody has to tell red from green."""


def safe_link(url: str | None) -> str | None:
    """Return an address that may be linked to: http and https only, so that no script hides in it."""
    if url is None:
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return url if parts.scheme in ("http", "https") and parts.hostname else None


def clock_time(moment: datetime) -> str:
    """Return a time as the console shows it, in UTC."""
    return f"{moment.day} {moment:%b %H:%M}"


def full_time(moment: datetime) -> str:
    """Return a time with its year and zone, for where either may be in doubt."""
    return f"{moment.day} {moment:%b %Y %H:%M} UTC"


def age(seconds: float) -> str:
    """Return how long ago something was, in the largest unit that fits."""
    for unit_s, unit in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= unit_s:
            return f"{seconds / unit_s:.0f} {unit} ago"
    return "just now"


def counted(value: float, one: str, many: str) -> str:
    """Return an amount with its noun, of which there are one or many."""
    words = amount(value)
    return f"{words} {one if words == '1' else many}"


def bar_lengths(alert: AlertTransition) -> tuple[tuple[str, float], ...]:
    """Return how long the bars of observed and expected are, in per cent of the longer; means have no bars."""
    if alert.rule_kind == "turn":
        return ()
    scale = max(alert.observed, alert.expected) or 1.0
    return tuple(
        (name, 100 * value / scale) for name, value in (("observed", alert.observed), ("expected", alert.expected))
    )


def surprise(alert: AlertTransition) -> str:
    """Say what was seen against what was expected, in the terms of the kind of rule."""
    hours = f"{round(alert.window_s / 3600, 1):g} h"
    if alert.rule_kind == "silence":
        return f"no article in {hours}, {amount(alert.expected)} expected"
    if alert.rule_kind == "turn":
        return f"mean sentiment {score_text(alert.observed)} in {hours}, {score_text(alert.expected)} expected"
    tone = "positive" if alert.rule_kind == "positive-spike" else "negative"
    seen = counted(alert.observed, f"{tone} story", f"{tone} stories")
    return f"{seen} in {hours}, {amount(alert.expected)} expected"


def rarity(days: float) -> str:
    """Say how often so many stories come together for one name."""
    if days >= 365:
        return "less than once a year for this name"
    return f"about once in {days:.0f} days for this name" if days >= 2 else "not rare for this name"


def topic_text(topic: str) -> str:
    """Return a topic as people read it."""
    return topic.replace("_", " ")


def answer_text(response: Response) -> str:
    """Say who answered what."""
    said = {"acknowledged": "Acknowledged by", "useful": "Called useful by", "false": "Called a false alarm by"}
    return f"{said[response.kind]} {response.author}, {clock_time(response.at)}"


def matchers_text(matchers: Matchers) -> str:
    """Say what is matched: each field that is set, with its values."""
    fields = matchers.model_dump(exclude={"labels", "format"})
    parts = [f"{name} {', '.join(values)}" for name, values in fields.items() if values]
    parts += [f"{name} = {value}" for name, value in matchers.labels.items()]
    return "; ".join(parts) or "every alert"


def asked_text(subscription: Subscription) -> str:
    """Say which alerts a subscription asks for."""
    if subscription.reader_id is None:
        return matchers_text(subscription.matchers)
    reads = f"what {subscription.reader_id} reads"
    return reads if subscription.matchers == Matchers() else f"{reads}; {matchers_text(subscription.matchers)}"


def silence_time(silence: Silence, now: datetime) -> str:
    """Say how long a silence holds, and from when where it does not yet."""
    begins = f"from {full_time(silence.starts_at)} " if silence.starts_at > now else ""
    return f"{begins}until {full_time(silence.ends_at)}"


def outcome_text(outcome: DeliveryOutcome) -> str:
    """Say how the last try of a notification went."""
    tried = f"{outcome.outcome} at try {outcome.attempt}"
    given_up = ", given up" if outcome.dead else ""
    return f"{tried}{given_up}{f': {outcome.detail}' if outcome.detail else ''}"
