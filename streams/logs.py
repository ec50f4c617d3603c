"""Structured logs: readable lines on a terminal, JSON elsewhere; what the libraries log goes the same way."""

from __future__ import annotations

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog
from aiokafka.errors import KafkaConnectionError

from streams.errors import TidewatchError
from streams.settings import Settings

QUIET = (
    "aiokafka",
    "faust",
    "mode",
    "elastic_transport",
    "httpx",
    "httpcore",
    "asyncio",
    "uvicorn.access",
    "uvicorn.error",
    "watchfiles",
    # Classes of Faust that these modules extend log under the modules' names.
    "streams.tables",
    "streams.transport",
)
_QUIET_TREES = tuple(f"{name}." for name in QUIET)
TELLING = (
    "aiokafka.conn",
    "aiokafka.producer",
    "faust.topics",
    "faust.transport.drivers.aiokafka",
    "httpcore",
    "httpx",
)
"""What writes all that it sends: requests to Kafka, one of which holds the password; records, where those of
`subscriptions` hold secrets; and the addresses of feeds, whole."""
REPEAT_AFTER_S = 60.0
MAX_SAID = 1_000
"""Some libraries write numbers and places into the words themselves, so that no two lines are alike."""


class Sparing(logging.Filter):
    """Let what a library repeats through once a minute: while Kafka is away its client says so 500 times a second."""

    def __init__(self) -> None:
        super().__init__()
        self._said: dict[tuple[str, str], tuple[float, int]] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Say whether the record is new, or the first for a minute; then it tells how many like it were left out."""
        if record.exc_info or not f"{record.name}.".startswith(_QUIET_TREES):
            return True
        key = (record.name, str(record.msg))
        said_at, left_out = self._said.get(key, (-REPEAT_AFTER_S, 0))
        if record.created - said_at < REPEAT_AFTER_S:
            self._said[key] = (said_at, left_out + 1)
            return False
        if len(self._said) >= MAX_SAID:
            self._said.clear()
        self._said[key] = (record.created, 0)
        if left_out:
            record.msg, record.args = f"{record.getMessage()} ({left_out:,} more like it were left out)", ()
        return True


def without_traceback(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Say an error that we raise on purpose in its own words: they say what, where and what to do."""
    given = event.get("exc_info")
    error = given[1] if isinstance(given, tuple) else given
    if isinstance(error, TidewatchError | KafkaConnectionError):
        del event["exc_info"]
        event["error"] = f"{type(error).__name__}: {error}"
    return event


def set_up_logs(settings: Settings, **bound: str) -> None:
    """Send every log line to standard error, with the bound values on each."""
    as_json = settings.log_format == "json" or (settings.log_format == "auto" and not sys.stderr.isatty())
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        lambda _logger, _method, event: event | bound,
    ]
    renderer: Any = structlog.processors.JSONRenderer() if as_json else structlog.dev.ConsoleRenderer()
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                without_traceback,
                structlog.processors.format_exc_info,
                renderer,
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(settings.log_level)
    if settings.log_level != "DEBUG":
        handler.addFilter(Sparing())
        for name in QUIET:
            logging.getLogger(name).setLevel(logging.WARNING)
    else:
        for name in TELLING:
            logging.getLogger(name).setLevel(logging.WARNING)
