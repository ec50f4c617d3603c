"""The error tree. A leaf is retryable (the world may heal) or permanent (the input never will).

TidewatchError
├── RetryableError            try again later; the input is kept
│   ├── IndexUnavailable      the index did not answer, or asked for patience
│   ├── BrokerUnavailable     the broker did not answer
│   ├── FeedUnavailable       a news feed did not answer
│   └── ModelBusy             the model ran out of memory at the smallest batch
└── PermanentError            trying again cannot help
    ├── UnreadableInput       one message cannot be taken (carries the reason for the dead-letter topic)
    ├── WeightsMismatch       a weight file is not the one that was named
    ├── DataMissing           a file or folder that was asked for is not there
    └── MisconfiguredError    settings and the world disagree; a person has to choose
"""

from __future__ import annotations

from enum import StrEnum


class DeadLetterReason(StrEnum):
    """Say why a message was put aside. The value is stable: dashboards and `tidewatch dlq` filter on it."""

    EMPTY = "empty"
    NULL = "null"
    NOT_UTF8 = "not_utf8"
    NOT_JSON = "not_json"
    NESTED_TOO_DEEP = "nested_too_deep"
    WRONG_TYPE = "wrong_type"
    MISSING_TEXT = "missing_text"
    TOO_LARGE = "too_large"
    IMPOSSIBLE_DATE = "impossible_date"
    OUTPUT_TOO_LARGE = "output_too_large"
    REJECTED_BY_INDEX = "rejected_by_index"
    KILLS_PROCESS = "kills_process"
    UNKNOWN_FORMAT = "unknown_format"
    MODEL_FAILED = "model_failed"


class TidewatchError(Exception):
    """Be the root of every error that this project raises on purpose."""


class RetryableError(TidewatchError):
    """Say that the same call may work later."""


class IndexUnavailable(RetryableError):
    """Say that the index did not answer, or asked for patience."""


class BrokerUnavailable(RetryableError):
    """Say that the broker did not answer."""


class FeedUnavailable(RetryableError):
    """Say that a news feed did not answer, or answered with a server error."""

    def __init__(self, message: str, retry_after_s: float | None = None) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class ModelBusy(RetryableError):
    """Say that the device had no memory even for the smallest batch."""


class PermanentError(TidewatchError):
    """Say that trying again cannot help."""


class UnreadableInput(PermanentError):
    """Say that one message cannot be taken, with the reason for its dead letter."""

    def __init__(self, reason: DeadLetterReason, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail


class WeightsMismatch(PermanentError):
    """Say that a weight file's digest is not the one that was named."""


class DataMissing(PermanentError):
    """Say that a file or folder that was asked for is not there, and what would bring it."""


class MisconfiguredError(PermanentError):
    """Say that settings and the world disagree, and what a person can do."""
