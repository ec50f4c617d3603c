"""The outbox: every notification is recorded before its first try, and what came of each try after it. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal

from alerts.notifications.notices import Notice
from alerts.notifications.schedule import is_last_try, next_try
from alerts.receivers.receiver import Attempt
from streams.records import Moment, Record
from streams.subscriptions import DeliveryOutcome

KEPT_DELIVERED = timedelta(days=2)
"""Long enough for any repeat of what led to it."""
KEPT_DEAD = timedelta(days=30)
MAX_REPLAYS = 20

State = Literal["waiting", "delivered", "dead"]


class Delivery(Record):
    """Be one notification in the outbox."""

    format: Literal[1] = 1
    notice: Notice
    state: State = "waiting"
    tries: int = 0
    """Recorded ones. A crash between a try and its record repeats the try under the same id and number."""
    due_at: Moment
    """Of the next try, while it waits."""
    ended_at: Moment | None = None
    status: int | None = None
    detail: str = ""
    revived: int = 0
    """How often somebody asked for it again; each begins a new schedule."""
    tries_before: int = 0
    """Tries of earlier schedules."""
    revived_at: Moment | None = None

    @property
    def attempt(self) -> int:
        """Return the number of the next try, counted over all schedules."""
        return self.tries + 1

    @property
    def prune_at(self) -> datetime | None:
        """Return when the record may be dropped; never while it waits."""
        if self.ended_at is None:
            return None
        return self.ended_at + (KEPT_DELIVERED if self.state == "delivered" else KEPT_DEAD)


def recorded(notice: Notice) -> Delivery:
    """Return the record of a notification that has not been tried."""
    return Delivery(notice=notice, due_at=notice.created_at)


def outcome_of(delivery: Delivery, attempt: Attempt, channel: str, at: datetime, took_s: float) -> DeliveryOutcome:
    """Return what is to be said of a try: it also says whether it was the last."""
    begun_at = delivery.revived_at or delivery.notice.created_at
    last = attempt.outcome == "failed" and is_last_try(delivery.attempt - delivery.tries_before, begun_at, at)
    return DeliveryOutcome(
        notification_id=delivery.notice.notification_id,
        subscription_id=delivery.notice.subscription_id,
        attempt=delivery.attempt,
        outcome=attempt.outcome,
        dead=last or attempt.outcome in ("refused", "gone"),
        channel=channel,
        status=attempt.status,
        detail=attempt.detail[:500],
        retry_after_s=attempt.retry_after_s,
        at=at,
        took_s=took_s,
        episode_ids=delivery.notice.episode_ids,
    )


def settled(delivery: Delivery, outcome: DeliveryOutcome) -> Delivery:
    """Take what came of a try; an outcome that was taken before changes nothing."""
    if outcome.attempt <= delivery.tries or delivery.state != "waiting":
        return delivery
    state: State = "delivered" if outcome.outcome == "delivered" else "dead" if outcome.dead else "waiting"
    due_at = delivery.due_at
    if state == "waiting":
        tries = outcome.attempt - delivery.tries_before
        due_at = next_try(delivery.notice.notification_id, tries, outcome.at, outcome.retry_after_s)
    return delivery.model_copy(
        update={
            "state": state,
            "tries": outcome.attempt,
            "due_at": due_at,
            "ended_at": None if state == "waiting" else outcome.at,
            "status": outcome.status,
            "detail": outcome.detail,
        }
    )


def revived(delivery: Delivery, at: datetime) -> Delivery:
    """Begin the schedule anew for a dead delivery, under the same id; anything else stays as it is."""
    if delivery.state != "dead" or delivery.revived >= MAX_REPLAYS:
        return delivery
    return delivery.model_copy(
        update={
            "state": "waiting",
            "due_at": at,
            "ended_at": None,
            "revived": delivery.revived + 1,
            "revived_at": at,
            "tries_before": delivery.tries,
        }
    )
