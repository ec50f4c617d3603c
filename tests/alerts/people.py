"""Alerts and subscriptions about invented companies, for the tests of what people are told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from streams.alerting import AlertTransition
from streams.identity import digest_of
from streams.subscriptions import Silence, Subscription

NOW = datetime(2026, 3, 2, 14, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def alert(name: str = "harbourline", revision: int = 0, **fields: Any) -> AlertTransition:
    """Return one step of an episode of a name: its opening, unless `fields` say otherwise."""
    at = fields.pop("at", NOW)
    episode = fields.pop("episode_id", f"episode-{name}")
    given = {
        "transition_id": digest_of("transition", episode, str(revision)),
        "episode_id": episode,
        "series": f"entity:{name}",
        "entity_id": name,
        "name": name.title(),
        "kind": "opened" if revision == 0 else "updated",
        "revision": revision,
        "rule": "negative-spike",
        "severity": "medium",
        "opened_at": at,
        "at": at,
        "received_at": at,
        "observed": 6,
        "expected": 0.5,
        "window_s": 21_600,
        "p_value": 1e-5,
        "rarity_days": 120,
        "stories": 6,
        "articles": 9,
        "evidence": [
            {
                "article_id": f"{name}-{n}",
                "title": f"{name.title()} misses",
                "sentence": f"{name.title()} missed its target for the {n}th time.",
                "url": f"https://wire.example/{name}/{n}",
                "source": "wire",
                "at": at,
                "score": -0.8,
            }
            for n in range(5)
        ],
        "model": "test",
        "detector": "test",
    }
    return AlertTransition.model_validate(given | fields)


def subscription(key: str = "desk", **fields: Any) -> Subscription:
    """Return a subscription to everything, each alert at once, on the topic."""
    given = {
        "subscription_id": key,
        "name": f"Desk {key}",
        "channel": {"kind": "topic"},
        "updated_at": NOW - timedelta(days=1),
    }
    return Subscription.model_validate(given | fields)


def silence(key: str = "quiet", **fields: Any) -> Silence:
    """Return a silence of everything, for an hour from `NOW`."""
    given = {
        "silence_id": key,
        "matchers": {},
        "starts_at": NOW,
        "ends_at": NOW + timedelta(hours=1),
        "author": "ops",
        "comment": "migration",
    }
    return Silence.model_validate(given | fields)
