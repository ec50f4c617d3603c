"""What an HTTP answer means for the next try. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from yarl import URL

from alerts.receivers.receiver import Attempt
from streams.retry_after import retry_after_s

MAX_RETRY_AFTER_S = 86_400.0
"""An endpoint cannot put us off for longer: a mistaken date would lose the message."""
QUOTED_CHARS = 200
SECRET_CHARS = 6
"""Parts of an address so long or longer are struck from what is quoted."""


@dataclass(frozen=True, slots=True)
class Verdicts:
    """Say which statuses end the matter; every other beside 2xx is worth another try (Standard Webhooks 1.0.0)."""

    gone: frozenset[int] = frozenset((410,))
    refused: frozenset[int] = frozenset()


def judge(status: int, retry_after: str | None, said: str, verdicts: Verdicts, now: datetime) -> Attempt:
    """Turn a status into an attempt.

    Args:
        status: of the answer. A redirect is a failure: it would lead past the check of the address.
        retry_after: the header, as it came.
        said: the beginning of the body, fit to be shown.
        verdicts: what the kind of channel says of its statuses.
        now: for a Retry-After that names a date.
    """
    if 200 <= status < 300:
        return Attempt("delivered", status)
    detail = f"status {status}, a redirect, which is not followed" if 300 <= status < 400 else f"status {status}"
    detail = f"{detail}: {said}" if said else detail
    if status in verdicts.gone:
        return Attempt("gone", status, detail)
    if status in verdicts.refused:
        return Attempt("refused", status, detail)
    return Attempt("failed", status, detail, retry_after_s(retry_after, now, MAX_RETRY_AFTER_S))


def quote(body: bytes, address: URL) -> str:
    """Return the beginning of an answer in printable characters, without what only the address's owner knows."""
    text = "".join(c if c.isprintable() else " " for c in body.decode("utf-8", "replace"))
    parts = {address.raw_path_qs, address.path_qs, *address.raw_parts, *address.parts}
    for name, value in address.query.items():
        parts |= {name, value}
    for part in sorted(parts, key=len, reverse=True):
        if len(part) >= SECRET_CHARS:
            text = text.replace(part, "…")
    return " ".join(text.split())[:QUOTED_CHARS]
