"""The life of a delivery."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.notifications.grouping import Batch, Entry, notice_of
from alerts.notifications.outbox import (
    KEPT_DEAD,
    KEPT_DELIVERED,
    MAX_REPLAYS,
    Delivery,
    outcome_of,
    recorded,
    revived,
    settled,
)
from alerts.notifications.schedule import MAX_TRIES
from alerts.receivers.receiver import Attempt
from streams.decoding import decode_record, encode_record
from tests.alerts.people import NOW, alert, subscription

FAILED = Attempt("failed", 503)


def _recorded() -> Delivery:
    opening = alert()
    entry = Entry(transition_id=opening.transition_id, episode_id=opening.episode_id, opening=True)
    batch = Batch(kind="alert", due_at=NOW, entries=(entry,))
    return recorded(notice_of(batch, subscription(), lambda _: opening, NOW))


def _try(delivery: Delivery, attempt: Attempt, at: datetime) -> Delivery:
    outcome = outcome_of(delivery, attempt, "webhook", at, 0.1)
    return settled(decode_record(Delivery, encode_record(delivery)), outcome)


def test_it_is_tried_ten_times_over_three_days_and_then_dead() -> None:
    """Each failure puts it off by the schedule; the tenth ends it."""
    delivery, at = _recorded(), NOW
    for _ in range(MAX_TRIES - 1):
        delivery = _try(delivery, FAILED, at)
        assert delivery.state == "waiting"
        assert delivery.due_at > at
        at = delivery.due_at
    assert timedelta(hours=75) < at - NOW < timedelta(hours=92)
    delivery = _try(delivery, FAILED, at)
    assert delivery.state == "dead"
    assert delivery.status == 503
    assert delivery.prune_at == at + KEPT_DEAD


def test_a_delivery_that_waited_too_long_for_its_tries_is_dead() -> None:
    """An endpoint that is left alone uses up few tries, and still its deliveries end."""
    assert _try(_recorded(), FAILED, NOW + timedelta(hours=101)).state == "dead"


@pytest.mark.parametrize("outcome", ["refused", "gone"])
def test_what_is_refused_is_dead_at_once(outcome: str) -> None:
    """There is no second try."""
    delivery = _try(_recorded(), Attempt(outcome, 410, "no"), NOW)  # type: ignore[arg-type]
    assert delivery.state == "dead"
    assert delivery.detail == "no"


def test_what_is_delivered_is_kept_for_a_while() -> None:
    """Long enough that a repeat of its alert finds it."""
    delivery = _try(_recorded(), Attempt("delivered", 200), NOW)
    assert delivery.state == "delivered"
    assert delivery.prune_at == NOW + KEPT_DELIVERED


def test_an_outcome_counts_once() -> None:
    """Its repeat, and the outcome of a try that was made twice, change nothing."""
    outcome = outcome_of(_recorded(), FAILED, "webhook", NOW, 0.1)
    once = settled(_recorded(), outcome)
    assert settled(once, outcome) == once
    late = outcome.model_copy(update={"outcome": "delivered"})
    assert settled(once, late) == once


def test_retry_after_is_honoured() -> None:
    """The next try waits for as long as the receiver asked."""
    delivery = _try(_recorded(), Attempt("failed", 429, retry_after_s=900), NOW)
    assert delivery.due_at == NOW + timedelta(seconds=900)


def test_a_dead_delivery_can_be_revived_under_its_id() -> None:
    """It has a whole schedule again; what waits or was delivered cannot be revived, nor anything for ever."""
    dead = _try(_recorded(), Attempt("refused", 400), NOW)
    at = NOW + timedelta(days=5)
    again = revived(dead, at)
    assert again.state == "waiting"
    assert again.due_at == at
    assert again.notice == dead.notice
    for _ in range(MAX_TRIES - 1):
        again = _try(again, FAILED, again.due_at)
        assert again.state == "waiting"
    assert _try(again, FAILED, again.due_at).state == "dead"
    assert revived(again, at) == again
    delivered = _try(_recorded(), Attempt("delivered"), NOW)
    assert revived(delivered, at) == delivered
    for _ in range(MAX_REPLAYS):
        dead = _try(revived(dead, at), Attempt("refused"), at)
    assert revived(dead, at).state == "dead"


@given(st.lists(st.sampled_from(["failed", "delivered", "refused", "gone", "again"]), max_size=40))
def test_every_delivery_ends_in_one_state(words: list[str]) -> None:
    """Whatever comes, tries only rise, an end stays unless it is revived, and one that waits has a next try."""
    delivery, at = _recorded(), NOW
    for word in words:
        before = delivery
        if word == "again":
            delivery = revived(delivery, at)
        else:
            delivery = _try(delivery, Attempt(word), at)  # type: ignore[arg-type]
            assert delivery == before or before.state == "waiting"
        assert delivery.tries >= before.tries
        assert (delivery.ended_at is None) == (delivery.state == "waiting")
        at = max(at, delivery.due_at)
