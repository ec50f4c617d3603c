"""A signed cookie instead of a key in every request: the console's session, kept by nobody but the browser."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import quote, unquote

from streams.settings import Settings
from web.keys import ANYBODY, Scope, allows, scope_of

COOKIE = "tidewatch_session"
LASTS = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Session:
    """Say who looks at the console, and how far that person's key reaches."""

    author: str
    scope: Scope

    @property
    def writes(self) -> bool:
        """Say whether this person may change anything."""
        return allows(self.scope, "write")


def sign_session(settings: Settings, name: str, now: datetime) -> str:
    """Return a cookie that opens the console until `now` plus 12 hours, as far as the named key reaches."""
    content = f"{int((now + LASTS).timestamp())}.{quote(name, safe='')}"
    return f"{content}.{_signature(settings, content)}"


def session_of(settings: Settings, cookie: str | None, now: datetime) -> Session | None:
    """Return the session of a cookie; without keys everything is open. A changed set of keys ends every session."""
    if not settings.api_keys:
        return Session(ANYBODY, "admin")
    content, _, signature = (cookie or "").rpartition(".")
    if not hmac.compare_digest(signature.encode(), _signature(settings, content).encode()):
        return None
    until, _, quoted = content.partition(".")
    name = unquote(quoted)
    scope = scope_of(name)
    if scope is None or int(until) < now.timestamp():
        return None
    return Session(name.rsplit(":", 1)[0], scope)


def _signature(settings: Settings, content: str) -> str:
    keys = "\n".join(f"{name}={key.get_secret_value()}" for name, key in sorted(settings.api_keys.items()))
    secret = hashlib.sha256(f"tidewatch-session\n{keys}".encode()).digest()
    return hmac.new(secret, content.encode(), hashlib.sha256).hexdigest()
