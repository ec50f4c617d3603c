"""What becomes a lesson, and what is added to what the sets say."""

from __future__ import annotations

from models.lessons import roles
from models.lessons.datasets import SentimentExample
from models.lessons.recipe import about_cashtags, data_facts, taught_of, written_lessons
from models.lessons.renaming import spans_of

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


def test_all_tellings_of_a_text_teach_or_none_does() -> None:
    """One that choosing rows tell of other companies was learned by heart, and would choose nothing."""
    chosen: dict[str, set[bool]] = {}
    for lesson in written_lessons():
        if lesson.source == "statements" and len(spans := spans_of(lesson)) == 1:
            text = lesson.sentences[0]
            chosen.setdefault(text.replace(text[slice(*spans[0])], ""), set()).add(lesson.choosing)
    assert len(chosen) > 400
    assert all(len(said) == 1 for said in chosen.values())


def test_written_texts_that_changed_were_not_taught_as_they_are() -> None:
    """The record holds the digest of the written texts; of the sets in files their names are enough."""
    facts = data_facts(None, written_lessons())
    assert taught_of(facts) == {"quantities", "events", "roles", "statements"}
    before = [{**fact, "sha256": "" if fact["name"] == "roles" else fact["sha256"]} for fact in facts]
    assert taught_of([*before, {"name": "sentfin", "sha256": "of another copy"}]) == {
        "quantities",
        "events",
        "statements",
        "sentfin",
    }
    assert {fact["name"] for fact in facts if fact["sha256"]} == set(roles.SOURCES)
