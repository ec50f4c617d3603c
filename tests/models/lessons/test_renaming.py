"""Lessons told of other names: what stays and what moves."""

from __future__ import annotations

from models.lessons.lesson import Lesson
from models.lessons.renaming import Renaming, spans_of, with_names

BAD, GOOD = (1.0, 0.0, 0.0), (0.0, 0.0, 1.0)
OPPOSED = Lesson("made", ("Vantor sinks as Quill soars",), sentiments=(((0, 6), BAD), ((16, 21), GOOD)))
WHOLE = Lesson("made", ("Markets are calm",), sentiments=((None, (0.0, 1.0, 0.0)),))


def test_a_renamed_lesson_says_the_same_of_the_new_names() -> None:
    """Spans cover the new names, whatever their length, and each keeps its label."""
    told = with_names(OPPOSED, ["Orrin Energy", "$AB"])
    assert told.sentences == ("Orrin Energy sinks as $AB soars",)
    assert [(told.sentences[0][slice(*span)], target) for span, target in told.sentiments if span] == [
        ("Orrin Energy", BAD),
        ("$AB", GOOD),
    ]


def test_an_epoch_renames_some_lessons_the_same_ones_by_seed() -> None:
    """Lessons of other epochs and seeds are told otherwise; one about the whole text never is."""
    lessons = [OPPOSED, WHOLE] * 50
    first = Renaming(lessons, seed=1)
    assert first.epoch(0) == Renaming(lessons, seed=1).epoch(0)
    assert first.epoch(0) != first.epoch(1)
    assert first.epoch(0) != Renaming(lessons, seed=2).epoch(0)
    told = first.epoch(0)
    assert 0 < len(told) < 50
    assert all(lessons[place] is OPPOSED for place in told)


def test_entities_that_differ_change_places_while_the_labels_stay() -> None:
    """Some lessons tell of the same two names the other way round."""
    told = Renaming([OPPOSED] * 200, seed=3).epoch(0).values()
    exchanged = [lesson for lesson in told if lesson.sentences == ("Quill sinks as Vantor soars",)]
    assert exchanged
    assert exchanged[0].sentiments == (((0, 5), BAD), ((15, 21), GOOD))


def test_spans_that_overlap_are_left_alone() -> None:
    """Nothing is renamed where one name is part of another."""
    nested = Lesson("made", ("Vantor Bank falls",), sentiments=(((0, 11), BAD), ((0, 6), BAD)))
    assert spans_of(nested) == []
    assert Renaming([nested] * 20, seed=0).epoch(0) == {}
