"""What detection remembers of one series, as a value of bounded size.

A series of an entity takes at most 22 kB (96 stories, 192 article ids, 6 pieces of evidence, 8 transitions) and about
1 kB as a rule; the market, which every article goes through, at most 28 kB.
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import orjson

from alerts.baseline import HOURS_OF_WEEK, WeekCounts
from alerts.episodes import Candidate, Episode
from alerts.mentions import MARKET
from alerts.slices import Slices
from alerts.stories import Stories
from alerts.watermark import Watermark
from streams.alerting import AlertTransition
from streams.errors import MisconfiguredError
from streams.records import SeriesId

FORMAT = 1
STORIES_KEPT, STORIES_KEPT_OF_MARKET = 96, 128
TAKEN_KEPT, TAKEN_KEPT_OF_MARKET = 192, 1024
SENT_KEPT = 8
BY_TIME = 0
"""The cause of a transition that no mention of its own series caused."""

_HOUR = np.dtype([("hour", "u1"), ("count", "<f8")])


@dataclass(frozen=True, slots=True)
class Disturbance:
    """Mark the slices of an episode, whose negative stories teach the baseline only `weight` of themselves."""

    first: int
    last: int
    weight: float


@dataclass(frozen=True, slots=True)
class SeriesState:
    """Be everything that detection remembers of one series; `market` is a series too."""

    series: SeriesId
    stories: Stories
    slices: Slices = field(default_factory=Slices)
    slice_ms: int = 0
    negative: WeekCounts = field(default_factory=WeekCounts.empty)
    """Negative stories before the window."""
    total: WeekCounts = field(default_factory=WeekCounts.empty)
    """All stories before the window: of the market only."""
    taken: npt.NDArray[np.uint64] = field(default_factory=lambda: np.zeros(0, dtype=np.uint64))
    """Hashes of the articles that were taken last, the oldest first."""
    sent: tuple[tuple[int, bytes], ...] = ()
    """Transitions made last, compressed, each with the hash of the article that caused it."""
    watermark: Watermark = field(default_factory=Watermark)
    """Of the market only: all series go by it."""
    episode: Episode | None = None
    candidates: tuple[Candidate, ...] = ()
    disturbance: Disturbance | None = None
    late: int = 0

    @classmethod
    def new(cls, series: SeriesId) -> SeriesState:
        """Return the state of a series that nothing was heard of yet."""
        return cls(series=series, stories=Stories.of(b"", _stories_kept(series)))

    def has_taken(self, article: int) -> bool:
        """Say whether the article with this hash was taken before."""
        return bool((self.taken == np.uint64(article)).any())

    def with_taken(self, article: int) -> npt.NDArray[np.uint64]:
        """Return the hashes with one more, the oldest forgotten where there are too many."""
        kept = TAKEN_KEPT_OF_MARKET if self.series == MARKET else TAKEN_KEPT
        return np.append(self.taken, np.uint64(article))[-kept:]

    def with_sent(self, cause: int, transitions: list[AlertTransition]) -> tuple[tuple[int, bytes], ...]:
        """Return the transitions kept with these put behind them."""
        packed = tuple((cause, zlib.compress(t.model_dump_json().encode())) for t in transitions)
        return (self.sent + packed)[-SENT_KEPT:]

    def sent_for(self, cause: int) -> list[AlertTransition]:
        """Return the transitions that an article caused, as they were."""
        return [AlertTransition.model_validate_json(zlib.decompress(data)) for sent, data in self.sent if sent == cause]

    def to_bytes(self) -> bytes:
        """Write as a table value: a number of the format, then sections that each begin with their length."""
        facts = {
            "series": self.series,
            "slices": self.slices.entries,
            "slice_ms": self.slice_ms,
            "as_of_ms": [self.negative.as_of_ms, self.total.as_of_ms],
            "watermark": [
                self.watermark.at_ms,
                self.watermark.seen,
                self.watermark.ahead,
                self.watermark.sources,
            ],
            "episode": None if self.episode is None else self.episode.model_dump(mode="json"),
            "candidates": [candidate.model_dump(mode="json") for candidate in self.candidates],
            "disturbance": None
            if self.disturbance is None
            else [self.disturbance.first, self.disturbance.last, self.disturbance.weight],
            "late": self.late,
            "causes": [cause for cause, _ in self.sent],
        }
        sections = (
            orjson.dumps(facts),
            self.stories.to_bytes(),
            _pack_hours(self.negative),
            _pack_hours(self.total),
            self.taken.astype("<u8").tobytes(),
            *(data for _, data in self.sent),
        )
        return bytes((FORMAT,)) + b"".join(struct.pack("<I", len(section)) + section for section in sections)

    @classmethod
    def from_bytes(cls, value: bytes) -> SeriesState:
        """Read a table value.

        Raises:
            MisconfiguredError: a later version of the program wrote it.
        """
        if value[:1] != bytes((FORMAT,)):
            raise MisconfiguredError(
                f"a series has the state format {value[0] if value else None}, this version reads {FORMAT}:"
                " run the version that wrote it, or replay into a new TIDEWATCH_NAMESPACE"
            )
        sections = _sections(value[1:])
        facts = orjson.loads(sections[0])
        at_ms, seen, ahead, sources = facts["watermark"]
        return cls(
            series=SeriesId(facts["series"]),
            stories=Stories.of(sections[1], _stories_kept(facts["series"])),
            slices=Slices(tuple((number, stories, bad) for number, stories, bad in facts["slices"])),
            slice_ms=facts["slice_ms"],
            negative=_unpack_hours(sections[2], facts["as_of_ms"][0]),
            total=_unpack_hours(sections[3], facts["as_of_ms"][1]),
            taken=np.frombuffer(sections[4], dtype="<u8").astype(np.uint64),
            sent=tuple(zip(facts["causes"], sections[5:], strict=True)),
            watermark=Watermark(at_ms, seen, _pairs(ahead), _pairs(sources)),
            episode=None if facts["episode"] is None else Episode.model_validate(facts["episode"]),
            candidates=tuple(Candidate.model_validate(candidate) for candidate in facts["candidates"]),
            disturbance=None if facts["disturbance"] is None else Disturbance(*facts["disturbance"]),
            late=facts["late"],
        )


def _stories_kept(series: str) -> int:
    return STORIES_KEPT_OF_MARKET if series == MARKET else STORIES_KEPT


def _pairs(rows: list[list[int]]) -> tuple[tuple[int, int], ...]:
    return tuple((left, right) for left, right in rows)


def _sections(data: bytes) -> list[bytes]:
    found, start = [], 0
    while start < len(data):
        (length,) = struct.unpack_from("<I", data, start)
        found.append(data[start + 4 : start + 4 + length])
        start += 4 + length
    return found


def _pack_hours(counts: WeekCounts) -> bytes:
    used = np.flatnonzero(counts.hours)
    packed = np.zeros(len(used), dtype=_HOUR)
    packed["hour"], packed["count"] = used, counts.hours[used]
    return packed.tobytes()


def _unpack_hours(data: bytes, as_of_ms: int) -> WeekCounts:
    packed = np.frombuffer(data, dtype=_HOUR)
    hours = np.zeros(HOURS_OF_WEEK)
    hours[packed["hour"]] = packed["count"]
    return WeekCounts(hours, as_of_ms)
