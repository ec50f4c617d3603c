"""Release: what is due of a mailbox becomes notices, within quiet hours and the limit of an hour. Pure.

Releasing after a crash finds the same ids again: a batch whose notice is already in the outbox loses what that notice
covers, whatever came to the batch since.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from alerts.notifications.grouping import HELD, Batch, Content, notice_of
from alerts.notifications.mailbox import Covered, Mailbox, Told
from alerts.notifications.notices import Notice
from alerts.notifications.schedule import quiet_until
from streams.records import EpisodeId
from streams.subscriptions import Subscription

HOUR = timedelta(hours=1)


def release(
    mailbox: Mailbox, subscription: Subscription, now: datetime, *, content: Content, covered: Covered
) -> tuple[Mailbox, list[Notice]]:
    """Turn what is due into notices; quiet hours and the rate limit hold the rest back, to be told in one.

    Returns:
        The state after it, and the notices in their order, none of which is in the outbox already.
    """
    notices: list[Notice] = []
    due = sorted((b.due_at, key) for key, b in mailbox.batches.items() if b.due_at <= now)
    for _, key in due:
        batch = mailbox.untold(key, covered)
        batches = {other: waiting for other, waiting in mailbox.batches.items() if other != key}
        mailbox = mailbox.model_copy(update={"batches": batches})
        if batch.empty or mailbox.is_gone(subscription):
            continue
        sent = tuple(at for at in mailbox.sent_at if now - at < HOUR)
        free_at = sent[-subscription.max_per_hour] + HOUR if len(sent) >= subscription.max_per_hour else None
        until = quiet_until(subscription.quiet_hours, now) or free_at
        if until is not None:
            mailbox = _held(mailbox, key, batch, until)
            continue
        notices.append(notice_of(batch, subscription, content, now))
        episodes = _shown(mailbox.episodes, notices[-1], now)
        mailbox = mailbox.model_copy(update={"sent_at": (*sent, now), "episodes": episodes})
    return mailbox, notices


def _shown(episodes: dict[EpisodeId, Told], notice: Notice, now: datetime) -> dict[EpisodeId, Told]:
    """Note what a notice shows: after a crash that can be a later step than was taken, which then must not be told."""
    shown = dict(episodes)
    for alert in notice.alerts:
        known = shown.get(alert.episode_id)
        if known is not None and alert.revision > known.revision:
            ended_at = now if alert.kind == "resolved" else None
            shown[alert.episode_id] = Told(revision=alert.revision, told=True, ended_at=ended_at)
    return shown


def _held(mailbox: Mailbox, key: str, batch: Batch, until: datetime) -> Mailbox:
    if batch.kind == "silence":
        return mailbox.model_copy(
            update={"batches": mailbox.batches | {key: batch.model_copy(update={"due_at": until})}}
        )
    held = mailbox.batches.get(HELD) or Batch(kind="held", due_at=until)
    held = held.adding(batch.entries, batch.uncounted).model_copy(update={"due_at": max(held.due_at, until)})
    return mailbox.model_copy(update={"batches": mailbox.batches | {HELD: held}})
