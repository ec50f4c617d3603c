"""Bulk requests to Elasticsearch, with an answer for each document."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from elasticsearch import ApiError, AsyncElasticsearch

from streams.errors import IndexUnavailable, MisconfiguredError
from streams.sinks.documents import Operation
from streams.sinks.elasticsearch_errors import asks_for_patience
from streams.sinks.index import Outcome, Written

ANSWERS = "items.*.status,items.*.error.type,items.*.error.reason,items.*.error.caused_by.reason"


async def write_operations(client: AsyncElasticsearch, operations: Sequence[Operation | str]) -> list[Outcome]:
    """Write, and return an outcome for each; a string in place of an operation says why it is refused beforehand.

    Raises:
        IndexUnavailable: some document has to wait; the others may be written already, and are stale the next time.
        MisconfiguredError: the cluster does not let us write.
        ApiError, TransportError: the request as a whole failed.
    """
    answers = iter(await _write(client, [each for each in operations if isinstance(each, Operation)]))
    return [Outcome(Written.REJECTED, each) if isinstance(each, str) else next(answers) for each in operations]


async def _write(client: AsyncElasticsearch, operations: Sequence[Operation]) -> list[Outcome]:
    if not operations:
        return []
    # The client sends bytes as they are, whatever its annotation says.
    lines: list[Any] = [line for operation in operations for line in (operation.action, operation.source)]
    try:
        answer = await client.bulk(operations=lines, filter_path=ANSWERS)
    except ApiError as error:
        # Too large, or spoilt by one of the documents: smaller requests tell which.
        if error.status_code not in (400, 413) or asks_for_patience(error.status_code, error.error):
            raise
        if len(operations) == 1:
            return [Outcome(Written.REJECTED, f"Elasticsearch refuses the request: {error}")]
        middle = len(operations) // 2
        return await _write(client, operations[:middle]) + await _write(client, operations[middle:])
    return [_outcome(result) for item in answer["items"] for result in item.values()]


def _outcome(result: dict[str, Any]) -> Outcome:
    status, error = int(result["status"]), result.get("error", {})
    if status < 300:
        return Outcome(Written.NEW)
    if status == 409:
        return Outcome(Written.STALE)
    reason = f"{error.get('type')}: {error.get('reason')}"
    if cause := error.get("caused_by", {}).get("reason"):
        reason = f"{reason} ({cause})"
    if asks_for_patience(status, error.get("type")):
        raise IndexUnavailable(f"Elasticsearch cannot write now: {reason}")
    if status in (401, 403, 404):
        raise MisconfiguredError(f"Elasticsearch does not let us write: {reason}")
    return Outcome(Written.REJECTED, reason)
