"""What becomes a lesson, and what is added to what the sets say."""

from __future__ import annotations

from models.lessons.datasets import SentimentExample
from models.lessons.recipe import about_cashtags, written_lessons

BAD = (1.0, 0.0, 0.0)


def test_a_tweet_with_one_cashtag_is_also_about_that() -> None:
    """With none or several nobody knows whom the label is about."""
    texts = ("$QXA cut to sell", "$QXA beats $QXB", "Oil is down", "Paid $5 for $QXA.")
    found = about_cashtags([SentimentExample(text, None, BAD) for text in texts])
    assert [e.text[slice(*e.span)] for e in found if e.span] == ["$QXA", "$QXA"]
    assert [e.text for e in found if e.span is None] == list(texts)


def test_the_written_lessons_need_no_set_and_some_of_them_choose() -> None:
    """Quantities, events, roles and statements are there, and each source has rows that judge."""
    lessons = written_lessons()
    assert {lesson.source for lesson in lessons} == {"quantities", "events", "roles", "statements"}
    for source in ("quantities", "events", "roles", "statements"):
        chosen = [lesson.choosing for lesson in lessons if lesson.source == source]
        assert 0.03 < sum(chosen) / len(chosen) < 0.2
