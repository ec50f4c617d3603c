"""Story vectors: an article's embedding in 66 bytes, near for rewrites that share few words.

A seeded random projection keeps cosines (Johnson and Lindenstrauss 1984; Achlioptas 2003 for the signs): with 64
dimensions the standard error of a cosine near 0.9 is about 0.03.
"""

from __future__ import annotations

import base64
import hashlib
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from streams.enrichment import Embedding

DIMENSIONS = 64
SCALE = 256.0
"""A component of a unit vector of 64 dimensions is about 1/8; times this it fits into a signed byte."""

StoryVector = npt.NDArray[np.int8]
"""Shape (64,)."""


def story_vector_of(embedding: Embedding) -> str:
    """Return base64 of two bytes that name the space, then 64 signed bytes."""
    vector = embedding.array()  # (D,)
    projected = vector @ _signs(len(vector))  # (64,)
    norm = float(np.linalg.norm(projected))
    scaled = projected * (SCALE / norm) if norm > 0 else projected
    packed = np.clip(np.rint(scaled), -127, 127).astype(np.int8).tobytes()
    space = hashlib.blake2b(embedding.space.encode(), digest_size=2).digest()
    return base64.b64encode(space + packed).decode("ascii")


def unpack(story_vector: str | None) -> tuple[int, StoryVector] | None:
    """Return the number of the space, never 0, and the vector; None where there is none of this length."""
    data = base64.b64decode(story_vector) if story_vector else b""
    if len(data) != 2 + DIMENSIONS:
        return None
    return int.from_bytes(data[:2], "little") | 1, np.frombuffer(data, dtype=np.int8, offset=2)


@lru_cache(maxsize=8)
def _signs(dimensions: int) -> npt.NDArray[np.float32]:
    # From a hash and not from numpy's generator, whose stream may change: stored vectors must stay comparable.
    bits = np.frombuffer(hashlib.shake_256(b"story vector").digest(dimensions * DIMENSIONS // 8), dtype=np.uint8)
    return np.unpackbits(bits).reshape(dimensions, DIMENSIONS).astype(np.float32) * 2 - 1  # (D, 64)
