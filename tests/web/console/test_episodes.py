"""The episodes that the console shows."""

from __future__ import annotations

from datetime import timedelta

from streams.records import EpisodeId
from tests.web.conftest import NOW, Site, transition
from web.console.episodes import LATEST_READ, RESOLVED_SHOWN, Episodes, read_episodes


def test_the_latest_step_counts_whichever_way_it_came() -> None:
    """A step that is older than what is known, or known, is no news; a later one takes its place."""
    episodes = Episodes()
    opened = transition(1)
    resolved = opened.model_copy(update={"kind": "resolved", "revision": 2})
    assert episodes.take([opened])
    assert not episodes.take([opened])
    assert episodes.take([resolved])
    assert not episodes.take([opened.model_copy(update={"kind": "updated", "revision": 1})])
    assert (episodes.open(), episodes.resolved()) == ([], [resolved])


def test_the_gravest_comes_first_then_the_newest() -> None:
    """Open episodes are ordered by severity, and among equals by time; few of the ended ones are shown."""
    episodes = Episodes()
    low = transition(1).model_copy(update={"severity": "low", "opened_at": NOW})
    old = transition(2).model_copy(update={"opened_at": NOW - timedelta(hours=2)})
    new = transition(3)
    ended = [transition(10 + n, "resolved").model_copy(update={"at": NOW + timedelta(hours=n)}) for n in range(5)]
    episodes.take([low, old, new, *ended])
    assert episodes.open() == [new, old, low]
    assert episodes.resolved() == ended[::-1][:RESOLVED_SHOWN]


async def test_what_goes_on_is_read_however_much_ended_since(site: Site) -> None:
    """A feed that has been silent for weeks is still an open alert, behind hundreds of others that came and went."""
    silent = transition(0).model_copy(update={"episode_id": EpisodeId("silent"), "at": NOW - timedelta(days=20)})
    ended = [
        transition(1 + n, "resolved").model_copy(update={"at": NOW - timedelta(hours=n)}) for n in range(LATEST_READ)
    ]
    await site.index.put_alerts([silent, *ended])
    episodes = Episodes()
    episodes.take(await read_episodes(site.index))
    assert episodes.open() == [silent]
    assert episodes.resolved() == ended[:RESOLVED_SHOWN]
