"""A prepared feed for the alert role alone: mentions as enrichment would send them, with bursts of bad news."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
from aiohttp import web

from alerts.detection.tuning import Tuning
from alerts.detection.watch import MemoryStates, Watch
from alerts.rules_file import load_rules
from models import topics
from streams.alerting import AlertTransition, Mention
from streams.decoding import encode_record
from streams.producer import KafkaProducer
from streams.settings import Settings
from streams.subscriptions import Subscription
from streams.topics import FIRST_PARTITION, Topic
from tests.alerts.timelines import background, in_order, spike

NAMES = 40
PER_HOUR = 12.0
WARM_UP = timedelta(hours=20)
BETWEEN_BURSTS = timedelta(minutes=45)
AFTER_BURSTS = timedelta(hours=3)
"""Too short for the last episodes to end: some are open when the feed stops."""
RULES = """rules:
  - {name: negative-spike, kind: negative-spike, budget_per_1000_series_days: 300}
"""
"""A generous budget, so that nearly every burst opens an episode; no rule of the market, which would inhibit them."""
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


@dataclass(frozen=True, slots=True)
class Feed:
    """Hold mentions in their order, and what one undisturbed process makes of them."""

    mentions: Sequence[Mention]
    warm_up: int
    """How many come before the first burst."""
    caused: Sequence[Sequence[AlertTransition]]
    """Of each mention, the steps of episodes that it causes."""

    @property
    def transitions(self) -> dict[str, AlertTransition]:
        """Return every step by its id."""
        return {step.transition_id: step for steps in self.caused for step in steps}


def bursty_feed(bursts: int, seed: int, rules: Path) -> Feed:
    """Make a feed that ends now, with so many bursts of 4 to 14 stories, and watch it in this process."""
    rng = random.Random(seed)
    last = WARM_UP + bursts * BETWEEN_BURSTS
    start = datetime.now(UTC).replace(microsecond=0) - last - AFTER_BURSTS
    hours = (last + AFTER_BURSTS) / timedelta(hours=1)
    parts = [background(start, hours, per_hour=PER_HOUR, negative=0.15, names=NAMES, seed=seed)]
    for place in range(bursts):
        onset = start + WARM_UP + place * BETWEEN_BURSTS + timedelta(minutes=rng.uniform(0, 10))
        parts.append(spike(onset, f"name{place % NAMES}", rng.choice((4, 6, 9, 14)), over=timedelta(hours=2)))
    mentions = in_order(*parts)
    watch = Watch(load_rules(rules, topics.NAMES), MemoryStates(), Tuning())
    return Feed(
        mentions,
        sum(mention.at < start + WARM_UP for mention in mentions),
        [watch.take(mention) for mention in mentions],
    )


def alert_settings(home: Path, namespace: str, **chosen: Any) -> Settings:
    """Return settings of the alert role: the rules of the feed, whose time is older than its arrival, and loopback."""
    rules = home / "rules.yaml"
    rules.write_text(RULES, encoding="utf-8")
    return Settings(
        namespace=namespace,
        data_dir=home,
        rules_file=rules,
        webhook_allow_private=True,
        max_alert_age_s=timedelta(days=30).total_seconds(),
        log_level="WARNING",
        **chosen,
    )


async def send_mention(producer: KafkaProducer, mention: Mention) -> None:
    """Publish a mention as enrichment does."""
    value = encode_record(mention)
    await producer.send(Topic.MENTIONS, key=mention.series.encode(), value=value, partition=FIRST_PARTITION)


def hook_subscription(place: int, entities: Sequence[str], url: str, **chosen: Any) -> Subscription:
    """Return a subscription of a webhook to every step of some names' episodes."""
    fields = {
        "subscription_id": f"desk-{place}",
        "name": f"Desk {place}",
        "matchers": {"entities": list(entities)},
        "channel": {"kind": "webhook", "url": f"{url}/{place}", "secrets": [SECRET]},
        "max_per_hour": 10_000,
        "resolved": True,
        "updated_at": datetime.now(UTC),
    }
    return Subscription.model_validate(fields | chosen)


@dataclass(frozen=True, slots=True)
class Taken:
    """Be one request that a receiver took."""

    at_s: float
    """By the clock of the wall."""
    notification_id: str
    """As the header says."""
    event: dict[str, Any]

    @property
    def subscription_id(self) -> str:
        """Return whom it is for."""
        return str(self.event["subject"])

    @property
    def is_test(self) -> bool:
        """Say whether it is the test of a subscription."""
        return str(self.event["type"]) == "tidewatch.notification.test.v1"

    @property
    def transition_ids(self) -> list[str]:
        """Return the steps that it tells of."""
        return [alert["transition_id"] for alert in self.event["data"]["alerts"]]


async def taken_of(request: web.Request, at_s: float) -> Taken:
    """Read a request."""
    return Taken(at_s, request.headers["webhook-id"], orjson.loads(await request.read()))
