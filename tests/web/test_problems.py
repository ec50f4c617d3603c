"""Errors in words."""

from __future__ import annotations

from typing import Any

import pytest

from tests.web.conftest import Site


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("/v1/articles?lable=negative", "query.lable: there is no such parameter; this takes cursor, entity, label,"),
        ("/v1/articles?label=negative&label=positive", "query.label: it is given more than once; give one value"),
        ("/v1/alerts?serverity=high", "query.serverity: there is no such parameter; this takes cursor, entity, limit"),
        ("/v1/precision?rule=x", "query.rule: there is no such parameter; this takes none"),
        ("/v1/articles?entity=", "query.entity: String should have at least 1 character"),
        ("/v1/articles?topic=", "query.topic: String should have at least 1 character"),
        ("/v1/articles?source=", "query.source: String should have at least 1 character"),
        ("/v1/articles?label=", "query.label: Input should be 'negative'"),
        ("/v1/sentiment?topic=", "query.topic: String should have at least 1 character"),
        ("/v1/alerts?entity=", "query.entity: String should have at least 1 character"),
        ("/v1/alerts?rule=", "query.rule: String should have at least 1 character"),
        ("/v1/deliveries?subscription=", "query.subscription: String should have at least 1 character"),
        ("/v1/articles?limit=0", "query.limit: Input should be greater than or equal to 1"),
    ],
)
async def test_a_parameter_that_would_be_passed_over_is_refused(site: Site, path: str, told: str) -> None:
    """A filter that is misspelt, doubled or empty does not change an answer without a word."""
    answer = await site.client.get(path)
    assert answer.status_code == 422
    assert answer.json()["detail"].startswith(told)


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({"content": b"{'kind': 1}", "headers": {"Content-Type": "application/json"}}, "body: it is not JSON: "),
        ({"data": {"kind": "useful"}}, "body: it came as application/x-www-form-urlencoded; send JSON with Content-"),
        ({"json": "useful"}, "body: Input should be a valid dictionary or object"),
        ({"json": {"kind": "useful", "note": "x"}}, "body.note: Extra inputs are not permitted"),
    ],
)
async def test_a_body_that_cannot_be_read_is_told_apart(site: Site, body: dict[str, Any], told: str) -> None:
    """What is no JSON, what is not sent as JSON and what has a field too many each say what to mend."""
    answer = await site.client.post("/v1/alerts/e1/responses", **body)
    assert answer.status_code == 422
    assert answer.json()["detail"].startswith(told)
