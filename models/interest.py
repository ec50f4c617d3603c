"""What a reader cares about: decayed weights of entities and topics, and one interest vector, O(1) a click.

Every weight is a sum over clicks of (kind × dwell × relevance) × 2^(−age / half-life), kept as of the latest click. So
the order in which clicks arrive does not matter, as long as no set is full.
"""

from __future__ import annotations

import hashlib
import struct
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Literal

import numpy as np
import numpy.typing as npt
import orjson

from streams.clock import epoch_ms
from streams.enrichment import Embedding
from streams.errors import MisconfiguredError
from streams.interests import Click, Interest, Profile, Read
from streams.records import ReaderId

FORMAT = 1
MAX_ENTITIES = 500
MAX_TOPICS = 100
MAX_SPACES = 2
"""While a new model takes over, clicks of both arrive."""
TAKEN_KEPT = 256
PUBLISHED_ENTITIES = 50
PUBLISHED_TOPICS = 20
DAY_MS = 86_400_000
_DECIMALS = 9
_KIND_WEIGHTS: dict[Literal["open", "read", "share", "save", "dismiss"], float] = {
    "open": 1.0,
    "read": 2.0,
    "share": 3.0,
    "save": 3.0,
    "dismiss": -1.0,
}

Vector = npt.NDArray[np.float64]
"""Shape (D,)."""


@dataclass(frozen=True, slots=True)
class Weight:
    """Be one decayed weight, with the name that the latest click knew it by."""

    value: float
    name: str
    named_ms: int


@dataclass(frozen=True, slots=True)
class Taste:
    """Be the weighted sum of the embeddings of what was read, in one space."""

    sum: Vector
    latest_ms: int


@dataclass(frozen=True, slots=True)
class ProfileState:
    """Be everything that is remembered of one reader: 6 to 45 kB, bounded."""

    reader_id: ReaderId
    as_of_ms: int = 0
    """Time of the latest click: the moment that all weights are decayed to."""
    half_life_days: float = 7.0
    clicks: int = 0
    entities: dict[str, Weight] = field(default_factory=dict)
    topics: dict[str, Weight] = field(default_factory=dict)
    tastes: dict[str, Taste] = field(default_factory=dict)
    """By embedding space."""
    taken: npt.NDArray[np.uint64] = field(default_factory=lambda: np.zeros(0, dtype=np.uint64))
    """Hashes of the clicks that were taken last, the oldest first."""

    @classmethod
    def new(cls, reader_id: ReaderId) -> ProfileState:
        """Return the state of a reader who has clicked nothing yet."""
        return cls(reader_id)

    def to_bytes(self) -> bytes:
        """Write as a table value: the number of the format, JSON with its length, vectors, hashes."""
        facts = {
            "reader_id": self.reader_id,
            "as_of_ms": self.as_of_ms,
            "half_life_days": self.half_life_days,
            "clicks": self.clicks,
            "entities": _rows(self.entities),
            "topics": _rows(self.topics),
            "tastes": [[space, len(taste.sum), taste.latest_ms] for space, taste in self.tastes.items()],
        }
        head = orjson.dumps(facts)
        vectors = b"".join(taste.sum.astype("<f8").tobytes() for taste in self.tastes.values())
        return struct.pack("<BI", FORMAT, len(head)) + head + vectors + self.taken.astype("<u8").tobytes()

    @classmethod
    def from_bytes(cls, value: bytes) -> ProfileState:
        """Read a table value.

        Raises:
            MisconfiguredError: a later version of the program wrote it.
        """
        if value[:1] != bytes((FORMAT,)):
            raise MisconfiguredError(
                f"a profile has the state format {value[0] if value else None}, this version reads {FORMAT}:"
                " run the version that wrote it, or replay into a new TIDEWATCH_NAMESPACE"
            )
        (length,) = struct.unpack_from("<I", value, 1)
        start = 5 + length
        facts = orjson.loads(value[5:start])
        tastes: dict[str, Taste] = {}
        for space, dimensions, latest_ms in facts["tastes"]:
            tastes[space] = Taste(np.frombuffer(value, "<f8", dimensions, start).astype(np.float64), latest_ms)
            start += 8 * dimensions
        return cls(
            reader_id=ReaderId(facts["reader_id"]),
            as_of_ms=facts["as_of_ms"],
            half_life_days=facts["half_life_days"],
            clicks=facts["clicks"],
            entities=_weights(facts["entities"]),
            topics=_weights(facts["topics"]),
            tastes=tastes,
            taken=np.frombuffer(value, "<u8", offset=start).astype(np.uint64),
        )


def click_weight(click: Click) -> float:
    """Return what a click counts for: its kind, times 0.5 to 2 by how long the reader stayed (1 at half a minute)."""
    weight = _KIND_WEIGHTS[click.kind]
    if click.dwell_s is None or weight < 0:
        return weight
    return weight * min(2.0, 0.5 + click.dwell_s / 60.0)


def learn(state: ProfileState, read: Read, half_life_days: float) -> ProfileState:
    """Take a click into a profile; one that was taken before changes nothing."""
    click = read.click
    digest = hashlib.blake2b(click.click_id.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    key = np.uint64(int.from_bytes(digest, "little"))
    if bool((state.taken == key).any()):
        return state
    at_ms = epoch_ms(click.at)
    as_of_ms = max(state.as_of_ms, at_ms) if state.clicks else at_ms
    fading = _decay(as_of_ms - state.as_of_ms, half_life_days) if state.clicks else 1.0
    weight = click_weight(click) * _decay(as_of_ms - at_ms, half_life_days)
    topics = {topic: (weight * probability, topic) for topic, probability in read.topics.items()}
    entities = {str(e): (weight * relevance, read.names.get(e, str(e))) for e, relevance in read.entities.items()}
    return replace(
        state,
        as_of_ms=as_of_ms,
        half_life_days=half_life_days,
        clicks=state.clicks + 1,
        entities=_added(state.entities, entities, at_ms, fading, MAX_ENTITIES),
        topics=_added(state.topics, topics, at_ms, fading, MAX_TOPICS),
        tastes=_tasted(state.tastes, read.embedding, at_ms, fading, weight),
        taken=np.append(state.taken, key)[-TAKEN_KEPT:],
    )


def publish(state: ProfileState, at: datetime | None = None) -> Profile:
    """Return the profile as of a moment, the latest click's if none is given: strongest first, then by id.

    Weights are rounded to nine decimals, so that clicks in another order give an equal profile; what a reader dismissed
    more than they read is left out.
    """
    at_ms = state.as_of_ms if at is None else epoch_ms(at)
    fading = _decay(max(0, at_ms - state.as_of_ms), state.half_life_days)
    return Profile(
        reader_id=state.reader_id,
        at=_moment(at_ms),
        clicks=state.clicks,
        entities=_strongest(state.entities, fading, PUBLISHED_ENTITIES),
        topics=_strongest(state.topics, fading, PUBLISHED_TOPICS),
        embedding=_direction(state.tastes),
    )


def _decay(age_ms: int, half_life_days: float) -> float:
    return float(2.0 ** (-age_ms / (half_life_days * DAY_MS)))


def _added(
    known: dict[str, Weight], new: dict[str, tuple[float, str]], at_ms: int, fading: float, limit: int
) -> dict[str, Weight]:
    weights = {key: replace(weight, value=weight.value * fading) for key, weight in known.items()}
    for key, (value, name) in new.items():
        had = weights.get(key, Weight(0.0, name, at_ms))
        named_ms, name = max((had.named_ms, had.name), (at_ms, name))
        weights[key] = Weight(had.value + value, name, named_ms)
    if len(weights) > limit:
        kept = sorted(weights, key=lambda key: (-abs(weights[key].value), key))[:limit]
        weights = {key: weights[key] for key in kept}
    return weights


def _tasted(
    known: dict[str, Taste], embedding: Embedding, at_ms: int, fading: float, weight: float
) -> dict[str, Taste]:
    tastes = {space: replace(taste, sum=taste.sum * fading) for space, taste in known.items()}
    vector = embedding.array().astype(np.float64)  # (D,)
    had = tastes.get(embedding.space)
    if had is None:
        tastes[embedding.space] = Taste(weight * vector, at_ms)
    else:
        tastes[embedding.space] = Taste(had.sum + weight * vector, max(had.latest_ms, at_ms))
    kept = sorted(tastes, key=lambda space: (-tastes[space].latest_ms, space))[:MAX_SPACES]
    return {space: tastes[space] for space in kept}


def _strongest(weights: dict[str, Weight], fading: float, limit: int) -> tuple[Interest, ...]:
    interests = (
        Interest(id=key, name=weight.name, weight=round(weight.value * fading, _DECIMALS))
        for key, weight in weights.items()
    )
    liked = (interest for interest in interests if interest.weight > 0)
    return tuple(sorted(liked, key=lambda interest: (-interest.weight, interest.id))[:limit])


def _direction(tastes: dict[str, Taste]) -> Embedding | None:
    """Return the unit vector of the space that was clicked in last."""
    for space in sorted(tastes, key=lambda name: (-tastes[name].latest_ms, name)):
        norm = float(np.linalg.norm(tastes[space].sum))
        if norm > 0:
            return Embedding.of(space, np.round(tastes[space].sum / norm, _DECIMALS))
    return None


def _moment(at_ms: int) -> datetime:
    return datetime.fromtimestamp(at_ms // 1000, UTC).replace(microsecond=at_ms % 1000 * 1000)


def _rows(weights: dict[str, Weight]) -> list[tuple[str, float, str, int]]:
    return [(key, weight.value, weight.name, weight.named_ms) for key, weight in weights.items()]


def _weights(rows: list[tuple[str, float, str, int]]) -> dict[str, Weight]:
    return {key: Weight(value, name, named_ms) for key, value, name, named_ms in rows}
