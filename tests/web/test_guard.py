"""What every answer carries, and every request must show."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.web.conftest import Site
from web.guard import MAX_REQUEST_BYTES


async def test_every_answer_names_what_may_be_loaded(site: Site) -> None:
    """An answer lets a browser load nothing from elsewhere, and be framed by nobody."""
    policy = (await site.client.get("/v1/articles")).headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy


async def test_without_keys_only_this_machine_is_served(site: Site, locked_site: Site) -> None:
    """A name that another site points at this machine is refused; with keys, any name may be used."""
    foreign = {"Host": "rebound.example"}
    answer = await site.client.get("/v1/articles", headers=foreign)
    assert (answer.status_code, answer.headers["content-type"]) == (421, "application/problem+json")
    assert (await locked_site.client.get("/v1/articles", headers=foreign | {"X-API-Key": "r-key"})).status_code == 200
    assert (await site.client.get("/v1/articles", headers={"Host": "[::1]:8600"})).status_code == 200


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "/v1/nothing", 404), ("PUT", "/v1/articles", 405)])
async def test_unknown_paths_are_problems(site: Site, method: str, path: str, status: int) -> None:
    """What the API does not have is answered as its other errors are, and says what there is."""
    answer = await site.client.request(method, path)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    assert answer.json()["status"] == status
    if status == 405:
        assert answer.headers["allow"] == "GET, POST"


async def _in_parts(size: int) -> AsyncIterator[bytes]:
    """Send a body without saying how long it is."""
    for _ in range(0, size, 1_000_000):
        yield b"[" * 1_000_000


@pytest.mark.parametrize("told", [True, False], ids=["length told", "in parts"])
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PUT", "/v1/subscriptions/x"),
        ("POST", "/v1/subscriptions/preview"),
        ("PUT", "/v1/silences/x"),
        ("POST", "/v1/alerts/x/responses"),
        ("POST", "/v1/articles"),
    ],
)
async def test_no_body_is_taken_over_the_cap(site: Site, method: str, path: str, told: bool) -> None:
    """A body over the cap is refused wherever it is sent, by its length or once it has come so far."""
    size = MAX_REQUEST_BYTES + 1_000_000
    content = b"[" * size if told else _in_parts(size)
    answer = await site.client.request(method, path, content=content, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.headers["content-type"]) == (413, "application/problem+json")
    assert "8,000,000 bytes" in answer.json()["detail"]
    assert "content-security-policy" in answer.headers


async def test_a_body_of_the_cap_itself_is_taken(site: Site) -> None:
    """What is as large as may be is judged by what it holds."""
    content = b'{"kind": "useful"}'.ljust(MAX_REQUEST_BYTES)
    headers = {"Content-Type": "application/json"}
    assert (await site.client.post("/v1/alerts/x/responses", content=content, headers=headers)).status_code == 404
