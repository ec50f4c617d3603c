"""Whom an alert concerns."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.notifications.matching import SubscriptionIndex, facets_of, follows, matches
from streams.records import EntityId, ReaderId
from tests.alerts.people import NOW, alert, subscription

LISTS = {"majors": frozenset({EntityId("harbourline"), EntityId("quillon")})}


def _index(*subscriptions: Any) -> SubscriptionIndex:
    index = SubscriptionIndex()
    for each in subscriptions:
        index.put(each)
    return index


@pytest.mark.parametrize(
    ("matchers", "concerned"),
    [
        ({}, True),
        ({"entities": ["harbourline", "other"]}, True),
        ({"entities": ["other"]}, False),
        ({"series": ["entity:harbourline"]}, True),
        ({"series": ["market"]}, False),
        ({"watchlists": ["majors"]}, True),
        ({"watchlists": ["minors"]}, False),
        ({"topics": ["earnings"]}, True),
        ({"topics": ["merger"]}, False),
        ({"rules": ["negative-spike"]}, True),
        ({"rules": ["turn"]}, False),
        ({"severities": ["medium", "high"]}, True),
        ({"severities": ["high"]}, False),
        ({"labels": {"desk": "shipping"}}, True),
        ({"labels": {"desk": "food"}}, False),
        ({"labels": {"desk": "shipping", "tier": "1"}}, False),
        ({"labels": {"rule_kind": "negative-spike"}}, True),
        ({"entities": ["harbourline"], "severities": ["high"]}, False),
        ({"entities": ["harbourline"], "severities": ["medium"], "topics": ["earnings"]}, True),
    ],
)
def test_each_field_that_is_set_has_to_hold(matchers: dict[str, Any], concerned: bool) -> None:
    """The index and the matchers by themselves agree on every kind of field."""
    wanted = subscription(matchers=matchers)
    facets = facets_of(alert(topic="earnings", labels={"desk": "shipping"}), LISTS)
    assert matches(wanted.matchers, facets) is concerned
    assert bool(_index(wanted).concerned(facets)) is concerned


@pytest.mark.parametrize(
    ("topics", "concerned"),
    [
        ([["energy"], ["energy", "results"], ["legal"], ["energy"]], True),
        ([["energy"], ["legal"], ["energy"], []], True),
        ([["energy"], ["legal"], ["results"], []], False),
        ([["legal"], [], []], False),
    ],
)
def test_an_alert_of_a_name_is_about_what_half_of_its_stories_are(topics: list[list[str]], concerned: bool) -> None:
    """Who asks for a topic hears of names too, where the stories behind the alert are on that topic."""
    told = alert()
    evidence = tuple(told.evidence[0].model_copy(update={"topics": tuple(each)}) for each in topics)
    facets = facets_of(told.model_copy(update={"evidence": evidence}), LISTS)
    assert bool(_index(subscription(matchers={"topics": ["energy"]})).concerned(facets)) is concerned


def test_what_a_reader_reads_follows_the_watchlist() -> None:
    """A subscription to what a reader reads matches the names of the latest watch-list, and no others."""
    index = _index(subscription(reader_id="ada"), subscription("both", reader_id="ada", matchers={"rules": ["turn"]}))
    facets = facets_of(alert(), LISTS)
    assert index.concerned(facets) == []
    index.set_read(ReaderId("ada"), [EntityId("harbourline"), EntityId("quillon")])
    assert [s.subscription_id for s in index.concerned(facets)] == ["desk"]
    index.set_read(ReaderId("ada"), [EntityId("quillon")])
    assert index.concerned(facets) == []
    assert len(index.concerned(facets_of(alert("quillon"), LISTS))) == 1


def test_an_entity_and_a_reader_have_to_hold_both() -> None:
    """A subscription with a reader and an entity asks for both."""
    index = _index(subscription(reader_id="ada", matchers={"entities": ["harbourline"]}))
    facets = facets_of(alert(), LISTS)
    assert index.concerned(facets) == []
    index.set_read(ReaderId("ada"), [EntityId("harbourline")])
    assert len(index.concerned(facets)) == 1


def test_a_new_version_takes_the_place_of_the_old() -> None:
    """After a change or a removal nothing of the old subscription is found."""
    index = _index(subscription(matchers={"entities": ["harbourline"]}))
    index.put(subscription(matchers={"entities": ["quillon"]}))
    assert index.concerned(facets_of(alert(), LISTS)) == []
    index.put(subscription(enabled=False))
    assert index.concerned(facets_of(alert(), LISTS)) == []
    index.remove(subscription().subscription_id)
    assert len(index) == 0
    assert index.concerned(facets_of(alert("quillon"), LISTS)) == []


_some = st.lists(st.sampled_from(["a", "b", "c"]), max_size=2, unique=True)
_matchers = st.fixed_dictionaries(
    {
        "entities": _some,
        "series": _some.map(lambda names: [f"entity:{name}" for name in names]),
        "topics": _some,
        "rules": _some,
        "severities": st.lists(st.sampled_from(["low", "high"]), max_size=1),
        "labels": st.dictionaries(st.sampled_from(["x", "y"]), st.sampled_from("ab"), max_size=2),
    }
)


@given(
    asked=st.lists(_matchers, max_size=12),
    name=st.sampled_from("abc"),
    topic=st.sampled_from("abc"),
    rule=st.sampled_from("abc"),
    severity=st.sampled_from(["low", "high"]),
    labels=st.dictionaries(st.sampled_from(["x", "y"]), st.sampled_from("ab"), max_size=2),
)
def test_the_index_finds_what_asking_all_would(
    asked: Any, name: str, topic: str, rule: str, severity: str, labels: Any
) -> None:
    """Whatever is asked for, the index gives what comparing every subscription gives, in the order of ids."""
    subscriptions = [subscription(f"{place:03}", matchers=matchers) for place, matchers in enumerate(asked)]
    facets = facets_of(alert(name, topic=topic, rule=rule, severity=severity, labels=labels), {})
    assert _index(*reversed(subscriptions)).concerned(facets) == [
        s for s in subscriptions if matches(s.matchers, facets)
    ]


@pytest.mark.parametrize(
    ("kind", "enabled", "changed", "expected"),
    [
        ("updated", True, False, True),
        ("updated", True, True, False),
        ("resolved", True, True, True),
        ("resolved", False, False, False),
    ],
)
def test_who_was_told_hears_how_it_goes_on(kind: str, enabled: bool, changed: bool, expected: bool) -> None:
    """Until the subscription is set anew, each step; after that only the end; switched off, nothing."""
    own = subscription(enabled=enabled, updated_at=NOW + timedelta(hours=1 if changed else -1))
    assert follows(own, alert(revision=1, kind=kind)) is expected
