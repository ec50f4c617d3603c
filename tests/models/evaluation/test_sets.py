"""The sets written by hand: their size, balance and spans, so that no shortcut passes them."""

from __future__ import annotations

import re
from collections import Counter

from models.entities.gazetteer import load_gazetteer
from models.evaluation.sets import bad_events, direction_pairs, roles, statements
from models.lessons.near_copies import near_copies
from models.network.marks import marks

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


def test_each_role_is_of_one_company() -> None:
    """A name occurs once in its text, in no other name and under one label; of each kind there are twenty texts."""
    rows = roles()
    names = [row.entity for row in rows]
    assert len(set(names)) == len(names)
    for row in rows:
        assert row.text.count(row.entity) == 1, row
        assert row.text[slice(*row.span)] == row.entity
        others = [other.entity for other in rows if other.text == row.text and other != row]
        assert not any(row.entity in other for other in others), row
    kinds = Counter({row.text: row.kind for row in rows}.values())
    assert len(kinds) == 13
    assert set(kinds.values()) == {20}


def test_the_companies_of_roles_are_invented() -> None:
    """No name and no ticker is a known company's, nor one of the other sets written by hand."""
    gazetteer = load_gazetteer()
    names = {row.entity for row in roles()}
    assert not [name for name in names if gazetteer.by_name(name) or gazetteer.by_ticker(name.removeprefix("$"))]
    assert not names & {row.entity for row in (*direction_pairs(), *bad_events())}


def test_the_roles_are_balanced() -> None:
    """Good news is about as frequent as bad, and every label is there often enough to be measured."""
    counts = Counter(row.label for row in roles())
    assert set(counts) == {"negative", "neutral", "positive"}
    assert abs(counts["negative"] - counts["positive"]) < 10
    assert counts["neutral"] > 70


def test_the_statements_are_quiet_and_half_of_them_neutral() -> None:
    """No loud word gives a label away, and no text or company occurs twice."""
    rows = statements()
    assert Counter(row.label for row in rows) == {"neutral": 120, "positive": 60, "negative": 60}
    assert len({row.text for row in rows}) == len(rows)
    named = [row for row in rows if row.span]
    assert len({row.entity for row in named}) == len(named) == 225
    assert all(row.text[slice(*row.span)] == row.entity for row in named if row.span)
    loud = re.compile(r"\b(?:soar|surg|jump|plung|tumbl|slump|beat|miss)\w*", re.I)
    assert not [row.text for row in rows if loud.search(row.text)]


def test_no_role_is_told_twice(nameless_roles: list[str]) -> None:
    """With the names taken out, no two texts share even a third of their wording."""
    for place, text in enumerate(nameless_roles):
        assert not any(near_copies([text], nameless_roles[:place], threshold=1 / 3)), text
