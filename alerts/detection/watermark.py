"""The watermark: how far event time has come, by the word of several sources."""

from __future__ import annotations

from dataclasses import dataclass

MAX_LEAD_MS = 300_000
"""A time stamp later than this after the article's arrival is taken for a fault of its clock."""
QUORUM_ARTICLES = 3
QUORUM_SOURCES = 2
_MAX_SOURCES = 16
_FORGET_AFTER = 64


@dataclass(frozen=True, slots=True)
class Watermark:
    """Be the time that three articles of two sources have passed; of one source where the feed has only one.

    One mis-stamped article must not turn all later news into the past. At most three articles ahead and 16 sources
    are kept: below 600 bytes.
    """

    at_ms: int | None = None
    seen: int = 0
    ahead: tuple[tuple[int, int], ...] = ()
    """(event time, source) of articles later than `at_ms`, the earliest first: the latest of each source."""
    sources: tuple[tuple[int, int], ...] = ()
    """(source, number of its latest article); one that was silent for 64 articles is forgotten."""

    def passing(self, at_ms: int, received_ms: int, source: int) -> Watermark:
        """Take one article into account."""
        seen = self.seen + 1
        latest = {known: last for known, last in self.sources if seen - last <= _FORGET_AFTER}
        latest[source] = seen
        sources = tuple(sorted(latest.items(), key=lambda item: -item[1])[:_MAX_SOURCES])
        at_ms = min(at_ms, received_ms + MAX_LEAD_MS)
        if self.at_ms is not None and at_ms <= self.at_ms:
            return Watermark(self.at_ms, seen, self.ahead, sources)
        ahead = _latest((*self.ahead, (at_ms, source)))
        reached = _reached(ahead, min(QUORUM_SOURCES, len(sources)))
        if reached is None:
            return Watermark(self.at_ms, seen, ahead, sources)
        return Watermark(reached, seen, tuple(entry for entry in ahead if entry[0] > reached), sources)


def _latest(ahead: tuple[tuple[int, int], ...]) -> tuple[tuple[int, int], ...]:
    """Return the three latest articles of each source, the earliest first.

    No other decides how far enough of them have come, and a source that speaks often crowds out nobody's word.
    """
    kept: list[tuple[int, int]] = []
    for entry in sorted(ahead, reverse=True):
        if sum(source == entry[1] for _, source in kept) < QUORUM_ARTICLES:
            kept.append(entry)
    return tuple(reversed(kept))


def _reached(ahead: tuple[tuple[int, int], ...], sources_needed: int) -> int | None:
    """Return the latest time that enough articles of enough sources have reached."""
    seen: set[int] = set()
    for count, (at_ms, source) in enumerate(reversed(ahead), start=1):
        seen.add(source)
        if count >= QUORUM_ARTICLES and len(seen) >= sources_needed:
            return at_ms
    return None
