"""The last step of each episode, for digests and silences that tell of it later."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from agents.stored import stored_record, stored_records
from streams.alerting import AlertTransition
from streams.decoding import encode_record
from streams.delivery import Confirmation
from streams.records import EpisodeId
from streams.tables import TableSection

KEPT = timedelta(days=3)
"""After the end: what a digest still has to tell of."""
OPEN_KEPT = timedelta(days=60)
PRUNE_EVERY = timedelta(minutes=10)


class LastSteps:
    """Keep the last step of each episode. Write only inside a stream's iteration."""

    def __init__(self, section: TableSection) -> None:
        self._section = section
        self._pruned_at: datetime | None = None

    def get(self, episode_id: EpisodeId) -> AlertTransition | None:
        """Return the last step that was kept, or nothing."""
        return stored_record(self._section, episode_id.encode(), AlertTransition)

    def keep(self, transition: AlertTransition) -> list[Confirmation]:
        """Keep a step unless a later one is known."""
        known = self.get(transition.episode_id)
        if known is not None and known.revision > transition.revision:
            return []
        return [self._section.put(transition.episode_id.encode(), encode_record(transition))]

    def prune(self, now: datetime, withheld: Callable[[], frozenset[EpisodeId]]) -> list[Confirmation]:
        """Forget, now and then, what nothing will tell of any more; what a silence withholds, it will."""
        if self._pruned_at is not None and now - self._pruned_at < PRUNE_EVERY:
            return []
        self._pruned_at = now
        kept, old = withheld(), []
        for key, transition in stored_records(self._section, AlertTransition):
            late = now - transition.received_at > (KEPT if transition.kind == "resolved" else OPEN_KEPT)
            if late and transition.episode_id not in kept:
                old.append(key)
        return [self._section.delete(key) for key in old]
