"""The model port: articles in, enrichments out, many at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from streams.enrichment import Enrichment
from streams.records import Article


class Model(Protocol):
    """Read articles. Not thread-safe: one thread owns it."""

    @property
    def version(self) -> str:
        """Name weights, heads and gazetteer together."""
        ...

    @property
    def space(self) -> str:
        """Name the space of the embeddings; vectors of two spaces are never compared."""
        ...

    @property
    def dimensions(self) -> int:
        """Return the length D of an embedding."""
        ...

    def enrich(self, articles: Sequence[Article]) -> list[Enrichment]:
        """Return one enrichment for each article, in order.

        The answer for an article does not depend on the others in the call (to 1e-4 in float32, to 2e-3 in half).

        Raises:
            ModelBusy: the device had no memory even for the smallest batch.
        """
        ...
