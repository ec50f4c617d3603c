"""What detection remembers of one series, as a value of bounded size.

Whatever changes it changes it in place; `to_bytes` and `from_bytes` are exact, so that a restart changes nothing.
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass, field

import numpy as np
import orjson

from alerts.detection.baseline import Decayed, WeekCounts
from alerts.detection.episodes import Episode, Reading, Subject
from alerts.detection.evidence import Piece
from alerts.detection.memory import Memory
from alerts.detection.slices import Slices
from alerts.detection.spread import Spread
from alerts.detection.stories import Stories
from alerts.detection.watermark import Watermark
from streams.alerting import AlertTransition
from streams.errors import MisconfiguredError

FORMAT = 4
MARKET_KEY = "market"
STORIES_KEPT, STORIES_KEPT_OF_MARKET = 96, 128
TAKEN_KEPT, TAKEN_KEPT_OF_MARKET = 192, 512
SENT_KEPT = 8
BY_TIME = 0
"""The cause of a transition that no message of its own series caused."""

_HOUR = np.dtype([("hour", "u1"), ("count", "<f8")])


@dataclass(slots=True)
class Mark:
    """Mark the slices of an episode, whose stories of a label teach the baseline only `weight` of themselves."""

    label: int
    first: int
    last: int
    weight: float
    opened: int = 0
    """The slice in which the latest of them opened: from then on it is unusual for so long and no longer."""


@dataclass(slots=True)
class Track:
    """Be what one rule remembers of one series."""

    episode: Episode | None = None
    mark: Mark | None = None
    low_bin: int = -1
    """How rare the present excursion has been at most, as a bin of the calibration; −1 where there was none …"""
    low_since_ms: int = 0
    """… since when …"""
    low_ms: int = 0
    """… and when it was last rare."""
    resolved_ms: int = 0
    flaps: int = 0
    """Openings that followed closely on an end."""
    openings: Decayed = field(default_factory=Decayed)
    """All of them, each with half its weight after `repeats_half_life_ms`."""
    held_back_by: str | None = None
    """What inhibited an opening: the market, or a crowd of openings."""
    held_back_ms: int = 0
    score: float = 0.0
    """Of a turn: the CUSUM …"""
    run: int = 0
    """… the stories since it was last 0 …"""
    run_sum: float = 0.0
    """… and the sum of their sentiment."""
    run_ms: int = 0


@dataclass(slots=True)
class SeriesState:
    """Be everything that detection remembers of one series; the market and a source are series too."""

    series: str
    stories: Stories
    taken: Memory
    slices: Slices = field(default_factory=Slices)
    negative: WeekCounts = field(default_factory=WeekCounts)
    """Negative stories before the window; episodes count little."""
    positive: WeekCounts = field(default_factory=WeekCounts)
    total: WeekCounts = field(default_factory=WeekCounts)
    """All stories before the window, of the market; all articles, of a source."""
    short: dict[str, Decayed] = field(default_factory=dict)
    """The same sums with a short half-life, by the names above."""
    tone: dict[str, Decayed] = field(default_factory=dict)
    """Sums of 1, sentiment and its square over stories."""
    spreads: dict[str, Spread] = field(default_factory=dict)
    """Of the market only, by label …"""
    spread_ms: int = 0
    """… and until when they were learned."""
    heard: dict[int, int] = field(default_factory=dict)
    """Stories by whole hour since 1970, of the last week."""
    sent: list[tuple[int, bytes]] = field(default_factory=list)
    """Transitions made last, compressed, each with the hash of what caused it."""
    watermark: Watermark = field(default_factory=Watermark)
    """Of the market only: all series go by it."""
    tracks: dict[str, Track] = field(default_factory=dict)
    pieces: dict[str, tuple[Piece, ...]] = field(default_factory=dict)
    """Evidence by label."""
    subject: Subject | None = None
    first_ms: int = 0
    last_ms: int = 0
    """Event time of the first and the latest article."""
    received_ms: int = 0
    """Of the market only: when the latest article arrived."""

    @classmethod
    def new(cls, series: str) -> SeriesState:
        """Return the state of a series that nothing was heard of yet."""
        market = series == MARKET_KEY
        return cls(
            series=series,
            stories=Stories(STORIES_KEPT_OF_MARKET if market else STORIES_KEPT),
            taken=Memory(TAKEN_KEPT_OF_MARKET if market else TAKEN_KEPT),
        )

    def track(self, rule: str) -> Track:
        """Return what a rule remembers here."""
        return self.tracks.setdefault(rule, Track())

    def send(self, cause: int, transitions: list[AlertTransition]) -> None:
        """Keep the transitions that something caused, to be sent again where it is repeated."""
        self.sent += [(cause, zlib.compress(t.model_dump_json().encode())) for t in transitions]
        del self.sent[:-SENT_KEPT]

    def sent_for(self, cause: int) -> list[AlertTransition]:
        """Return the transitions that something caused, as they were."""
        return [AlertTransition.model_validate_json(zlib.decompress(data)) for sent, data in self.sent if sent == cause]

    def to_bytes(self) -> bytes:
        """Write as a table value: a number of the format, then sections that each begin with their length."""
        mark = self.watermark
        facts = {
            "series": self.series,
            "weeks": [[w.stored, w.as_of_ms] for w in (self.negative, self.positive, self.total)],
            "short": {name: _row(d) for name, d in self.short.items()},
            "tone": {name: _row(d) for name, d in self.tone.items()},
            "spreads": {name: [_row(s.weight), _row(s.excess)] for name, s in self.spreads.items()},
            "watermark": [mark.at_ms, mark.seen, mark.ahead, mark.sources],
            "tracks": self.tracks,
            "pieces": self.pieces,
            "subject": self.subject,
            "range": [self.first_ms, self.last_ms, self.received_ms, self.spread_ms],
            "causes": [cause for cause, _ in self.sent],
        }
        slices = [value for number, entry in self.slices.entries.items() for value in (number, *entry)]
        heard = [value for pair in self.heard.items() for value in pair]
        sections = (
            orjson.dumps(facts, default=list),  # pieces of evidence are named tuples
            self.stories.to_bytes(),
            _pack_hours(self.negative),
            _pack_hours(self.positive),
            _pack_hours(self.total),
            self.taken.to_bytes(),
            np.array(slices, dtype="<i4").tobytes(),
            np.array(heard, dtype="<i4").tobytes(),
            *(data for _, data in self.sent),
        )
        return bytes((FORMAT,)) + b"".join(struct.pack("<I", len(section)) + section for section in sections)

    @classmethod
    def from_bytes(cls, value: bytes) -> SeriesState:
        """Read a table value.

        Raises:
            MisconfiguredError: another version of the program wrote it.
        """
        check_format(value)
        sections = sections_of(value)
        facts = orjson.loads(sections[0])
        state = cls.new(facts["series"])
        state.stories = Stories(state.stories.capacity, sections[1])
        weeks = [_unpack_hours(data, *week) for data, week in zip(sections[2:5], facts["weeks"], strict=True)]
        state.negative, state.positive, state.total = weeks
        state.taken = Memory(state.taken.capacity, sections[5])
        entries = np.frombuffer(sections[6], dtype="<i4").reshape(-1, 8).tolist()
        state.slices = Slices({row[0]: row[1:] for row in entries})
        state.heard = dict(np.frombuffer(sections[7], dtype="<i4").reshape(-1, 2).tolist())
        state.sent = list(zip(facts["causes"], sections[8:], strict=True))
        state.short = {name: Decayed(*row) for name, row in facts["short"].items()}
        state.tone = {name: Decayed(*row) for name, row in facts["tone"].items()}
        state.spreads = {name: Spread(*(Decayed(*row) for row in rows)) for name, rows in facts["spreads"].items()}
        at_ms, seen, ahead, sources = facts["watermark"]
        state.watermark = Watermark(at_ms, seen, _pairs(ahead), _pairs(sources))
        state.tracks = {name: _track(row) for name, row in facts["tracks"].items()}
        state.pieces = {label: tuple(Piece.from_row(row) for row in rows) for label, rows in facts["pieces"].items()}
        state.subject = None if facts["subject"] is None else Subject(**facts["subject"])
        # Tables that an earlier version wrote hold a count before the last.
        state.first_ms, state.last_ms, state.received_ms, *_, state.spread_ms = facts["range"]
        return state


def check_format(value: bytes) -> None:
    """Refuse a value of another format.

    Raises:
        MisconfiguredError: another version of the program wrote it.
    """
    if value[:1] != bytes((FORMAT,)):
        raise MisconfiguredError(
            f"a series has the state format {value[0] if value else None}, this version reads {FORMAT}:"
            " run the version that wrote it, or replay into a new TIDEWATCH_NAMESPACE"
        )


def sections_of(value: bytes) -> list[bytes]:
    """Return the sections after the number of the format."""
    found, start = [], 1
    while start < len(value):
        (length,) = struct.unpack_from("<I", value, start)
        found.append(value[start + 4 : start + 4 + length])
        start += 4 + length
    return found


def _track(row: dict[str, object]) -> Track:
    track = Track(**row)  # type: ignore[arg-type]
    episode, mark, openings = row["episode"], row["mark"], row.get("openings")
    if isinstance(episode, dict):
        episode |= {
            "subject": Subject(**episode["subject"]),
            "reading": Reading(**episode["reading"]),
            "evidence": tuple(Piece.from_row(piece) for piece in episode["evidence"]),
        }
        track.episode = Episode(**episode)
    if isinstance(mark, dict):
        track.mark = Mark(**mark)
    if isinstance(openings, dict):
        track.openings = Decayed(**openings)
    return track


def _row(sum_: Decayed) -> tuple[float, int]:
    return sum_.stored, sum_.as_of_ms


def _pairs(rows: list[list[int]]) -> tuple[tuple[int, int], ...]:
    return tuple((left, right) for left, right in rows)


def _pack_hours(counts: WeekCounts) -> bytes:
    return np.array(list(counts.hours.items()), dtype=_HOUR).tobytes()


def _unpack_hours(data: bytes, stored: float, as_of_ms: int) -> WeekCounts:
    rows = np.frombuffer(data, dtype=_HOUR)
    return WeekCounts(dict(zip(rows["hour"].tolist(), rows["count"].tolist(), strict=True)), stored, as_of_ms)
