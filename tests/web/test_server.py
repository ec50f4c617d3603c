"""The application as a whole."""

from __future__ import annotations

import pytest

from tests.web.conftest import Site


async def test_the_interface_describes_itself(site: Site) -> None:
    """The OpenAPI document names every path; every operation has words, and its errors are problem documents."""
    document = (await site.client.get("/openapi.json")).json()
    paths = document["paths"]
    assert {"/v1/articles", "/v1/clicks", "/v1/alerts/live", "/v1/readers/{reader_id}/interests", "/health"} <= set(
        paths
    )
    for path, operations in paths.items():
        for operation in operations.values():
            assert operation.get("description"), path
            assert "application/problem+json" in operation["responses"]["4XX"]["content"], path
    body = paths["/v1/articles"]["post"]["requestBody"]["content"]
    assert body["application/json"]["example"]["title"]
    assert set(document["components"]["securitySchemes"]) == {"HTTPBearer", "APIKeyHeader"}


@pytest.mark.parametrize(
    ("method", "path", "status", "kind"),
    [
        ("put", "/v1/subscriptions/{subscription_id}", "201", "application/json"),
        ("put", "/v1/subscriptions/{subscription_id}", "200", "application/json"),
        ("put", "/v1/silences/{silence_id}", "201", "application/json"),
        ("put", "/v1/silences/{silence_id}", "200", "application/json"),
        ("get", "/metrics", "200", "text/plain"),
        ("get", "/v1/alerts/live", "200", "text/event-stream"),
        ("get", "/v1/subscriptions/{subscription_id}/stream", "200", "text/event-stream"),
    ],
)
async def test_the_interface_says_what_it_answers(site: Site, method: str, path: str, status: str, kind: str) -> None:
    """Each status and type that is answered where all is well is in the document, and no other type."""
    answers = (await site.client.get("/openapi.json")).json()["paths"][path][method]["responses"]
    assert list(answers[status]["content"]) == [kind]
    assert answers[status]["content"][kind]["schema"]
