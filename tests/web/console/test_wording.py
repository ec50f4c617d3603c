"""How the console words things."""

from __future__ import annotations

from datetime import timedelta

import pytest

from streams.subscriptions import DeliveryOutcome, Matchers, Response, Silence, Subscription
from tests.web.conftest import NOW, transition
from web.console.wording import (
    age,
    answer_text,
    asked_text,
    bar_lengths,
    clock_time,
    counted,
    full_time,
    matchers_text,
    outcome_text,
    rarity,
    safe_link,
    score_text,
    silence_time,
    surprise,
    topic_text,
)


@pytest.mark.parametrize(
    "url",
    [
        None,
        "",
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        " javascript:alert(1)",
        "data:text/html,x",
        "//elsewhere.example/x",
        "/relative",
        "https://",
        "http://[broken",
    ],
)
def test_only_addresses_of_the_web_are_linked_to(url: str | None) -> None:
    """Whatever is no whole http or https address gets no link."""
    assert safe_link(url) is None


def test_addresses_of_the_web_are_linked_to() -> None:
    """An http or https address is linked to as it is."""
    assert safe_link("https://wire.example/a?b=c#d") == "https://wire.example/a?b=c#d"
    assert safe_link("HTTP://wire.example") == "HTTP://wire.example"


def test_numbers_and_times_read_well() -> None:
    """Scores carry a true minus, counts no needless digits, ages their largest unit."""
    assert (score_text(-0.5), score_text(0.25)) == ("−0.50", "+0.25")
    assert [age(s) for s in (-5, 59, 60, 7_200, 200_000)] == ["just now", "just now", "1 min ago", "2 h ago", "2 d ago"]
    assert clock_time(NOW) == "2 Mar 15:00"
    assert full_time(NOW) == "2 Mar 2026 15:00 UTC"
    assert topic_text("stock_move") == "stock move"
    assert [counted(n, "article", "articles") for n in (1, 0, 2.5)] == ["1 article", "0 articles", "2.5 articles"]
    one = transition().model_copy(update={"observed": 1.0})
    assert surprise(one) == "1 negative story in 6 h, 0.6 expected"
    assert surprise(transition()) == "8 negative stories in 6 h, 0.6 expected"
    turn = transition().model_copy(update={"rule_kind": "turn", "observed": -0.41, "expected": 0.1})
    assert surprise(turn) == "mean sentiment −0.41 in 6 h, +0.10 expected"
    praise = transition().model_copy(update={"rule_kind": "positive-spike"})
    assert surprise(praise) == "8 positive stories in 6 h, 0.6 expected"
    silence = transition().model_copy(update={"rule_kind": "silence", "observed": 0.0, "window_s": 9_500.0})
    assert surprise(silence) == "no article in 2.6 h, 0.6 expected"
    assert rarity(400) == "less than once a year for this name"
    assert rarity(30) == "about once in 30 days for this name"
    assert rarity(1) == "not rare for this name"


def test_bars_are_of_counts() -> None:
    """The longer of observed and expected fills its bar; means from −1 to 1 have no length."""
    assert bar_lengths(transition()) == (("observed", 100.0), ("expected", 7.5))
    assert bar_lengths(transition().model_copy(update={"rule_kind": "turn", "observed": -0.41})) == ()


@pytest.mark.parametrize(
    ("kind", "words"),
    [("acknowledged", "Acknowledged by"), ("useful", "Called useful by"), ("false", "Called a false alarm by")],
)
def test_an_answer_names_who_gave_it(kind: str, words: str) -> None:
    """With its time."""
    fields = {"response_id": "r", "episode_id": "e", "series": "s", "rule": "turn", "author": "ada", "at": NOW}
    assert answer_text(Response.model_validate(fields | {"kind": kind})) == f"{words} ada, 2 Mar 15:00"


@pytest.mark.parametrize(
    ("matchers", "words"),
    [
        ({}, "every alert"),
        ({"entities": ["vantor", "orrin"]}, "entities vantor, orrin"),
        ({"rules": ["turn"], "labels": {"desk": "food"}}, "rules turn; desk = food"),
    ],
)
def test_matchers_say_what_is_asked_for(matchers: dict[str, object], words: str) -> None:
    """Each field that is set, and nothing of the others."""
    assert matchers_text(Matchers.model_validate(matchers)) == words


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({}, "every alert"),
        ({"matchers": {"severities": ["high"]}}, "severities high"),
        ({"reader_id": "desk/anna"}, "what desk/anna reads"),
        ({"reader_id": "r-17", "matchers": {"severities": ["high"]}}, "what r-17 reads; severities high"),
    ],
)
def test_a_subscription_says_what_it_asks_for(asked: dict[str, object], words: str) -> None:
    """One on what a reader reads is not one to every alert."""
    fields = {"subscription_id": "s", "name": "S", "channel": {"kind": "stream"}, "updated_at": NOW}
    assert asked_text(Subscription.model_validate(fields | asked)) == words


@pytest.mark.parametrize(
    ("outcome", "words"),
    [
        ({"outcome": "delivered"}, "delivered at try 3"),
        ({"outcome": "failed", "detail": "status 503"}, "failed at try 3: status 503"),
        ({"outcome": "gone", "dead": True, "detail": "status 410"}, "gone at try 3, given up: status 410"),
    ],
)
def test_an_outcome_says_how_the_last_try_went(outcome: dict[str, object], words: str) -> None:
    """Its number, whether there will be another, and what was said."""
    fields = {"notification_id": "n", "subscription_id": "s", "attempt": 3, "channel": "webhook", "at": NOW}
    given = fields | {"dead": False, "took_s": 0.1, "episode_ids": []} | outcome
    assert outcome_text(DeliveryOutcome.model_validate(given)) == words


@pytest.mark.parametrize(
    ("start", "words"),
    [
        (timedelta(minutes=1), "from 2 Mar 2026 15:01 UTC until 2 Mar 2026 17:00 UTC"),
        (timedelta(), "until 2 Mar 2026 17:00 UTC"),
        (timedelta(hours=-1), "until 2 Mar 2026 17:00 UTC"),
    ],
)
def test_a_silence_that_does_not_hold_yet_says_from_when(start: timedelta, words: str) -> None:
    """One that holds says only until when."""
    fields = {"silence_id": "s", "matchers": {"rules": ["turn"]}, "author": "ada", "ends_at": NOW + timedelta(hours=2)}
    assert silence_time(Silence.model_validate(fields | {"starts_at": NOW + start}), NOW) == words
