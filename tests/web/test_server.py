"""The application as a whole."""

from __future__ import annotations

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
