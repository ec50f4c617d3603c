"""Liveness is progress: committed offsets that move while there is lag. An open port proves nothing.

A consumer can die quietly (faust-streaming/faust#175, #523, #640): it keeps its port and its heartbeat and reads
nothing. The file that is written here is what `tidewatch health` and a container's health check read.
"""

from __future__ import annotations

import time
from collections.abc import Callable
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
    _committed: dict[TP, int]
    _moved_s: float
    _waited_s: float

    @classmethod
    def begin(cls, stall_after_s: float, now_s: float) -> Progress:
        """Start to watch."""
        return cls(stall_after_s, {}, now_s, now_s)

    def judge(self, committed: dict[TP, int], lag: int, waiting: bool, now_s: float) -> tuple[State, float]:
        """Return the state and for how long there was lag without a commit."""
        if committed != self._committed or lag == 0:
            self._moved_s = now_s
        self._committed = dict(committed)
        stalled_s = now_s - self._moved_s
        if waiting:
            self._waited_s = now_s
            return "waiting", stalled_s
        # What was waited for has only just come back: the first commit after it needs a moment.
        patience_s = now_s - max(self._moved_s, self._waited_s)
        return ("stalled" if patience_s >= self.stall_after_s else "live"), stalled_s


async def watch_progress(
    app: faust.App, role: str, path: Path, stall_after_s: float, waiting_for: Callable[[], str]
) -> None:
    """Write the role's status every second; crash a stalled role, so that its supervisor starts it anew.

    A role that is told to stop takes its status away at once: it would be called live until it has grown stale.
    `waiting_for` names what the role waits for with good reason besides Kafka (an index that is away), or is empty.
    """
    progress, offsets = Progress.begin(stall_after_s, time.monotonic()), Offsets(app)
    consumer: Any = app.consumer
    away = False
    log.info("the role is ready", partitions=len(consumer.assignment()))
    # A role that crashes at each start leaves no status behind, so that the last one grows stale.
    while not (app.crashed or app.should_stop):
        committed, lag = await offsets.read()
        was_away, away = away, not consumer.reaches_broker()
        if away != was_away:
            _tell(away, ",".join(map(str, app.conf.broker)))
        reason = BROKER_IS_AWAY if away else waiting_for()
        state, stalled_s = progress.judge(committed, lag, bool(reason), time.monotonic())
        STALLED_SECONDS.set(stalled_s if lag else 0.0)
        now_s = datetime.now(UTC).timestamp()
        Status(role, state, now_s, lag, round(stalled_s, 1) if lag else 0.0, reason).save(path)
        if state == "stalled":
            await app.crash(RuntimeError(f"no commit for {stalled_s:.0f} s with a lag of {lag}: starting anew"))
            return
        await app.sleep(CHECK_EVERY_S)  # it ends when the role is told to stop
    if not app.crashed:
        Status.remove(path)


def _tell(away: bool, brokers: str) -> None:
    BROKER_AWAY.set(away)
    if away:
        log.warning("Kafka is away; waiting for it", brokers=brokers)
    else:
        log.info("Kafka is back")
