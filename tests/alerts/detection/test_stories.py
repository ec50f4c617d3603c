"""Stories: what is one, and what is kept."""

from __future__ import annotations

import base64
from datetime import timedelta

import numpy as np

from alerts.detection.signatures import signature_of, sketch_of, title_hash
from alerts.detection.stories import (
    AKIN,
    LATER_KEPT,
    NEGATIVE,
    NEUTRAL,
    POSITIVE,
    SAME_STORY,
    STORY_SPAN_MS,
    Stories,
    Taken,
    Telling,
)
from alerts.detection.vectors import story_vector_of, unpack
from streams.enrichment import Embedding
from tests.alerts.likeness import similarity
from tests.alerts.timelines import words

HOUR_MS = round(timedelta(hours=1).total_seconds() * 1000)


def _vector(*direction: float, space: str = "test") -> str:
    vector = np.zeros(384)
    vector[: len(direction)] = direction
    return story_vector_of(Embedding.of(space, vector / np.linalg.norm(vector)))


def _take(
    stories: Stories, key: int, text: str, at_ms: int = 0, *, title: str = "", label: int = NEGATIVE, vector: str = ""
) -> Taken:
    sketch = sketch_of(signature_of(title, text))
    return stories.take(Telling(key, sketch, title_hash(title), unpack(vector), at_ms, label, 200, 255))


def test_a_copy_within_72_hours_joins_and_a_later_one_begins_anew() -> None:
    """The span is counted from the story's first article."""
    stories = Stories(10)
    first = _take(stories, 1, words("a"))
    copy = _take(stories, 2, words("a"), STORY_SPAN_MS)
    later = _take(stories, 3, words("a"), STORY_SPAN_MS + 1)
    assert (first.is_new, copy.is_new, later.is_new) == (True, False, True)
    assert copy.story == first.story == 1
    assert later.story == 3


def test_an_equal_title_is_the_same_story() -> None:
    """A rewrite under the same headline joins although its words differ."""
    title = "Verdane Energy halts work at plant"
    stories = Stories(10)
    _take(stories, 1, words("a"), title=title)
    assert not _take(stories, 2, words("b"), HOUR_MS, title=title.upper()).is_new


def test_a_copy_of_a_later_article_joins_its_story() -> None:
    """The second article is worded in its own way; what is copied from that is no story of its own."""
    title = "Verdane Energy halts work at plant"
    stories = Stories(10)
    _take(stories, 1, words("a"), title=title)
    _take(stories, 2, words("b"), HOUR_MS, title=title)
    copy = _take(Stories(10, stories.to_bytes()), 3, words("b"), STORY_SPAN_MS, label=POSITIVE)
    assert (copy.is_new, copy.story, copy.first_ms) == (False, 1, 0)
    assert copy.after.label == NEGATIVE
    assert _take(stories, 4, words("b"), STORY_SPAN_MS + 1).is_new
    stories.forget(STORY_SPAN_MS)
    assert stories.rows["story"].tolist() == [4]


def test_the_latest_wordings_of_a_story_are_kept() -> None:
    """Of those that are unlike the others the first and the last few; a copy of one brings nothing to keep."""
    title = "Verdane Energy halts work at plant"
    stories = Stories(10)
    for key in range(LATER_KEPT + 3):
        _take(stories, key + 1, words(key), title=title)
        _take(stories, key + 101, words(key) + " more", title=title)
    assert stories.rows["articles"].tolist() == [2 * (LATER_KEPT + 3)] + LATER_KEPT * [0]
    kept = [not _take(Stories(10, stories.to_bytes()), 200, words(key)).is_new for key in range(LATER_KEPT + 3)]
    assert kept == [True, False, False] + LATER_KEPT * [True]


def test_later_wordings_take_no_room_from_stories() -> None:
    """They go before any story does, and none is kept where stories take all the room."""
    title = "Verdane Energy halts work at plant"
    stories = Stories(4)
    _take(stories, 1, words("a"), title=title)
    _take(stories, 2, words("b"), title=title)
    _take(stories, 3, words("c"), title=title)
    assert stories.rows["story"].tolist() == [1, 1, 1]
    for key in range(4, 7):
        _take(stories, key, words(key), key * HOUR_MS)
    _take(stories, 7, words("d"), title=title)
    assert stories.rows["story"].tolist() == [1, 4, 5, 6]
    assert stories.rows["articles"].tolist() == [4, 1, 1, 1]


def test_a_rewrite_joins_by_its_embedding_and_another_story_does_not() -> None:
    """Vectors decide where words do not, and only within one space."""
    stories = Stories(10)
    _take(stories, 1, words("a"), vector=_vector(1, 0.1, 0))
    assert not _take(stories, 2, words("b"), vector=_vector(1, 0, 0.1)).is_new
    assert _take(stories, 3, words("c"), vector=_vector(1, 0, 1)).is_new
    assert _take(stories, 4, words("d"), vector=_vector(1, 0.1, 0, space="other")).is_new
    assert _take(stories, 5, words("e"), STORY_SPAN_MS + 1, vector=_vector(1, 0.1, 0)).is_new


def test_few_words_and_a_near_meaning_together_make_one_story() -> None:
    """A short text with words changed and its end cut joins; words alone, or a meaning alone, would not do."""
    first, cut = "Vantor dips to two week lows on banks, miners", "Vantor slides towards two week lows amid…"
    alike = similarity(signature_of("", first), signature_of("", cut))
    assert AKIN <= alike < SAME_STORY
    near, far = _vector(1, 0.45), _vector(1, 2)
    assert _joins((first, _vector(1)), (cut, near))
    assert not _joins((first, _vector(1)), (cut, far))
    assert not _joins((first, _vector(1)), (words("other"), near))


def _joins(first: tuple[str, str], second: tuple[str, str]) -> bool:
    stories = Stories(10)
    _take(stories, 1, first[0], vector=first[1])
    return not _take(stories, 2, second[0], HOUR_MS, vector=second[1]).is_new


def test_a_vector_keeps_cosines() -> None:
    """The projection to 64 signed bytes is stable and within a few hundredths for near vectors."""
    rng = np.random.default_rng(3)
    for _ in range(20):
        left = rng.standard_normal(384)
        right = left + 0.35 * rng.standard_normal(384)
        exact = left @ right / np.linalg.norm(left) / np.linalg.norm(right)
        packed = [unpack(story_vector_of(Embedding.of("s", v / np.linalg.norm(v)))) for v in (left, right)]
        a, b = (p[1].astype(float) for p in packed if p is not None)
        assert abs(a @ b / np.linalg.norm(a) / np.linalg.norm(b) - exact) < 0.1
    assert len(base64.b64decode(_vector(1))) == 66
    assert unpack(None) is unpack("") is unpack(base64.b64encode(b"short").decode()) is None


def test_a_story_has_the_label_of_half_of_its_articles() -> None:
    """The change of a story's label is told, so that counts can follow; bad news goes before good."""
    stories = Stories(10)
    labels = []
    for key, label in enumerate((NEUTRAL, NEGATIVE, POSITIVE, POSITIVE, POSITIVE)):
        labels.append(_take(stories, key + 1, words("a"), label=label).after.label)
    assert labels == [NEUTRAL, NEGATIVE, NEUTRAL, POSITIVE, POSITIVE]


def test_the_furthest_story_makes_room() -> None:
    """At capacity the story furthest in time goes, and bytes stay bounded and exact."""
    stories = Stories(3)
    for key in range(5):
        _take(stories, key + 1, words(key), key * HOUR_MS)
    assert stories.rows["story"].tolist() == [3, 4, 5]
    assert len(stories.to_bytes()) == 3 * stories.rows.itemsize
    assert Stories(3, stories.to_bytes()).to_bytes() == stories.to_bytes()
    stories.forget(3 * HOUR_MS + STORY_SPAN_MS)
    assert stories.rows["story"].tolist() == [5]
