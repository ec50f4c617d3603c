"""Texts about companies that are written by rule."""

from __future__ import annotations

import re

import pytest

from models.evaluation.sets import bad_events, statements
from models.lessons.near_copies import near_copies
from models.lessons.roles import SOURCES, TIMES, Source, role_examples, texts

BAD, NEITHER, GOOD = (1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)


@pytest.mark.parametrize("source", SOURCES)
def test_each_place_of_a_company_is_an_example(source: Source) -> None:
    """The span is the company's name, no two companies of a text share one, and nothing is left unfilled."""
    examples = [example for example in role_examples(source) if example.span]
    assert len(examples) == TIMES * sum(text.count("{") - text.count("{n}") for text in texts(source))
    for example in examples:
        name = example.text[slice(*example.span)]
        assert name[0].isupper()
        assert example.text.count(name.split()[0]) == 1
        assert "{" not in example.text


@pytest.mark.parametrize("source", SOURCES)
def test_a_text_speaks_as_a_whole_where_it_speaks_one_way(source: Source) -> None:
    """With good and bad in it nothing is said of the whole; without either, or without a company, it is neutral."""
    told: dict[str, set[tuple[float, float, float]]] = {}
    whole: dict[str, tuple[float, float, float]] = {}
    for example in role_examples(source):
        if example.span is None:
            whole[example.text] = example.target
        else:
            told.setdefault(example.text, set()).add(example.target)
    assert all(whole[text] == NEITHER for text in whole.keys() - told.keys())
    for text, targets in told.items():
        if {GOOD, BAD} <= targets:
            assert text not in whole
        else:
            assert whole[text] == (GOOD if GOOD in targets else BAD if BAD in targets else NEITHER)


@pytest.mark.parametrize("source", SOURCES)
def test_no_text_is_worded_like_those_that_are_measured(source: Source, nameless_roles: list[str]) -> None:
    """With the names taken out, none shares a third of its wording with one that is written to be measured."""
    taught = [re.sub(r"\{(?:good|bad|neither)\d?\}", "Company", text).replace("{n}", "5") for text in texts(source)]
    events = [e.text.replace(e.text[slice(*e.span)] if e.span else "", "Company") for e in bad_events()]
    plain = [row.text.replace(row.entity, "Company") if row.entity else row.text for row in statements()]
    assert not any(near_copies([*nameless_roles, *events, *plain], taught, threshold=1 / 3))
