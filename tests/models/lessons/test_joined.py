"""Pairs of headlines as one text."""

from __future__ import annotations

from models.lessons.joined import MAX_CHARS, joined_lessons
from models.lessons.lesson import Lesson

BAD, GOOD = (1.0, 0.0, 0.0), (0.0, 0.0, 1.0)
FALLS = Lesson("made", ("Vantor falls",), sentiments=(((0, 6), BAD),))
RISES = Lesson("made", ("Shares of Quill rise",), sentiments=(((10, 15), GOOD),))


def test_a_pair_keeps_what_each_headline_says_of_its_entity() -> None:
    """Both spans lie on their names in the longer text, with their labels."""
    found = joined_lessons([FALLS, RISES], share=10)
    assert found
    for lesson in found:
        said = {lesson.sentences[0][slice(*span)]: target for span, target in lesson.sentiments if span}
        assert said == {"Vantor": BAD, "Quill": GOOD}
        assert len(lesson.sentences[0]) <= MAX_CHARS


def test_headlines_that_agree_choose_or_name_nobody_make_no_pair() -> None:
    """A pair is there to tell two entities apart, and no row that chooses may teach."""
    chooses = Lesson("made", RISES.sentences, sentiments=RISES.sentiments, choosing=True)
    nobody = Lesson("made", ("All is well",), sentiments=((None, GOOD),))
    assert joined_lessons([FALLS, FALLS, chooses, nobody], share=20) == []


def test_the_same_seed_makes_the_same_pairs() -> None:
    """Another one makes others."""
    lessons = [FALLS, RISES] * 20
    assert joined_lessons(lessons, 1.0, seed=1) == joined_lessons(lessons, 1.0, seed=1)
    assert joined_lessons(lessons, 1.0, seed=1) != joined_lessons(lessons, 1.0, seed=2)
