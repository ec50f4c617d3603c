"""Sentences about quantities that are written by rule."""

from __future__ import annotations

from models.evaluation.sets import direction_pairs
from models.lessons.near_copies import near_copies
from models.lessons.quantities import quantities, quantity_examples


def test_half_is_good_and_neither_direction_nor_thing_tells() -> None:
    """The same seed gives the same sentences, half of them good news; each span is the company's name."""
    examples = quantity_examples(count=200)
    assert examples == quantity_examples(count=200)
    assert sum(e.target[2] for e in examples) == sum(e.target[0] for e in examples) == 100
    assert all(e.span is not None and e.text[slice(*e.span)][0].isupper() for e in examples)


def test_a_thing_is_good_or_bad_when_it_rises() -> None:
    """No quantity is in both lists, and none twice."""
    known = quantities()
    assert not set(known["good"]) & set(known["bad"])
    assert len({*known["good"], *known["bad"]}) == len(known["good"]) + len(known["bad"])


def test_no_sentence_is_one_of_those_that_are_measured() -> None:
    """None is a near-copy of a pair that is measured, with the names taken out."""
    taught = [e.text.replace(e.text[slice(*e.span)] if e.span else "", "Company") for e in quantity_examples()]
    measured = [p.text.replace(p.text[slice(*p.span)] if p.span else "", "Company") for p in direction_pairs()]
    assert not any(near_copies(measured, taught))
