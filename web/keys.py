"""API keys: who may read, write and administer. Without keys everything is open, which is for loopback only."""

from __future__ import annotations

import hmac
import ipaddress
from collections.abc import Callable, Coroutine
from typing import Annotated, Any, Literal

from fastapi import Depends, HTTPException, Request, Response
from fastapi.routing import APIRoute
from fastapi.security import APIKeyHeader, HTTPAuthorizationCredentials, HTTPBearer

from streams.errors import MisconfiguredError
from streams.settings import Settings

Scope = Literal["read", "write", "admin"]
ANYBODY = "anybody"
_REACH: dict[str, int] = {"read": 0, "write": 1, "admin": 2}
_SCOPES: dict[str, Scope] = {"read": "read", "write": "write", "admin": "admin"}
_BEARER = HTTPBearer(auto_error=False, description="An API key.")
_HEADER = APIKeyHeader(
    name="X-API-Key", auto_error=False, description="An API key, where a bearer token is in the way."
)


def name_of(settings: Settings, key: str) -> str | None:
    """Return the name of a key with its scope, or None for one that is not known; in constant time for each key."""
    found: str | None = None
    for name, secret in settings.api_keys.items():
        if hmac.compare_digest(secret.get_secret_value().encode(), key.encode("utf-8", "surrogatepass")):
            found = name
    return found


def scope_of(name: str | None) -> Scope | None:
    """Return the scope in the name of a key, or None where there is no key."""
    return _SCOPES[name.rsplit(":", 1)[1]] if name is not None else None


def allows(scope: Scope | None, wanted: Scope) -> bool:
    """Say whether a scope reaches as far as is wanted: write reads too, and admin does both."""
    return scope is not None and _REACH[scope] >= _REACH[wanted]


class Require:
    """Be a dependency that lets a request pass only with a key of at least this scope."""

    def __init__(self, wanted: Scope) -> None:
        self._wanted: Scope = wanted

    def __call__(
        self,
        request: Request,
        bearer: Annotated[HTTPAuthorizationCredentials | None, Depends(_BEARER)],
        header: Annotated[str | None, Depends(_HEADER)],
    ) -> None:
        """Check the key of a request.

        Raises:
            HTTPException: 401, there is no key or it is not known; 403, it does not reach so far.
        """
        settings: Settings = request.app.state.settings
        if not settings.api_keys:
            return
        key = header or (bearer.credentials if bearer else None)
        if key is None:
            detail = "send `Authorization: Bearer <key>` or `X-API-Key: <key>`"
            raise HTTPException(401, detail, {"WWW-Authenticate": "Bearer"})
        name = name_of(settings, key)
        scope = scope_of(name)
        if name is None or scope is None:
            raise HTTPException(401, "this key is not known", {"WWW-Authenticate": "Bearer"})
        if not allows(scope, self._wanted):
            raise HTTPException(403, f"the key has the scope {scope}; this needs {self._wanted}")
        request.state.author = name.rsplit(":", 1)[0]


class KeyFirst(APIRoute):
    """Check the key before the body is read: FastAPI reads and parses it before any dependency runs."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return what serves a request."""
        serve = super().get_route_handler()
        checks = [each.dependency for each in self.dependencies if isinstance(each.dependency, Require)]

        async def checked(request: Request) -> Response:
            for check in checks:
                check(request, await _BEARER(request), await _HEADER(request))
            return await serve(request)

        return checked


Read = Depends(Require("read"))
Write = Depends(Require("write"))
Admin = Depends(Require("admin"))


def author_of(request: Request) -> str:
    """Return the name of the key that a request came with; without keys nobody is told from anybody."""
    return str(getattr(request.state, "author", ANYBODY))


Author = Annotated[str, Depends(author_of)]


def refuse_open_door(settings: Settings) -> None:
    """Refuse to listen off loopback without keys, and keys that are empty.

    Raises:
        MisconfiguredError: says what to set.
    """
    empty = sorted(name for name, secret in settings.api_keys.items() if not secret.get_secret_value())
    if empty:
        raise MisconfiguredError(f"TIDEWATCH_API_KEYS gives no key for {', '.join(empty)}: write name:scope=key")
    if settings.api_keys or is_loopback(settings.web_host):
        return
    raise MisconfiguredError(
        f"the web process would listen on {settings.web_host} for everybody: set TIDEWATCH_API_KEYS"
        " (name:scope=key, separated by commas), or TIDEWATCH_WEB_HOST to 127.0.0.1"
    )


def is_loopback(host: str) -> bool:
    """Say whether an address can be reached from this machine only."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
