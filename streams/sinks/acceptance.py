"""What no index takes, said before it is asked: it would refuse the whole request for one such document."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from streams.enrichment import Embedding
from streams.errors import MisconfiguredError
from streams.sinks.index import EmbeddingSpace

MAX_ID_BYTES = 512
"""The limit of Elasticsearch; every index keeps to it, so that what one takes another takes too."""


def refuse_id(value: str) -> str | None:
    """Return why a document cannot have this id, or None where it can."""
    size = len(value.encode("utf-8", errors="surrogatepass"))
    if not size:
        return "the id is empty"
    return f"the id has {size} bytes, and {MAX_ID_BYTES} is the most" if size > MAX_ID_BYTES else None


def refuse_embedding(embedding: Embedding, space: EmbeddingSpace) -> str | None:
    """Return why an index of this space cannot take the embedding, or None where it can."""
    if embedding.space != space.name:
        return f"the embedding lies in {embedding.space!r}, the index keeps {space.name!r}: use a new namespace"
    try:
        vector = embedding.array()
    except ValueError as error:
        return f"the embedding cannot be unpacked: {error}"
    if vector.shape != (space.dimensions,):
        return f"the embedding has {vector.size} dimensions, those of {space.name!r} have {space.dimensions}"
    return None if np.isfinite(vector).all() else "the embedding is not finite"


def unit(vector: npt.NDArray[np.float32]) -> npt.NDArray[np.float32] | None:
    """Return the vector of shape (D,) scaled to length 1, or None where it has no direction."""
    length = float(np.linalg.norm(vector))
    return vector / np.float32(length) if length > 0 else None


def settle_space(embeddings: Iterable[Embedding]) -> EmbeddingSpace | None:
    """Return the space of the first embedding that can be unpacked: an empty index takes it for its own."""
    for embedding in embeddings:
        try:
            size = embedding.array().size
        except ValueError:
            continue
        if size:
            return EmbeddingSpace(embedding.space, size)
    return None


def check_space(kept: EmbeddingSpace | None, wanted: EmbeddingSpace | None, where: str) -> None:
    """Compare the space that an index keeps with the one that is wanted; either may be open yet.

    Raises:
        MisconfiguredError: they differ.
    """
    if kept is not None and wanted is not None and kept != wanted:
        raise MisconfiguredError(
            f"{where} keeps embeddings of {kept.name!r} ({kept.dimensions} dimensions), the model's are of"
            f" {wanted.name!r} ({wanted.dimensions}): set TIDEWATCH_MODEL back, or use a new TIDEWATCH_NAMESPACE"
        )
