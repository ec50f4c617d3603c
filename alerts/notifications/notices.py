"""Notices: what one notification says, with an id that every retry and every replay finds again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal

from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent
from pydantic import Field

from streams.alerting import SEVERITIES, AlertTransition
from streams.clock import epoch_ms
from streams.identity import digest_of
from streams.records import EpisodeId, Moment, Record
from streams.subscriptions import NotificationId, Silence, SubscriptionId

NoticeKind = Literal["alert", "group", "digest", "held", "silence", "test"]
"""One step of an episode; several that waited together; a digest; what quiet hours or the rate limit held back; what a
silence withheld; a test."""

SHOWN = 10
"""Alerts that a notice holds in full; the others are counted, and the first of them named."""
NAMED = 20
MAX_PAYLOAD_BYTES = 20_000
"""Of the body of a webhook (Standard Webhooks 1.0.0)."""


class Notice(Record):
    """Be the content of one notification, fixed when it is recorded."""

    format: Literal[1] = 1
    notification_id: NotificationId
    subscription_id: SubscriptionId
    kind: NoticeKind
    created_at: Moment
    title: str = ""
    """Of the subscription when it was recorded."""
    labels: dict[str, str] = Field(default_factory=dict)
    """What the alerts of a group have in common."""
    alerts: tuple[AlertTransition, ...] = ()
    """The gravest first, at most ten."""
    names: tuple[str, ...] = ()
    """Of further alerts, at most twenty."""
    more: int = 0
    """How many alerts there are besides those in `alerts`."""
    silence: str = ""
    """The comment of the silence that ended."""
    withheld: int = 0
    """How many alerts the silence had withheld, those included that have ended since."""
    covers: tuple[str, ...] = ()
    """Ids of all transitions that this notice tells of: none of them is told again."""

    @property
    def episode_ids(self) -> tuple[EpisodeId, ...]:
        """Return the episodes that are shown in full."""
        return tuple(alert.episode_id for alert in self.alerts)


def notification_id(subscription_id: SubscriptionId, first: str) -> NotificationId:
    """Derive a notification's id from its subscription and the first thing that it tells of."""
    return NotificationId(digest_of("notification", subscription_id, first))


def silence_mark(silence: Silence) -> str:
    """Return what stands for the end of a silence where a transition's id would stand."""
    return f"silence:{silence.silence_id}:{epoch_ms(silence.ends_at)}"


def by_gravity(alerts: Sequence[AlertTransition]) -> list[AlertTransition]:
    """Return alerts with those that go on first, then by severity, the rarest first."""
    return sorted(
        alerts,
        key=lambda a: (a.kind == "resolved", -SEVERITIES.index(a.severity), -a.rarity_days, a.name, a.transition_id),
    )


def payload_of(notice: Notice, source: str, links: dict[str, str] | None = None) -> bytes:
    """Return a notice as a CloudEvent in one JSON object below 20 kB: evidence is cut first, then names, then alerts.

    Args:
        notice: what is told.
        source: names this service; with the id it names the event for ever.
        links: an address for each episode.
    """
    for sentences in (5, 3, 1, 0):
        body = _event(notice, source, links or {}, sentences, len(notice.names), len(notice.alerts))
        if len(body) < MAX_PAYLOAD_BYTES:
            return body
    named, shown = len(notice.names), len(notice.alerts)
    while len(body) >= MAX_PAYLOAD_BYTES and (named or shown):
        named, shown = (named - 1, shown) if named else (0, shown - 1)
        body = _event(notice, source, links or {}, 0, named, shown)
    return body


def _event(notice: Notice, source: str, links: dict[str, str], sentences: int, named: int, shown: int) -> bytes:
    alerts: list[dict[str, Any]] = []
    for alert in notice.alerts[:shown]:
        fields = alert.model_dump(mode="json")
        fields["evidence"] = fields["evidence"][:sentences]
        if alert.episode_id in links:
            fields["link"] = links[alert.episode_id]
        alerts.append(fields)
    data = notice.model_dump(mode="json", exclude={"alerts", "covers", "format"})
    data |= {"alerts": alerts, "names": notice.names[:named], "more": notice.more + len(notice.alerts) - shown}
    fewer = named < len(notice.names) or shown < len(notice.alerts)
    data["cut"] = fewer or any(len(a.evidence) > sentences for a in notice.alerts)
    event = CloudEvent(
        attributes={
            "id": notice.notification_id,
            "source": source,
            "type": f"tidewatch.notification.{notice.kind}.v1",
            "specversion": "1.0",
            "time": notice.created_at,
            "subject": notice.subscription_id,
            "datacontenttype": "application/json",
        },
        data=data,
    )
    return JSONFormat().write(event)


def trial_id(subscription_id: SubscriptionId, request_id: str) -> NotificationId:
    """Derive the id of the notification that a request for a test makes."""
    return notification_id(subscription_id, f"test:{request_id}")


def trial_notice(subscription_id: SubscriptionId, request_id: str, title: str, now: datetime) -> Notice:
    """Return a notice that tests a subscription, with an invented alert."""
    at = now
    alert = AlertTransition.model_validate(
        {
            "transition_id": digest_of("test", request_id),
            "episode_id": digest_of("test-episode", request_id),
            "series": "entity:test:harbourline",
            "entity_id": "test:harbourline",
            "name": "Harbourline Shipping (test)",
            "ticker": "HRBL",
            "kind": "opened",
            "revision": 0,
            "rule": "test",
            "severity": "low",
            "opened_at": at,
            "at": at,
            "received_at": at,
            "observed": 4,
            "expected": 0.3,
            "window_s": 21_600,
            "p_value": 0.0004,
            "rarity_days": 60,
            "stories": 4,
            "articles": 7,
            "evidence": [
                {
                    "article_id": "test",
                    "title": "A test of the subscription",
                    "sentence": "This is a test: Harbourline Shipping is invented, and nothing happened to it.",
                    "at": at,
                    "score": -0.9,
                }
            ],
            "model": "test",
            "detector": "test",
        }
    )
    return Notice(
        notification_id=trial_id(subscription_id, request_id),
        subscription_id=subscription_id,
        kind="test",
        created_at=now,
        title=title,
        alerts=(alert,),
    )
