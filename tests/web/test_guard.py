"""What every answer carries, and every request must show."""

from __future__ import annotations

import pytest

from tests.web.conftest import Site


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
