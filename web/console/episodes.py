"""The episodes that the console shows: each with its latest step, whichever way that came."""

from __future__ import annotations

from collections.abc import Iterable

from streams.alerting import AlertTransition
from streams.records import EpisodeId
from streams.sinks.index import AlertQuery, Index

OPEN_READ, LATEST_READ = 500, 200
SEVERITIES = {"high": 0, "medium": 1, "low": 2}
RESOLVED_SHOWN = 3


class Episodes:
    """Keep the latest step of each episode: steps come live and from the index, in any order and more than once."""

    def __init__(self) -> None:
        self._latest: dict[EpisodeId, AlertTransition] = {}

    def take(self, transitions: Iterable[AlertTransition]) -> bool:
        """Take steps in; return whether any was news."""
        news = False
        for step in transitions:
            known = self._latest.get(step.episode_id)
            if known is None or step.revision > known.revision:
                self._latest[step.episode_id] = step
                news = True
        return news

    def open(self) -> list[AlertTransition]:
        """Return what is going on: the gravest first, then the newest."""
        going_on = [step for step in self._latest.values() if step.kind != "resolved"]
        return sorted(going_on, key=lambda step: (SEVERITIES[step.severity], -step.opened_at.timestamp()))

    def resolved(self) -> list[AlertTransition]:
        """Return what ended last."""
        ended = [step for step in self._latest.values() if step.kind == "resolved"]
        return sorted(ended, key=lambda step: step.at, reverse=True)[:RESOLVED_SHOWN]


async def read_episodes(index: Index) -> list[AlertTransition]:
    """Return the latest step of each episode that is open, however long it has been, and of those that moved last.

    Raises:
        IndexUnavailable: the index did not answer.
    """
    going_on = await index.search_alerts(AlertQuery(state="open", limit=OPEN_READ))
    latest = await index.search_alerts(AlertQuery(limit=LATEST_READ))
    return [*going_on.alerts, *latest.alerts]
