"""A signed cookie instead of a key in every request: the console's session, kept by nobody but the browser."""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime, timedelta

from streams.settings import Settings

COOKIE = "tidewatch_session"
LASTS = timedelta(hours=12)


def sign_session(settings: Settings, now: datetime) -> str:
    """Return the value of a cookie that opens the console until `now` plus 12 hours."""
    until = str(int((now + LASTS).timestamp()))
    return f"{until}.{_signature(settings, until)}"


def opens(settings: Settings, cookie: str | None, now: datetime) -> bool:
    """Say whether a cookie opens the console; without keys it is open. A changed set of keys ends every session."""
    if not settings.api_keys:
        return True
    until, _, signature = (cookie or "").partition(".")
    if not until.isdecimal() or not hmac.compare_digest(signature.encode(), _signature(settings, until).encode()):
        return False
    return int(until) >= now.timestamp()


def _signature(settings: Settings, until: str) -> str:
    keys = "\n".join(f"{name}={key.get_secret_value()}" for name, key in sorted(settings.api_keys.items()))
    secret = hashlib.sha256(f"tidewatch-session\n{keys}".encode()).digest()
    return hmac.new(secret, until.encode(), hashlib.sha256).hexdigest()
