"""Who may do what."""

from __future__ import annotations

import pytest

from streams.errors import MisconfiguredError
from streams.settings import Settings
from tests.web.conftest import KEYS, Site
from web.keys import is_loopback, name_of, refuse_open_door


@pytest.mark.parametrize(
    ("method", "path", "least"),
    [
        ("GET", "/v1/articles", "read"),
        ("GET", "/v1/alerts", "read"),
        ("GET", "/metrics", "read"),
        ("POST", "/v1/articles", "write"),
        ("POST", "/v1/clicks", "write"),
        ("DELETE", "/v1/readers/r", "admin"),
        ("GET", "/v1/subscriptions", "read"),
        ("GET", "/v1/subscriptions/s", "read"),
        ("PUT", "/v1/subscriptions/s", "write"),
        ("DELETE", "/v1/subscriptions/s", "write"),
        ("POST", "/v1/subscriptions/s/test", "write"),
        ("POST", "/v1/subscriptions/s/secret", "write"),
        ("POST", "/v1/subscriptions/preview", "read"),
        ("GET", "/v1/subscriptions/s/stream", "read"),
        ("GET", "/v1/silences", "read"),
        ("PUT", "/v1/silences/s", "write"),
        ("DELETE", "/v1/silences/s", "write"),
        ("POST", "/v1/alerts/e/responses", "write"),
        ("GET", "/v1/precision", "read"),
        ("GET", "/v1/deliveries", "read"),
        ("GET", "/v1/deliveries/n", "read"),
        ("POST", "/v1/deliveries/n/replay", "write"),
    ],
)
async def test_keys_open_what_their_scope_reaches(locked_site: Site, method: str, path: str, least: str) -> None:
    """Without a key it is 401, below the scope 403; from the scope on it is answered."""
    order = ["read", "write", "admin"]
    client = locked_site.client
    assert (await client.request(method, path)).status_code == 401
    assert (await client.request(method, path, headers={"X-API-Key": "guess"})).status_code == 401
    for scope, key in zip(order, ("r-key", "w-key", "a-key"), strict=True):
        answer = await client.request(method, path, headers={"Authorization": f"Bearer {key}"}, content=b"{}")
        if order.index(scope) < order.index(least):
            assert answer.status_code == 403, (scope, answer.text)
        else:
            assert answer.status_code not in (401, 403), (scope, answer.text)


async def test_the_key_is_asked_for_before_the_body_is_read(locked_site: Site) -> None:
    """Of no operation that takes a body does a stranger hear what is wrong with it, nor whoever may not send it."""
    client = locked_site.client
    paths = (await client.get("/openapi.json")).json()["paths"]
    taking = [
        (method, path.replace("{", "").replace("}", ""))
        for path, operations in paths.items()
        for method, operation in operations.items()
        if "requestBody" in operation
    ]
    assert len(taking) >= 6
    for method, path in taking:
        broken = {"content": b"{cut", "headers": {"Content-Type": "application/json"}}
        assert (await client.request(method, path, **broken)).status_code == 401, path
        broken["headers"] |= {"X-API-Key": "r-key"}  # type: ignore[operator]
        assert (await client.request(method, path, **broken)).status_code in (403, 422), path
    assert (await client.put("/v1/silences/s", **broken)).status_code == 403


def test_off_loopback_keys_are_needed() -> None:
    """The web process refuses to listen for everybody without keys, and says what to set."""
    with pytest.raises(MisconfiguredError, match="TIDEWATCH_API_KEYS"):
        refuse_open_door(Settings(web_host="0.0.0.0"))
    refuse_open_door(Settings(web_host="0.0.0.0", api_keys="desk:read=k"))
    refuse_open_door(Settings(web_host="127.0.0.1"))
    assert is_loopback("::1")
    assert not is_loopback("10.0.0.1")


def test_an_empty_key_is_refused() -> None:
    """A name without a key would let in whoever sends an empty one."""
    with pytest.raises(MisconfiguredError, match="desk:read"):
        refuse_open_door(Settings(api_keys="desk:read="))


def test_half_a_character_is_no_key() -> None:
    """A form can be sent in a coding that has halves of characters: its key is one that is not known."""
    settings = Settings(api_keys=KEYS)
    assert name_of(settings, "\ud800") is None
    assert name_of(settings, "r-key") == "desk:read"
