"""Liveness is progress: committed offsets that move while there is lag. An open port proves nothing.

A consumer can die quietly (faust-streaming/faust#175, #523, #640): it keeps its port and its heartbeat and reads
nothing. The file that is written here is what `tidewatch health` and a container's health check read.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

import faust
import orjson
import structlog
from faust.types import TP

from agents.offsets import Offsets
from streams.metrics import BROKER_AWAY, STALLED_SECONDS

log = structlog.get_logger(__name__)

CHECK_EVERY_S = 1.0
STALE_AFTER_S = 15.0
"""A status older than this was left by a process that no longer runs its loop."""

BROKER_IS_AWAY = "Kafka does not answer"

State = Literal["live", "waiting", "stalled"]


@dataclass(frozen=True, slots=True)
class Status:
    """Say how a role gets on, as of `at_s` (seconds since 1970)."""

    role: str
    state: State
    at_s: float
    lag: int
    stalled_s: float
    detail: str = ""

    def save(self, path: Path) -> None:
        """Write the status where the health check reads it."""
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_suffix(".draft")
        draft.write_bytes(orjson.dumps(self))
        draft.replace(path)

    @staticmethod
    def remove(path: Path) -> None:
        """Leave no status to the health check."""
        path.unlink(missing_ok=True)


@dataclass(slots=True)
class Progress:
    """Judge from lag and committed offsets whether a role is live; pure, the time is an argument."""

    stall_after_s: float
    _all: _Movement
    _free: _Movement
    """Of the topics that nothing is waited for with: what one of them waits for hides no stall of the others."""

    @classmethod
    def begin(cls, stall_after_s: float, now_s: float) -> Progress:
        """Start to watch."""
        return cls(stall_after_s, _Movement({}, now_s), _Movement({}, now_s))

    def judge(
        self, committed: Mapping[TP, int], lags: Mapping[TP, int], waiting: Collection[str] | None, now_s: float
    ) -> tuple[State, float]:
        """Return the state and for how long there was lag without a commit.

        Args:
            committed: the offset of each partition.
            lags: what is left to do of each partition.
            waiting: the topics that wait for something with good reason; None where all do.
            now_s: the moment, on any clock that runs evenly.
        """
        stalled_s = self._all.still_s(committed, lags, now_s)
        # What was waited for has only just come back: its partitions are new here, and have all the patience again.
        free_s = self._free.still_s(_but(committed, waiting), _but(lags, waiting), now_s)
        if free_s >= self.stall_after_s:
            return "stalled", free_s
        return ("live" if waiting is not None and not waiting else "waiting"), stalled_s


@dataclass(slots=True)
class _Movement:
    committed: dict[TP, int]
    moved_s: float

    def still_s(self, committed: Mapping[TP, int], lags: Mapping[TP, int], now_s: float) -> float:
        """Return for how long there was lag without a commit."""
        if committed != self.committed or not any(lags.values()):
            self.moved_s = now_s
        self.committed = dict(committed)
        return now_s - self.moved_s


def _but(values: Mapping[TP, int], topics: Collection[str] | None) -> dict[TP, int]:
    return {} if topics is None else {tp: value for tp, value in values.items() if tp.topic not in topics}


async def watch_progress(
    app: faust.App, role: str, path: Path, stall_after_s: float, waiting_for: Callable[[], Mapping[str, str]]
) -> None:
    """Write the role's status every second; crash a stalled role, so that its supervisor starts it anew.

    A role that is told to stop takes its status away at once: it would be called live until it has grown stale.
    `waiting_for` says of topics what they wait for with good reason besides Kafka (an index that is away).
    """
    progress, offsets = Progress.begin(stall_after_s, time.monotonic()), Offsets(app)
    consumer: Any = app.consumer
    away = False
    log.info("the role is ready", partitions=len(consumer.assignment()))
    # A role that crashes at each start leaves no status behind, so that the last one grows stale.
    while not (app.crashed or app.should_stop):
        committed, lags = await offsets.read()
        lag = sum(lags.values())
        was_away, away = away, not consumer.reaches_broker()
        if away != was_away:
            _tell(away, ",".join(map(str, app.conf.broker)))
        waits = waiting_for()
        state, stalled_s = progress.judge(committed, lags, None if away else waits, time.monotonic())
        detail = BROKER_IS_AWAY if away else _told(waits)
        STALLED_SECONDS.set(stalled_s if lag else 0.0)
        now_s = datetime.now(UTC).timestamp()
        Status(role, state, now_s, lag, round(stalled_s, 1) if lag else 0.0, detail).save(path)
        if state == "stalled":
            await app.crash(RuntimeError(f"no commit for {stalled_s:.0f} s with a lag of {lag}: starting anew"))
            return
        await app.sleep(CHECK_EVERY_S)  # it ends when the role is told to stop
    if not app.crashed:
        Status.remove(path)


def _told(waits: Mapping[str, str]) -> str:
    """Return each reason once, behind the topics that it holds up."""
    topics: dict[str, list[str]] = {}
    for topic, reason in waits.items():
        topics.setdefault(reason, []).append(topic)
    return "; ".join(f"{', '.join(of)}: {reason}" for reason, of in topics.items())


def _tell(away: bool, brokers: str) -> None:
    BROKER_AWAY.set(away)
    if away:
        log.warning("Kafka is away; waiting for it", brokers=brokers)
    else:
        log.info("Kafka is back")
