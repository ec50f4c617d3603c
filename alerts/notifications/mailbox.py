"""A mailbox: what one subscription has been told, and what waits to be told. Pure; the wall clock is an argument.

Taking a transition twice changes nothing. An episode waits in one place at a time, and is told in its last state.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Literal

from pydantic import Field

from alerts.notifications.grouping import Batch, BatchKind, Content, Entry, new_batch
from alerts.notifications.notices import notification_id, silence_mark
from alerts.notifications.schedule import next_digest
from streams.alerting import AlertTransition
from streams.records import EpisodeId, Moment, Record
from streams.subscriptions import NotificationId, Silence, SilenceId, Subscription, SubscriptionId

KEPT_AFTER_END = timedelta(hours=48)
"""How long an ended episode is remembered: a repeat comes within minutes, a takeover says endings of a day again.

The end that a silence withholds is remembered until it is over.
"""
MAX_EPISODES = 1_000

Covered = Callable[[NotificationId], frozenset[str] | None]
"""Gives the transitions that a recorded notice covers, or nothing where no notice has the id."""
Reason = Literal["silenced", "acknowledged", "late", "not_asked", "gone"]
"""Why an alert that a subscription matches is not told."""


class Told(Record):
    """Be what a subscription knows of an episode."""

    revision: int
    """The latest that was taken."""
    told: bool
    """Whether it was told, or waits to be: only then is an end worth a notice."""
    ended_at: Moment | None = None


class Mailbox(Record):
    """Be the state of one subscription."""

    format: Literal[1] = 1
    subscription_id: SubscriptionId
    episodes: dict[EpisodeId, Told] = Field(default_factory=dict)
    batches: dict[str, Batch] = Field(default_factory=dict)
    silenced: dict[SilenceId, tuple[EpisodeId, ...]] = Field(default_factory=dict)
    """What each silence withholds."""
    sent_at: tuple[Moment, ...] = ()
    """Of the notifications of the last hour: at most the subscription's limit."""
    gone_at: Moment | None = None
    """The beginning of the try in which the endpoint said that it is gone."""

    @property
    def withheld(self) -> frozenset[EpisodeId]:
        """Return the episodes that the end of a silence is to tell of."""
        return frozenset(episode for withheld in self.silenced.values() for episode in withheld)

    def next_due(self) -> datetime | None:
        """Return when something has to be released."""
        return min((batch.due_at for batch in self.batches.values()), default=None)

    def is_gone(self, subscription: Subscription) -> bool:
        """Say whether the endpoint is gone and the subscription has not been set anew since."""
        return self.gone_at is not None and subscription.updated_at <= self.gone_at

    def untold(self, key: str, covered: Covered) -> Batch:
        """Return a batch without what a recorded notice tells of: a crash came before the mailbox was written."""
        batch = self.batches[key]
        recorded = covered(notification_id(self.subscription_id, batch.first))
        return batch if recorded is None else batch.without(recorded)


def take(
    mailbox: Mailbox,
    subscription: Subscription,
    transition: AlertTransition,
    now: datetime,
    *,
    silence: Silence | None,
    late: bool,
    covered: Covered,
) -> tuple[Mailbox, Reason | None]:
    """Take one step of an episode that the subscription matches: put it where it waits, or note why it is not told.

    Args:
        mailbox: the state before.
        subscription: whose mailbox it is.
        transition: what happened.
        now: the wall clock.
        silence: withholds the alert now.
        late: whether the step is too old to be sent.
        covered: looks into the outbox.

    Returns:
        The state after it, equal to `mailbox` for a repeat, and the reason where the step is not told.
    """
    episode = transition.episode_id
    known = mailbox.episodes.get(episode)
    if known is not None and transition.revision <= known.revision:
        return mailbox, None
    mailbox = _reconciled(mailbox, covered)
    told = known is not None and known.told
    ended = transition.kind == "resolved"
    if ended:
        # An opening for which nobody else has company to wait for needs no end.
        mailbox, told = _taken_back(mailbox, episode, told, kind="group")
    if covered(notification_id(subscription.subscription_id, transition.transition_id)) is not None:
        return _noted(mailbox, transition, True, now), None  # recorded before a crash; its mailbox was not
    reason = _reason(subscription, transition, told, gone=mailbox.is_gone(subscription), late=late)
    if reason is None and silence is not None:
        reason = "silenced"
        # What waits would show the step that is withheld: the silence's notice tells all of it.
        waited = told
        mailbox, told = _taken_back(mailbox, episode, told)
        if waited or not ended:
            silenced = _withholding(mailbox.silenced, silence.silence_id, episode)
            mailbox = mailbox.model_copy(update={"silenced": silenced})
    if reason is not None:
        return _noted(mailbox, transition, told, now), reason
    mailbox = mailbox.model_copy(update={"silenced": _without(mailbox.silenced, episode)})
    if any(batch.kind in ("held", "silence") and batch.names(episode) for batch in mailbox.batches.values()):
        # What is held back is told in its last state, which this is, before what a digest or a group would tell.
        return _noted(mailbox, transition, True, now), None
    key, empty = new_batch(subscription, transition, now)
    own = mailbox.batches.get(key, empty)
    # In another group, as it is graver now, it would be told twice in the same state.
    mailbox, told = _taken_back(mailbox.model_copy(update={"batches": _others(mailbox.batches, key)}), episode, told)
    entry = Entry(transition_id=transition.transition_id, episode_id=episode, opening=not told)
    batches = mailbox.batches | {key: own.adding((entry,))}
    return _noted(mailbox.model_copy(update={"batches": batches}), transition, True, now), None


def silence_ended(
    mailbox: Mailbox,
    subscription: Subscription,
    silence: Silence,
    now: datetime,
    *,
    content: Content,
    covering: Callable[[AlertTransition], Silence | None],
) -> Mailbox:
    """Plan the notice that a silence is over, to a subscriber whom it kept something from.

    What is still open is told there, and the end of what was told before; what another silence still withholds passes
    on to that one.
    """
    withheld = mailbox.silenced.get(silence.silence_id, ())
    silenced = {key: value for key, value in mailbox.silenced.items() if key != silence.silence_id}
    entries: list[Entry] = []
    ended = 0
    episodes = dict(mailbox.episodes)
    for episode in withheld:
        alert, known = content(episode), episodes.get(episode)
        over = alert is not None and alert.kind == "resolved"
        if alert is None or (over and not (subscription.resolved and known is not None and known.told)):
            ended += 1
            continue
        if alert.acknowledged_by is not None and not over:
            continue
        other = covering(alert)
        if other is not None:
            silenced = _withholding(silenced, other.silence_id, episode)
            continue
        told = known is not None and known.told
        entries.append(Entry(transition_id=alert.transition_id, episode_id=episode, opening=not told))
        if known is not None and not over:  # of more than a mailbox remembers, the oldest are forgotten
            episodes[episode] = Told(revision=max(alert.revision, known.revision), told=True)
    mailbox = mailbox.model_copy(update={"silenced": silenced, "episodes": episodes})
    if (not entries and not ended) or mailbox.is_gone(subscription):
        return mailbox
    batch = Batch(
        kind="silence",
        due_at=now,
        mark=silence_mark(silence),
        silence=silence.comment or silence.silence_id,
        withheld=len(entries) + ended,
    ).adding(entries)
    return mailbox.model_copy(update={"batches": mailbox.batches | {batch.mark: batch}})


def rescheduled(mailbox: Mailbox, subscription: Subscription, now: datetime) -> Mailbox:
    """Let what waits be due by the settings that the subscription has now; what they hold back is held again."""

    def due(batch: Batch) -> datetime:
        if batch.due_at > now and batch.kind == "digest" and subscription.digest != "none":
            return next_digest(subscription.digest, subscription.digest_at, subscription.time_zone, now)
        return min(batch.due_at, now + timedelta(seconds=subscription.group_wait_s if batch.kind == "group" else 0))

    batches = {key: batch.model_copy(update={"due_at": due(batch)}) for key, batch in mailbox.batches.items()}
    return mailbox.model_copy(update={"batches": batches})


def _withholding(
    silenced: dict[SilenceId, tuple[EpisodeId, ...]], silence_id: SilenceId, episode: EpisodeId
) -> dict[SilenceId, tuple[EpisodeId, ...]]:
    if episode in silenced.get(silence_id, ()):
        return silenced
    # One silence tells of it, the one that holds it back now: two may end at the same moment.
    silenced = _without(silenced, episode)
    return silenced | {silence_id: (*silenced.get(silence_id, ()), episode)}


def _without(
    silenced: dict[SilenceId, tuple[EpisodeId, ...]], episode: EpisodeId
) -> dict[SilenceId, tuple[EpisodeId, ...]]:
    left = {key: tuple(each for each in withheld if each != episode) for key, withheld in silenced.items()}
    return {key: withheld for key, withheld in left.items() if withheld}


def _others(batches: dict[str, Batch], key: str) -> dict[str, Batch]:
    return {other: batch for other, batch in batches.items() if other != key}


def _reconciled(mailbox: Mailbox, covered: Covered) -> Mailbox:
    left = {key: mailbox.untold(key, covered) for key in mailbox.batches}
    batches = {key: batch for key, batch in left.items() if not batch.empty}
    return mailbox if batches == mailbox.batches else mailbox.model_copy(update={"batches": batches})


def _reason(
    subscription: Subscription, transition: AlertTransition, told: bool, *, gone: bool, late: bool
) -> Reason | None:
    if gone:
        return "gone"
    if late and not (told and transition.kind == "resolved"):
        # The end of what was told is worth telling however late it is: a feed that pauses ends nothing for hours.
        return "late"
    if transition.kind == "resolved":
        return None if subscription.resolved and told else "not_asked"
    if transition.acknowledged_by is not None:
        return "acknowledged"
    # To whom nothing was told of it, as it was less grave before, an update is the opening.
    return "not_asked" if transition.kind == "updated" and told and not subscription.updates else None


def _taken_back(
    mailbox: Mailbox, episode: EpisodeId, told: bool, *, kind: BatchKind | None = None
) -> tuple[Mailbox, bool]:
    """Take an episode out of what waits; where its opening waited, it has not been told."""
    batches: dict[str, Batch] = {}
    for key, batch in mailbox.batches.items():
        mine = next((entry for entry in batch.entries if entry.episode_id == episode), None)
        if mine is not None and kind in (None, batch.kind):
            left = batch.without_episode(episode)
            # The notice of a silence says how much was withheld, also where nothing of it goes on.
            batch = left.model_copy(update={"mark": batch.mark}) if batch.kind == "silence" else left
            told = told and not mine.opening
        if not batch.empty:
            batches[key] = batch
    return mailbox.model_copy(update={"batches": batches}), told


def _noted(mailbox: Mailbox, transition: AlertTransition, told: bool, now: datetime) -> Mailbox:
    ended_at = now if transition.kind == "resolved" else None
    withheld = mailbox.withheld
    known = {
        episode: state
        for episode, state in mailbox.episodes.items()
        if episode != transition.episode_id
        and (state.ended_at is None or now - state.ended_at < KEPT_AFTER_END or episode in withheld)
    }
    known[transition.episode_id] = Told(revision=transition.revision, told=told, ended_at=ended_at)
    while len(known) > MAX_EPISODES:
        del known[next(iter(known))]
    return mailbox.model_copy(update={"episodes": known})
