"""A circuit breaker: after failures in a row an endpoint is left alone, then asked with a single probe."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

FAILURES_TO_OPEN = 5
FIRST_PAUSE_S = 30.0
LONGEST_PAUSE_S = 900.0


@dataclass(frozen=True, slots=True)
class Breaker:
    """Be what is known of one endpoint. Closed lets everything pass; open nothing until `open_until`, then one probe.

    That the probe is alone follows from one try at a time for each endpoint.
    """

    failures: int = 0
    """In a row."""
    open_until: datetime | None = None

    @property
    def suspect(self) -> bool:
        """Say whether the last try failed: such an endpoint may not hold up those in good health."""
        return self.failures > 0

    def wait_s(self, now: datetime) -> float:
        """Return how long nothing may be tried; 0 when a try, or a probe, may go."""
        return 0.0 if self.open_until is None else max(0.0, (self.open_until - now).total_seconds())

    def succeeded(self) -> Breaker:
        """Close: the endpoint took something."""
        return Breaker()

    def failed(self, now: datetime, retry_after_s: float | None = None) -> Breaker:
        """Count a failure; open after five in a row, for twice as long each time. Retry-After opens at once."""
        failures = self.failures + 1
        pause_s = 0.0
        if failures >= FAILURES_TO_OPEN:
            pause_s = min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2.0 ** min(16, failures - FAILURES_TO_OPEN))
        pause_s = max(pause_s, min(LONGEST_PAUSE_S, retry_after_s or 0.0))
        return Breaker(failures, now + timedelta(seconds=pause_s) if pause_s else None)
