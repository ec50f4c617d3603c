"""Headlines of plain events that are written by rule."""

from __future__ import annotations

from models.evaluation.sets import bad_events
from models.lessons.events import TIMES, event_examples, headlines
from models.lessons.near_copies import near_copies


def test_each_headline_is_told_of_several_companies() -> None:
    """The span is the company's name, and each kind of event has its label."""
    examples = event_examples()
    assert len(examples) == TIMES * len(headlines())
    assert all(e.span is not None and e.text[slice(*e.span)][0].isupper() for e in examples)
    assert len({e.text for e in examples}) == len(examples)
    assert sum(e.target[0] for e in examples) == TIMES * sum(kind == "bad" for _, kind in headlines())


def test_no_headline_is_one_of_those_that_are_measured() -> None:
    """With the names taken out, none is a near-copy of a headline of the fixed list."""
    measured = [e.text.replace(e.text[slice(*e.span)] if e.span else "", "Company") for e in bad_events()]
    taught = [headline.replace("{}", "Company") for headline, _ in headlines()]
    assert not any(near_copies(measured, taught))


def test_no_headline_is_worded_like_the_roles_that_are_measured(nameless_roles: list[str]) -> None:
    """With the names taken out, no text of the roles shares even a third of its wording with a headline."""
    taught = [headline.replace("{}", "Company") for headline, _ in headlines()]
    assert not any(near_copies(nameless_roles, taught, threshold=1 / 3))
