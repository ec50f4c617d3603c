"""Finding one episode, wherever it is known."""

from __future__ import annotations

from streams.alerting import AlertTransition
from streams.errors import IndexUnavailable
from streams.records import EpisodeId
from streams.sinks.index import Index
from web.live import AlertFeed


async def find_episode(index: Index, alerts: AlertFeed, episode_id: EpisodeId) -> AlertTransition | None:
    """Return the latest step of an episode, from those that came last or else from the index.

    Raises:
        IndexUnavailable: the index did not answer, and the episode is none of the last.
    """
    live = [alert.transition for alert in alerts.kept() if alert.transition.episode_id == episode_id]
    try:
        stored = await index.get_alert(episode_id)
    except IndexUnavailable:
        if not live:
            raise
        stored = None
    known = live if stored is None else [stored, *live]
    return max(known, key=lambda step: step.revision, default=None)
