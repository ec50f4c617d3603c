"""Drafts: what is wrong in them, in words."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from alerts.notifications.drafts import Drafted, Mistake, draft_subscription
from models.topics import NAMES
from streams.subscriptions import SubscriptionId
from tests.alerts.receivers.endpoint import SECRET

HOOK = "https://hooks.desk.example/in"


def _draft(**chosen: Any) -> Drafted | tuple[Mistake, ...]:
    return draft_subscription(
        {"name": "Food", "channel": {"kind": "stream"}} | chosen,
        SubscriptionId("food"),
        current=None,
        fresh_secret=SECRET,
        now=datetime(2026, 3, 2, 15, 0, tzinfo=UTC),
        allow_private=False,
        topics=NAMES,
    )


@pytest.mark.parametrize(
    ("chosen", "path", "words"),
    [
        ({"matchers": {"entities": "demo:quillon"}}, "matchers.entities", "write a list, such as [one, two]"),
        ({"channel": {"kind": "email", "to": "a@desk.example"}}, "channel.to", "write a list, such as [one, two]"),
        ({"matchers": ["demo:quillon"]}, "matchers", "write fields with their values"),
        ({"matchers": {"labels": ["desk"]}}, "matchers.labels", "write fields with their values"),
        ({"channel": "stream"}, "channel", "write fields with their values"),
        ({"channel": {"url": HOOK}}, "channel", "write its `kind`: webhook, slack, email, topic or stream"),
        ({"digest_at": "8"}, "digest_at", "write a time of day in quotes"),
        ({"max_per_hour": "many"}, "max_per_hour", "Input should be a valid integer"),
    ],
)
def test_a_mistake_is_told_in_plain_words(chosen: dict[str, Any], path: str, words: str) -> None:
    """Who writes JSON or YAML need not know what a tuple is, or an instance."""
    mistakes = _draft(**chosen)
    assert isinstance(mistakes, tuple)
    (mistake,) = mistakes
    assert mistake.where == path
    assert mistake.message.startswith(words)


@pytest.mark.parametrize(
    ("chosen", "path"),
    [
        ({"reader_id": "\ud800"}, "reader_id"),
        ({"matchers": {"entities": ["a", "\ude00"]}}, "matchers.entities.1"),
        ({"matchers": {"watchlists": ["\ud800"]}}, "matchers.watchlists.0"),
        ({"matchers": {"series": ["\ud800"]}}, "matchers.series.0"),
        ({"matchers": {"rules": ["\ud800"]}}, "matchers.rules.0"),
        ({"matchers": {"labels": {"desk": "\ud800"}}}, "matchers.labels.desk"),
        ({"matchers": {"labels": {"\ud800": "food"}}}, "matchers.labels"),
        ({"template": "\ud800"}, "template"),
    ],
)
def test_half_a_character_has_a_place(chosen: dict[str, Any], path: str) -> None:
    """JSON and YAML can write one half of a pair, which could not be published."""
    mistakes = _draft(**chosen)
    assert isinstance(mistakes, tuple)
    (mistake,) = mistakes
    assert mistake.where.startswith(path)
    assert "half of a character" in mistake.message


@pytest.mark.parametrize("secret", ["whsec_ügeheim", "\ud800", "whsec_\ud800"])
def test_a_secret_that_is_not_ascii_has_a_place(secret: str) -> None:
    """It is no base64, and is told without what it says."""
    mistakes = _draft(channel={"kind": "webhook", "url": HOOK, "secrets": [secret]})
    assert isinstance(mistakes, tuple)
    assert mistakes[0].where == "channel.secrets.0"
    assert "geheim" not in "".join(mistake.message for mistake in mistakes)


def test_a_whole_character_is_kept() -> None:
    """Also one past U+FFFF, which JSON in ASCII writes as two halves."""
    drafted = _draft(reader_id="😀", matchers={"labels": {"😀": "é"}})
    assert isinstance(drafted, Drafted)
    assert drafted.subscription.reader_id == "😀"
