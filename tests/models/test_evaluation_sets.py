"""The sets written by hand: their size, balance and spans, so that no shortcut passes them."""

from __future__ import annotations

from collections import Counter

from models.evaluation_sets import bad_events, direction_pairs
from models.marks import marks

BAD_WHEN_RISING = frozenset(
    {"costs", "debt", "loss", "churn", "defaults", "delays", "complaints", "accidents", "tax", "vacancies", "claims"}
)


def test_the_pairs_are_balanced() -> None:
    """Half are good news, two fifths are of things that are bad when they rise, and half of each kind is good."""
    pairs = direction_pairs()
    kinds = Counter((pair.thing in BAD_WHEN_RISING, pair.sign) for pair in pairs)
    assert kinds == {
        (False, "positive"): 90,
        (False, "negative"): 90,
        (True, "positive"): 60,
        (True, "negative"): 60,
    }
    for thing, count in Counter(pair.thing for pair in pairs).items():
        assert sum(pair.thing == thing and pair.sign == "positive" for pair in pairs) * 2 == count, thing


def test_each_sentence_is_one_of_its_kind() -> None:
    """No text and no company occurs twice in a set, and each span holds the company's name."""
    for rows, count in ((direction_pairs(), 300), (bad_events(), 100)):
        assert len({row.text for row in rows}) == len({row.entity for row in rows}) == len(rows) == count
        assert all(row.text[slice(*row.span)] == row.entity for row in rows)


def test_bad_events_need_no_comparing() -> None:
    """They are bad news by what happened, not by two figures."""
    assert not any(marks(event.text) for event in bad_events())
