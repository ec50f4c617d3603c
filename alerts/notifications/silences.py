"""Silences: what matches is withheld between two moments, and told of when they are over."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from alerts.notifications.matching import Facets, matches
from streams.subscriptions import Silence, SilenceId


@dataclass(slots=True)
class Silences:
    """Hold the silences that have not ended."""

    _silences: dict[SilenceId, Silence] = field(default_factory=dict)

    def get(self, silence_id: SilenceId) -> Silence | None:
        """Return a silence."""
        return self._silences.get(silence_id)

    def put(self, silence: Silence) -> None:
        """Take a silence, or its new version."""
        self._silences[silence.silence_id] = silence

    def remove(self, silence_id: SilenceId) -> None:
        """Forget a silence; one that is not there is no mistake."""
        self._silences.pop(silence_id, None)

    def covering(self, facets: Facets, now: datetime) -> Silence | None:
        """Return the silence that withholds an alert now: of several the one that ends last."""
        active = [
            silence
            for silence in self._silences.values()
            if silence.starts_at <= now < silence.ends_at and matches(silence.matchers, facets)
        ]
        return max(active, key=lambda silence: (silence.ends_at, silence.silence_id), default=None)

    def ended(self, now: datetime) -> list[Silence]:
        """Return the silences that are over, the first to end first."""
        over = [silence for silence in self._silences.values() if silence.ends_at <= now]
        return sorted(over, key=lambda silence: (silence.ends_at, silence.silence_id))

    def next_end(self) -> datetime | None:
        """Return when the next silence ends."""
        return min((silence.ends_at for silence in self._silences.values()), default=None)
