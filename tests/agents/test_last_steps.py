"""The last step of each episode: what is kept of it, and for how long."""

from __future__ import annotations

from datetime import timedelta

import pytest

from agents.last_steps import KEPT, OPEN_KEPT, PRUNE_EVERY, LastSteps
from streams.tables import TableSection
from tests.agents.durability import LoggedTable
from tests.alerts.people import MINUTE, NOW, alert


async def test_a_later_step_stays() -> None:
    """An earlier step that comes again does not take its place; the same one is written again."""
    steps = LastSteps(TableSection(LoggedTable(), b"episode/"))
    opened, ended = alert(), alert(revision=2, kind="resolved")
    assert len(steps.keep(opened)) == len(steps.keep(ended)) == len(steps.keep(ended)) == 1
    assert steps.keep(opened) == []
    assert steps.get(ended.episode_id) == ended


@pytest.mark.parametrize(("kind", "kept"), [("resolved", KEPT), ("updated", OPEN_KEPT)])
async def test_a_step_is_kept_as_long_as_something_may_tell_of_it(kind: str, kept: timedelta) -> None:
    """What has ended goes soon, what is open late, what a silence withholds never; nobody looks at every message."""
    table = LoggedTable()
    steps = LastSteps(TableSection(table, b"episode/"))
    step, later = alert(revision=1, kind=kind), alert("quillon", at=NOW + kept)
    steps.keep(step)
    steps.keep(later)
    withheld = frozenset({step.episode_id})
    assert steps.prune(NOW + kept, frozenset) == []
    assert steps.prune(NOW + kept + PRUNE_EVERY - MINUTE, frozenset) == []
    assert steps.prune(NOW + kept + PRUNE_EVERY, lambda: withheld) == []
    assert len(steps.prune(NOW + kept + 2 * PRUNE_EVERY, frozenset)) == 1
    assert steps.get(step.episode_id) is None
    assert steps.get(later.episode_id) == later
