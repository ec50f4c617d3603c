"""Batches: alerts of one subscription that wait to be told together."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Literal

from pydantic import Field

from alerts.notifications.notices import NAMED, SHOWN, Notice, by_gravity, notification_id
from alerts.notifications.schedule import next_digest
from streams.alerting import AlertTransition
from streams.records import EpisodeId, Moment, Record
from streams.subscriptions import Subscription

BatchKind = Literal["alert", "group", "digest", "held", "silence"]
HELD = "held"
"""Key of the batch of what quiet hours and the rate limit hold back."""
MAX_ENTRIES = 500
"""A batch with more counts the others without naming them."""

Content = Callable[[EpisodeId], AlertTransition | None]
"""Gives the latest transition of an episode."""


class Entry(Record):
    """Be one transition that waits."""

    transition_id: str
    episode_id: EpisodeId
    opening: bool
    """Whether the episode's opening waits here: if it ends before, there is nothing to tell."""


class Batch(Record):
    """Be what waits together; its first entry names the notification that will tell of it."""

    kind: BatchKind
    due_at: Moment
    entries: tuple[Entry, ...] = ()
    uncounted: int = 0
    """Entries past the bound."""
    labels: dict[str, str] = Field(default_factory=dict)
    mark: str = ""
    """Names the notification where that is not for the first entry to do."""
    silence: str = ""
    withheld: int = 0

    @property
    def first(self) -> str:
        """Return what the notification's id is derived from."""
        return self.mark or self.entries[0].transition_id

    @property
    def empty(self) -> bool:
        """Say whether there is nothing to tell."""
        return not self.entries and not self.mark

    def names(self, episode_id: EpisodeId) -> bool:
        """Say whether an episode waits here."""
        return any(entry.episode_id == episode_id for entry in self.entries)

    def adding(self, entries: Iterable[Entry], uncounted: int = 0) -> Batch:
        """Take entries; a later step of an episode takes the place of an earlier one."""
        merged = {entry.episode_id: entry for entry in self.entries}
        over = self.uncounted + uncounted
        for entry in entries:
            known = merged.get(entry.episode_id)
            if known is not None:
                # The place of the first stays, and with it the id that the batch has.
                merged[entry.episode_id] = entry.model_copy(update={"opening": known.opening or entry.opening})
            elif len(merged) < MAX_ENTRIES:
                merged[entry.episode_id] = entry
            else:
                over += 1
        mark = self.mark or (self.entries[0].transition_id if self.entries else "")
        return self.model_copy(update={"entries": tuple(merged.values()), "uncounted": over, "mark": mark})

    def without(self, told: frozenset[str]) -> Batch:
        """Return what is left when some transitions have been told already: it will have another id."""
        left = tuple(entry for entry in self.entries if entry.transition_id not in told)
        return self.model_copy(update={"entries": left, "mark": "", "uncounted": 0})

    def without_episode(self, episode_id: EpisodeId) -> Batch:
        """Return the batch without an episode; it keeps its id."""
        left = tuple(entry for entry in self.entries if entry.episode_id != episode_id)
        return self.model_copy(update={"entries": left, "mark": self.first if left else ""})


def group_labels(subscription: Subscription, transition: AlertTransition) -> dict[str, str]:
    """Return what an alert shares with the others of its group."""
    values = {
        "entity": transition.entity_id or str(transition.series),
        "topic": transition.topic or "",
        "rule": transition.rule,
        "severity": transition.severity,
    }
    return {name: values[name] for name in subscription.group_by}


def new_batch(subscription: Subscription, transition: AlertTransition, now: datetime) -> tuple[str, Batch]:
    """Return the key and the empty batch that an alert would go to if none waits under that key."""
    labels = group_labels(subscription, transition)
    group = "&".join(f"{name}={value}" for name, value in sorted(labels.items()))
    if subscription.digest != "none":
        due = next_digest(subscription.digest, subscription.digest_at, subscription.time_zone, now)
        return f"digest&{group}", Batch(kind="digest", due_at=due, labels=labels)
    if subscription.group_wait_s > 0:
        due = now + timedelta(seconds=subscription.group_wait_s)
        return f"group&{group}", Batch(kind="group", due_at=due, labels=labels)
    return f"alert&{transition.transition_id}", Batch(kind="alert", due_at=now)


def notice_of(batch: Batch, subscription: Subscription, content: Content, now: datetime) -> Notice:
    """Turn a batch into the notice that tells of it: the gravest alerts in full, the others named and counted."""
    found = [alert for entry in batch.entries if (alert := content(entry.episode_id)) is not None]
    ordered = by_gravity(found)
    return Notice(
        notification_id=notification_id(subscription.subscription_id, batch.first),
        subscription_id=subscription.subscription_id,
        kind=batch.kind,
        created_at=now,
        title=subscription.name,
        labels=batch.labels,
        alerts=tuple(ordered[:SHOWN]),
        names=tuple(dict.fromkeys(alert.name for alert in ordered[SHOWN:]))[:NAMED],
        more=max(0, len(batch.entries) + batch.uncounted - len(ordered[:SHOWN])),
        silence=batch.silence,
        withheld=batch.withheld,
        covers=tuple(entry.transition_id for entry in batch.entries),
    )
