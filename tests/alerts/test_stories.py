"""Stories: what is one, and what is kept."""

from __future__ import annotations

from datetime import timedelta

from alerts.signatures import signature_of, sketch_of, title_hash
from alerts.stories import PERMUTATIONS_KEPT, STORY_SPAN_MS, Stories
from tests.alerts.timelines import words

HOUR_MS = round(timedelta(hours=1).total_seconds() * 1000)


def _take(stories: Stories, key: int, text: str, at_ms: int = 0, *, title: str = "", negative: bool = True):
    sketch = sketch_of(signature_of(title, text), PERMUTATIONS_KEPT)
    return stories.take(key, sketch, title_hash(title), at_ms, negative=negative)


def test_a_copy_within_72_hours_joins_and_a_later_one_begins_anew() -> None:
    """The span is counted from the story's first article."""
    stories, first = _take(Stories.of(b"", 10), 1, words("a"))
    stories, copy = _take(stories, 2, words("a"), STORY_SPAN_MS)
    stories, later = _take(stories, 3, words("a"), STORY_SPAN_MS + 1)
    assert (first.is_new, copy.is_new, later.is_new) == (True, False, True)
    assert copy.story == first.story == 1
    assert later.story == 3


def test_an_equal_title_is_the_same_story() -> None:
    """A rewrite under the same headline joins although its words differ."""
    title = "Verdane Energy halts work at plant"
    stories, _ = _take(Stories.of(b"", 10), 1, words("a"), title=title)
    _, rewrite = _take(stories, 2, words("b"), HOUR_MS, title=title.upper())
    assert not rewrite.is_new


def test_a_story_is_negative_while_half_of_its_articles_are() -> None:
    """The change of a story's sign is told, so that counts can follow."""
    stories, first = _take(Stories.of(b"", 10), 1, words("a"), negative=False)
    changes = [first.negative_change]
    for key, negative in ((2, True), (3, False), (4, True)):
        stories, taken = _take(stories, key, words("a"), negative=negative)
        changes.append(taken.negative_change)
    assert changes == [0, 1, -1, 1]


def test_the_furthest_story_makes_room() -> None:
    """At capacity the story furthest in time goes, and bytes stay bounded."""
    stories = Stories.of(b"", 3)
    for key in range(5):
        stories, _ = _take(stories, key + 1, words(key), key * HOUR_MS)
    assert stories.rows["story"].tolist() == [3, 4, 5]
    assert len(stories.to_bytes()) == 3 * 57
    assert Stories.of(stories.to_bytes(), 3).to_bytes() == stories.to_bytes()
    assert len(stories.without_old(4 * HOUR_MS + STORY_SPAN_MS).rows) == 0
