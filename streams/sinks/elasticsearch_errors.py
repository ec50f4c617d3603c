"""Errors of the Elasticsearch client, turned into ours."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from elastic_transport import TransportError
from elasticsearch import ApiError, UnsupportedProductError

from streams.errors import IndexUnavailable, MisconfiguredError

PATIENCE = frozenset(
    {
        "cluster_block_exception",
        "es_rejected_execution_exception",
        "unavailable_shards_exception",
        "validation_exception",
    }
)
"""What says, under any status, that the same request will be taken later: a full disk's block, a full queue, as many
shards as the cluster may have."""


def asks_for_patience(status: int, kind: str | None) -> bool:
    """Say whether an answer, by its HTTP status and type of error, means: later."""
    return status in (408, 429) or status >= 500 or kind in PATIENCE


@contextmanager
def translated(url: str) -> Iterator[None]:
    """Raise ours for the client's errors.

    Raises:
        IndexUnavailable: the cluster does not answer, or asks for patience.
        MisconfiguredError: it refuses the credentials or the request, or is no Elasticsearch.
    """
    where = f"Elasticsearch at {url}"
    try:
        yield
    except UnsupportedProductError as error:
        raise MisconfiguredError(
            f"what answers at {url} is no Elasticsearch 9: see TIDEWATCH_ELASTICSEARCH_URL"
        ) from error
    except ApiError as error:
        if asks_for_patience(error.status_code, error.error):
            raise IndexUnavailable(f"{where} asks for patience: {error}") from error
        if error.status_code in (401, 403):
            advice = "see TIDEWATCH_ELASTICSEARCH_API_KEY, or _USERNAME and _PASSWORD"
            raise MisconfiguredError(f"{where} refuses the credentials ({advice}): {error}") from error
        raise MisconfiguredError(f"{where} refuses a request: {error}") from error
    except TransportError as error:
        raise IndexUnavailable(f"{where} does not answer: {error}") from error
