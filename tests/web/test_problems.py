"""Errors in words."""

from __future__ import annotations

from typing import Any

import pytest

from tests.web.conftest import Site
from web.problems import MISTAKES_TOLD

WRONG = [f"list-{number}" for number in range(MISTAKES_TOLD + 21)]


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
    ("since", "status", "advice"),
    [
        ("2026-03-02T09:00:00+01:00", 422, True),
        ("2026-03-02T09:00:00+0100", 422, True),
        ("2026-03-02T09:00:00%2B01:00", 200, False),
        ("2026-03-02 09:00", 200, False),
        ("2026-03-02T09:00:00Z", 200, False),
        ("yesterday", 422, False),
    ],
)
async def test_a_plus_that_became_a_blank_is_told(site: Site, since: str, status: int, advice: bool) -> None:
    """Programs write times with +00:00, and few know what an address makes of it."""
    answer = await site.client.get(f"/v1/alerts?since={since}")
    assert answer.status_code == status
    assert ("%2B" in answer.text) is advice


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PUT", "/v1/subscriptions/a", {"name": "A", "channel": {"kind": "stream"}, "matchers": {"topics": WRONG}}),
        ("PUT", "/v1/silences/a", {"ends_at": "2026-03-02T18:00:00Z", "matchers": {"severities": WRONG}}),
        ("POST", "/v1/subscriptions/preview", dict.fromkeys(WRONG)),
    ],
)
async def test_of_very_many_mistakes_the_first_are_told(site: Site, method: str, path: str, body: object) -> None:
    """A list of the wrong names gets an answer that can be read, and that says how many more there are."""
    answer = await site.client.request(method, path, json=body)
    assert answer.status_code == 422
    assert answer.json()["detail"].endswith(f"; and {len(WRONG) - MISTAKES_TOLD} more")
    assert len(answer.json().get("mistakes", [])) in (0, MISTAKES_TOLD)
    few = await site.client.put("/v1/silences/a", json={"matchers": {"topics": ["a", "b"]}, "ends_at": "soon"})
    assert " more" not in few.json()["detail"]


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
