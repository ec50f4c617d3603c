"""The arithmetic of a reader's interests: decayed weights of entities and topics, and one interest vector.

Weights are decayed to the time of the latest click, by event time, so that the order in which clicks arrive does not
matter. A click costs O(1): the sets are bounded. A click that was taken before changes nothing.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from typing import Literal, TypeVar

import numpy as np
import numpy.typing as npt

from streams.decoding import decode_record, encode_record
from streams.identity import digest_of
from streams.records import Click, Embedding, EntityId, Interest, Moment, Profile, Read, ReaderId, Record

KIND_WEIGHTS: Mapping[str, float] = {"open": 1.0, "read": 2.0, "share": 3.0, "save": 3.0, "dismiss": -1.0}
FULL_DWELL_S = 60.0
"""Dwelling this long doubles a click's weight; longer adds nothing (people leave tabs open)."""
ENTITIES_AT_MOST, TOPICS_AT_MOST = 300, 60
TAKEN_AT_MOST = 512
PUBLISHED_AT_MOST = 50
_TOKEN_CHARS = 12

KeyT = TypeVar("KeyT", bound=str)


class ProfileState(Record):
    """Be the state behind a profile, about 20 kB at most."""

    format: Literal[1] = 1
    reader_id: ReaderId
    at: Moment | None = None
    """The latest click: the time to which the weights are decayed."""
    clicks: int = 0
    entities: tuple[tuple[EntityId, float], ...] = ()
    names: dict[EntityId, str]
    topics: tuple[tuple[str, float], ...] = ()
    space: str = ""
    vector: str = ""
    """base64 of little-endian float32: the decayed sum of the articles' embeddings, not normalised."""
    taken: str = ""
    """The beginnings of the digests of the clicks taken last, one after the other."""

    @classmethod
    def new(cls, reader_id: ReaderId) -> ProfileState:
        """Return the state of a reader who has not clicked yet."""
        return cls(reader_id=reader_id, names={})

    def to_bytes(self) -> bytes:
        """Write as a table value."""
        return encode_record(self)

    @classmethod
    def from_bytes(cls, value: bytes) -> ProfileState:
        """Read a table value."""
        return decode_record(cls, value)


def click_weight(click: Click) -> float:
    """Return what a click weighs by its kind and dwell."""
    dwell = min(click.dwell_s or 0.0, FULL_DWELL_S) / FULL_DWELL_S
    return KIND_WEIGHTS[click.kind] * (1.0 + dwell)


def learn(state: ProfileState, read: Read, half_life_days: float) -> ProfileState:
    """Take one click with its article's features; the same click again returns the state unchanged.

    An embedding of another space starts the interest vector anew: vectors of two spaces are never added.
    """
    token = digest_of(read.click.click_id)[:_TOKEN_CHARS]
    if token in _tokens(state.taken):
        return state
    at = max(read.click.at, state.at or read.click.at)
    old = _decay(state.at, at, half_life_days) if state.at else 0.0
    weight = click_weight(read.click) * _decay(read.click.at, at, half_life_days)
    entities = _added(dict(state.entities), old, read.entities, weight, ENTITIES_AT_MOST)
    names = state.names | read.names
    return ProfileState(
        reader_id=state.reader_id,
        at=at,
        clicks=state.clicks + 1,
        entities=entities,
        names={entity: names[entity] for entity, _ in entities if entity in names},
        topics=_added(dict(state.topics), old, read.topics, weight, TOPICS_AT_MOST),
        space=read.embedding.space,
        vector=_pack(_sum(state, old, read.embedding, weight)),
        taken=(state.taken + token)[-TAKEN_AT_MOST * _TOKEN_CHARS :],
    )


def publish(state: ProfileState) -> Profile:
    """Return the profile as of the latest click, strongest interests first.

    Raises:
        ValueError: the state has taken no click yet.
    """
    if state.at is None:
        raise ValueError(f"reader {state.reader_id!r} has not clicked yet: there is nothing to publish")
    vector = _unpack(state.vector)
    norm = float(np.linalg.norm(vector))
    return Profile(
        reader_id=state.reader_id,
        at=state.at,
        clicks=state.clicks,
        entities=_strongest(state.entities, state.names),
        topics=_strongest(state.topics, {}),
        embedding=Embedding.of(state.space, vector / norm) if norm > 0 else None,
    )


def _decay(since: Moment, until: Moment, half_life_days: float) -> float:
    days = (until - since).total_seconds() / 86_400.0
    return float(0.5 ** (days / half_life_days))


def _added(
    weights: dict[KeyT, float], old: float, features: Mapping[KeyT, float], weight: float, most: int
) -> tuple[tuple[KeyT, float], ...]:
    decayed = {key: value * old for key, value in weights.items()}
    for key, strength in features.items():
        decayed[key] = decayed.get(key, 0.0) + weight * strength
    ranked = sorted(decayed.items(), key=lambda item: (-abs(item[1]), item[0]))
    return tuple(ranked[:most])


def _strongest(weights: Sequence[tuple[str, float]], names: Mapping[EntityId, str]) -> tuple[Interest, ...]:
    positive = [(key, value) for key, value in weights if value > 0]
    # Rounded, so that sums taken in another order rank alike.
    liked = sorted(positive, key=lambda item: (-round(item[1], 9), item[0]))
    return tuple(
        Interest(id=key, name=names.get(EntityId(key), key), weight=value) for key, value in liked[:PUBLISHED_AT_MOST]
    )


def _sum(state: ProfileState, old: float, embedding: Embedding, weight: float) -> npt.NDArray[np.float32]:
    added = embedding.array() * np.float32(weight)  # (D,)
    if state.space != embedding.space or not state.vector:
        return added
    return _unpack(state.vector) * np.float32(old) + added


def _pack(vector: npt.NDArray[np.float32]) -> str:
    return base64.b64encode(vector.astype("<f4").tobytes()).decode("ascii")


def _unpack(packed: str) -> npt.NDArray[np.float32]:
    return np.frombuffer(base64.b64decode(packed), dtype="<f4").astype(np.float32)


def _tokens(taken: str) -> set[str]:
    return {taken[at : at + _TOKEN_CHARS] for at in range(0, len(taken), _TOKEN_CHARS)}
