"""Endpoints: who shares one."""

from __future__ import annotations

from agents.endpoints import endpoint_of
from tests.alerts.people import subscription


def test_endpoints_are_named_by_where_they_lead() -> None:
    """Two subscriptions to one address share an endpoint; two to the topic do not."""
    hook = {"kind": "webhook", "url": "https://a.example", "secrets": ["whsec_c2VjcmV0"]}
    assert endpoint_of(subscription("a", channel=hook)) == endpoint_of(subscription("b", channel=hook))
    assert endpoint_of(subscription("a")) != endpoint_of(subscription("b"))
    slack = subscription("a", channel={"kind": "slack", "url": "https://hooks.slack.com/x"})
    assert "hooks.slack.com/x" in endpoint_of(slack)
