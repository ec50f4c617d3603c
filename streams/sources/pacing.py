"""Pacing: when the next message of a replay is due, by event time and a speed, or by how far the readers are behind."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

MAX_LAG = 2_000
"""At full speed, no more messages than this wait unread: the embedded broker keeps 5 MB a partition."""
POLL_S = 0.05
PATIENCE_S = 30.0
CHECK_EVERY = 200
LONGEST_GAP = timedelta(days=7)
"""A longer step of event time, forward or back, is a wrong date or the gap between two archives."""

Speed = float | Literal["max"]


def parse_speed(text: str) -> Speed:
    """Read a speed: `max`, or a positive factor on event time.

    Raises:
        ValueError: it is neither.
    """
    if text == "max":
        return "max"
    speed = float(text)
    if not 0 < speed < float("inf"):
        raise ValueError("a speed is above 0")
    return speed


def delay_s(event: datetime, first: datetime, speed: float, elapsed_s: float) -> float:
    """Return how long to wait before an event, `elapsed_s` after the replay began; 0 where it is due or older."""
    return max(0.0, (event - first).total_seconds() / speed - elapsed_s)


@dataclass(slots=True)
class TimePacer:
    """Hold a replay to `speed` times the event time. Events without a time are due at once.

    Time never runs back: an event older than the one before it is due at once. After a step of more than a week the
    pace is counted anew from there: one article of 1970 would hold up those behind it for months.
    """

    speed: float
    monotonic: Callable[[], float]
    sleep: Callable[[float], Awaitable[object]]
    _first: datetime | None = None
    _last: datetime | None = None
    _began_s: float = 0.0

    async def wait_for(self, event: datetime | None) -> None:
        """Wait until an event is due."""
        if event is None:
            return
        if self._first is None or self._last is None or abs(event - self._last) > LONGEST_GAP:
            self._first, self._began_s = event, self.monotonic()
        self._last = event
        wait_s = delay_s(event, self._first, self.speed, self.monotonic() - self._began_s)
        if wait_s > 0:
            await self.sleep(wait_s)


@dataclass(slots=True)
class LagPacer:
    """Hold a replay back while its readers are more than `max_lag` messages behind; asked every 200 messages.

    Readers that stand still are waited for no longer than `patience_s`: Kafka keeps what they have not read.
    """

    lag: Callable[[], Awaitable[int]]
    sleep: Callable[[float], Awaitable[object]]
    monotonic: Callable[[], float]
    max_lag: int = MAX_LAG
    patience_s: float = PATIENCE_S
    _sent: int = field(default=0)

    async def wait_for(self, event: datetime | None) -> None:  # noqa: ARG002
        """Wait until the readers are near enough."""
        self._sent += 1
        if self._sent % CHECK_EVERY:
            return
        lowest, moved_s = await self.lag(), self.monotonic()
        while lowest > self.max_lag and self.monotonic() - moved_s < self.patience_s:
            await self.sleep(POLL_S)
            lag = await self.lag()
            if lag < lowest:
                lowest, moved_s = lag, self.monotonic()
