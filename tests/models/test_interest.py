"""The arithmetic of a reader's profile."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.interest import MAX_ENTITIES, ProfileState, click_weight, learn, publish
from streams.enrichment import Embedding
from streams.errors import MisconfiguredError
from streams.interests import Click, Profile, Read
from streams.records import ArticleId, EntityId, ReaderId

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
READER = ReaderId("reader")
DIMENSIONS = 16


def _read(
    place: int,
    *,
    hours: float = 0.0,
    entities: dict[str, float] | None = None,
    kind: str = "open",
    dwell_s: float | None = None,
    space: str = "s1",
) -> Read:
    vector = np.random.default_rng(place).normal(size=DIMENSIONS)
    chosen = entities if entities is not None else {f"e{place % 5}": 0.8, f"e{place % 3}": 0.4}
    return Read(
        click=Click.model_validate(
            {
                "click_id": f"c{place}",
                "reader_id": READER,
                "article_id": ArticleId(f"a{place}"),
                "kind": kind,
                "at": START + timedelta(hours=hours),
                "dwell_s": dwell_s,
            }
        ),
        entities={EntityId(e): relevance for e, relevance in chosen.items()},
        names={EntityId(e): f"{e} as of {place}" for e in chosen},
        topics={f"t{place % 4}": 0.5},
        embedding=Embedding.of(space, vector / np.linalg.norm(vector)),
    )


def _learnt(*reads: Read, half_life_days: float = 7.0) -> ProfileState:
    state = ProfileState.new(READER)
    for read in reads:
        state = learn(state, read, half_life_days)
    return state


def _weights(profile: Profile) -> dict[str, float]:
    return {interest.id: interest.weight for interest in profile.entities}


@settings(max_examples=40, deadline=None)
@given(order=st.randoms(use_true_random=False), count=st.integers(1, 40))
def test_the_order_of_arrival_does_not_matter(order: random.Random, count: int) -> None:
    """The same clicks in any order give the very same profile."""
    kinds = ("open", "read", "share", "dismiss")
    reads = [_read(k, hours=(k * 37) % 300, kind=kinds[k % 4], dwell_s=float(k)) for k in range(count)]
    shuffled = reads.copy()
    order.shuffle(shuffled)
    assert publish(_learnt(*reads)) == publish(_learnt(*shuffled))


def test_weights_halve_in_their_half_life() -> None:
    """A click a week old weighs half of one just made, and the rest fades when the profile is asked for later."""
    state = _learnt(_read(1, entities={"old": 1.0}), _read(2, hours=168, entities={"new": 1.0}))
    assert _weights(publish(state)) == {"new": pytest.approx(1.0), "old": pytest.approx(0.5)}
    later = publish(state, START + timedelta(days=14))
    assert _weights(later) == {"new": pytest.approx(0.5), "old": pytest.approx(0.25)}
    assert publish(state).at == START + timedelta(days=7)


def test_kinds_and_dwell_weigh() -> None:
    """Sharing counts more than opening, half a minute is plain, and dismissing counts against."""
    click = _read(1).click
    assert click_weight(click) == 1.0
    assert click_weight(click.model_copy(update={"dwell_s": 30.0})) == 1.0
    assert click_weight(click.model_copy(update={"dwell_s": 900.0})) == 2.0
    assert click_weight(click.model_copy(update={"kind": "share"})) == 3.0
    assert click_weight(click.model_copy(update={"kind": "dismiss", "dwell_s": 900.0})) == -1.0


def test_what_was_dismissed_is_not_published() -> None:
    """A name that was only dismissed is no interest."""
    state = _learnt(_read(1, entities={"liked": 1.0}), _read(2, entities={"not": 1.0}, kind="dismiss"))
    assert set(_weights(publish(state))) == {"liked"}


def test_a_repeated_click_counts_once() -> None:
    """The same click id changes nothing, also after the state was stored."""
    state = _learnt(*(_read(k, hours=k) for k in range(20)))
    stored = ProfileState.from_bytes(state.to_bytes())
    assert learn(stored, _read(3, hours=3), 7.0) is stored
    assert publish(stored).clicks == 20


def test_a_state_is_stored_exactly() -> None:
    """Writing and reading gives the same bytes and profile; another format is refused with a way out."""
    state = _learnt(*(_read(k, hours=k / 3) for k in range(30)))
    stored = ProfileState.from_bytes(state.to_bytes())
    assert stored.to_bytes() == state.to_bytes()
    assert publish(stored) == publish(state)
    with pytest.raises(MisconfiguredError, match="NAMESPACE"):
        ProfileState.from_bytes(b"\x09" + state.to_bytes()[1:])


def test_sets_are_bounded_and_the_weakest_goes() -> None:
    """Past 500 names the weakest are forgotten, and a state stays below 45 kB."""
    reads = [_read(k, entities={f"e{k}": 0.2 + 0.8 * (k % 7 == 0)}) for k in range(1200)]
    state = _learnt(*reads)
    assert len(state.entities) == MAX_ENTITIES
    assert all(f"e{k}" in state.entities for k in range(0, 1200, 7))
    assert len(state.to_bytes()) < 45_000


def test_strongest_first_with_ties_by_id() -> None:
    """Equal weights are ordered by id."""
    state = _learnt(_read(1, entities={"b": 0.5, "a": 0.5, "c": 0.9}))
    assert [interest.id for interest in publish(state).entities] == ["c", "a", "b"]


def test_the_latest_name_stands() -> None:
    """A name is the one of the latest click, whatever arrived last."""
    early, late = _read(1, hours=1, entities={"e": 1.0}), _read(2, hours=2, entities={"e": 1.0})
    assert publish(_learnt(late, early)).entities[0].name == "e as of 2"


def test_a_new_space_takes_over_without_mixing() -> None:
    """Vectors of two spaces are kept apart; the latest click's space is published."""
    old, new = _read(1, hours=1, space="s1"), _read(2, hours=2, space="s2")
    for state in (_learnt(old, new), _learnt(new, old)):
        embedding = publish(state).embedding
        assert embedding is not None
        assert embedding.space == "s2"
        np.testing.assert_allclose(embedding.array(), new.embedding.array(), atol=2e-3)


def test_an_empty_profile_can_be_published() -> None:
    """A reader without clicks has no interests."""
    profile = publish(ProfileState.new(READER))
    assert (profile.clicks, profile.entities, profile.embedding) == (0, (), None)
