"""Liveness as progress."""

from __future__ import annotations

import asyncio
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import orjson
import pytest
from faust.types import TP

from agents.progress import BROKER_IS_AWAY, Progress, watch_progress

PLACE, OTHER = TP("news.raw", 0), TP("alerts", 0)
WAITING = (PLACE.topic,)


def test_commits_under_lag_are_life() -> None:
    """While committed offsets move, a role is live however large its lag."""
    progress = Progress.begin(60, now_s=0)
    for second in range(0, 300, 10):
        state, stalled_s = progress.judge({PLACE: second}, {PLACE: 10_000}, (), second)
        assert (state, stalled_s) == ("live", 0)


def test_lag_without_commits_is_a_stall() -> None:
    """With lag and no commit for the stated time, the role has stalled."""
    progress = Progress.begin(60, now_s=0)
    progress.judge({PLACE: 5}, {PLACE: 10}, (), 1)
    assert progress.judge({PLACE: 5}, {PLACE: 10}, (), 60)[0] == "live"
    assert progress.judge({PLACE: 5}, {PLACE: 12}, (), 61) == ("stalled", 60)


def test_idleness_is_no_stall() -> None:
    """Without lag nothing has to move."""
    progress = Progress.begin(60, now_s=0)
    assert progress.judge({PLACE: 5}, {PLACE: 0}, (), 1_000)[0] == "live"
    assert progress.judge({PLACE: 5}, {PLACE: 1}, (), 1_010)[0] == "live"


def test_waiting_with_a_reason_is_no_stall() -> None:
    """A role that waits for the index is not started anew."""
    progress = Progress.begin(60, now_s=0)
    progress.judge({PLACE: 5}, {PLACE: 10}, WAITING, 1)
    assert progress.judge({PLACE: 5}, {PLACE: 10}, WAITING, 600)[0] == "waiting"


def test_the_end_of_a_wait_is_no_stall() -> None:
    """A role that waited longer than the patience with stalls has all of it again for its first commit."""
    progress = Progress.begin(60, now_s=0)
    for second in (1, 600):
        progress.judge({PLACE: 5}, {PLACE: 10}, WAITING, second)
    assert progress.judge({PLACE: 5}, {PLACE: 10}, (), 601) == ("live", 600)
    assert progress.judge({PLACE: 5}, {PLACE: 10}, (), 660)[0] == "live"
    assert progress.judge({PLACE: 5}, {PLACE: 10}, (), 661)[0] == "stalled"


def test_a_wait_hides_no_stall_of_another_topic() -> None:
    """While one topic waits for the index, another that stands still has stalled, whatever the first one did before."""
    progress = Progress.begin(60, now_s=0)
    for second in range(0, 60, 10):
        state, _ = progress.judge({PLACE: second, OTHER: 5}, {PLACE: 10, OTHER: 1}, WAITING, second)
        assert state == "waiting"
    assert progress.judge({PLACE: 70, OTHER: 5}, {PLACE: 10, OTHER: 1}, WAITING, 60) == ("stalled", 60)


def test_a_stall_of_another_topic_is_none_while_it_moves() -> None:
    """A topic that waits holds nobody up: the others commit, and the role waits for as long as it has to."""
    progress = Progress.begin(60, now_s=0)
    for second in range(0, 600, 10):
        state, _ = progress.judge({PLACE: 5, OTHER: second}, {PLACE: 10, OTHER: 1}, WAITING, second)
        assert state == "waiting"


def test_without_kafka_every_topic_waits() -> None:
    """Nothing can be committed, so nothing stands still."""
    progress = Progress.begin(60, now_s=0)
    assert {progress.judge({PLACE: 5}, {PLACE: 10}, None, second)[0] for second in range(0, 600, 10)} == {"waiting"}


async def test_a_role_that_has_crashed_writes_no_status(tmp_path: Path) -> None:
    """One that crashes at each start, as with wrong credentials, may not look live in between."""
    consumer = SimpleNamespace(assignment=set, reaches_broker=lambda: True)
    app: Any = SimpleNamespace(crashed=True, consumer=consumer, tables=SimpleNamespace(changelog_topics=set()))
    async with asyncio.timeout(5):
        await watch_progress(app, "index", tmp_path / "status.json", 60, dict)
    assert not (tmp_path / "status.json").exists()


@pytest.mark.parametrize(
    ("reaches", "waits", "state", "detail"),
    [
        (True, {}, "live", ""),
        (True, {"alerts": "the index is away"}, "waiting", "alerts: the index is away"),
        (True, {"alerts": "refused", "profiles": "refused"}, "waiting", "alerts, profiles: refused"),
        (True, {"alerts": "refused", "profiles": "full"}, "waiting", "alerts: refused; profiles: full"),
        (False, {}, "waiting", BROKER_IS_AWAY),
        (False, {"alerts": "the index is away"}, "waiting", BROKER_IS_AWAY),
    ],
)
async def test_a_status_says_what_is_waited_for(
    tmp_path: Path, reaches: bool, waits: dict[str, str], state: str, detail: str
) -> None:
    """Kafka before all else: without it nobody knows of the rest."""
    path = tmp_path / "status.json"
    consumer = SimpleNamespace(assignment=set, reaches_broker=lambda: reaches)
    tables, conf = SimpleNamespace(changelog_topics=set()), SimpleNamespace(broker=["kafka://127.0.0.1:9"])
    app: Any = SimpleNamespace(crashed=False, should_stop=False, consumer=consumer, tables=tables, conf=conf)

    async def end(_seconds: float) -> None:
        app.crashed = True

    app.sleep = end
    async with asyncio.timeout(5):
        await watch_progress(app, "index", path, 60, lambda: waits)
    status = orjson.loads(path.read_bytes())
    assert (status["role"], status["state"], status["detail"]) == ("index", state, detail)


@pytest.mark.parametrize(("ending", "left"), [("should_stop", False), ("crashed", True)])
async def test_only_a_role_that_is_told_to_stop_takes_its_status_away(tmp_path: Path, ending: str, left: bool) -> None:
    """It is called live no longer; of one that crashed the last status stays, and grows stale."""
    path, seen = tmp_path / "status.json", []
    consumer = SimpleNamespace(assignment=set, reaches_broker=lambda: True)
    tables = SimpleNamespace(changelog_topics=set())
    app: Any = SimpleNamespace(crashed=False, should_stop=False, consumer=consumer, tables=tables)

    async def end(_seconds: float) -> None:
        seen.append(path.exists())
        setattr(app, ending, True)

    app.sleep = end
    async with asyncio.timeout(5):
        await watch_progress(app, "index", path, 60, dict)
    assert seen == [True]
    assert path.exists() == left
