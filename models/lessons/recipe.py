"""The recipe: which sets teach, what each says, and which rows choose instead of teaching."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from models.lessons import datasets, roles
from models.lessons.datasets import CategoryExample, SentimentExample, TopicExample
from models.lessons.disagreements import soften
from models.lessons.events import event_examples
from models.lessons.joined import joined_lessons
from models.lessons.lesson import Lesson, Span
from models.lessons.net_results import net_result_examples
from models.lessons.quantities import quantity_examples
from models.network.bases import sha256_of
from models.network.heads import CATEGORY_SENTENCES, TOPIC_SENTENCES
from models.text.cleaning import readable
from models.text.sentences import split_sentences

CHOOSING_FOLDS = 10
"""One in so many rows of each training set, by the hash of its text, chooses checkpoints and calibrates."""
_FILES = {"net_results": "reuters"}
WRITTEN = ("quantities", "events", "roles", "statements", "joined")
"""The sources that are no file of the sets."""
JOINED = 0.5
"""Pairs of headlines that are drawn, as a share of the headlines."""
_CASHTAG = re.compile(r"(?<![\w$])\$[A-Za-z]{1,6}(?![\w$])")
SHARES = {"tftopic_train": 0.6, "reuters": 0.35, "joined": 0.5}
"""Of a set, so much is read in each epoch, another part each time; of the others all. Topics are learned sooner."""


def lessons(data: Path) -> list[Lesson]:
    """Return every lesson of the sets.

    Raises:
        DataMissing: a set is not there.
    """
    headlines = _sentiment("sentfin", soften(datasets.sentfin(data, held_out=False)))
    return [
        *_sentiment("tfns_train", about_cashtags(datasets.tfns(data, "train"))),
        *headlines,
        *joined_lessons(headlines, JOINED),
        *_sentiment("net_results", net_result_examples(data)),
        *written_lessons(),
        *_topics("tftopic_train", datasets.tweet_topics(data, "train")),
        *_categories("reuters", datasets.reuters(data, "train")),
    ]


def written_lessons() -> list[Lesson]:
    """Return the lessons that need no set: those written by rule."""
    return [
        *_sentiment("quantities", quantity_examples()),
        *_sentiment("events", event_examples()),
        *(lesson for source in roles.SOURCES for lesson in _sentiment(source, roles.role_examples(source))),
    ]


def about_cashtags(tweets: Sequence[SentimentExample]) -> list[SentimentExample]:
    """Return tweets with, behind each that has one cashtag, the same example about that: the label is of its stock."""
    found: list[SentimentExample] = []
    for tweet in tweets:
        found.append(tweet)
        cashtags = list(_CASHTAG.finditer(tweet.text))
        if len(cashtags) == 1:
            found.append(replace(tweet, span=cashtags[0].span()))
    return found


def data_facts(data: Path | None, taught: Sequence[Lesson]) -> tuple[dict[str, Any], ...]:
    """Return name, lessons and digest of each set, for the record; only written lessons need no folder."""
    counts: dict[str, int] = {}
    for lesson in taught:
        counts[lesson.source] = counts.get(lesson.source, 0) + 1
    return tuple(
        {
            "name": name,
            "examples": count,
            "sha256": _digest(data, name),
        }
        for name, count in counts.items()
    )


def taught_of(recorded: Sequence[Mapping[str, Any]]) -> set[str]:
    """Return the sets that weights were taught as they are now, by their record: written texts grow."""
    digests = {str(fact["name"]): fact["sha256"] for fact in recorded}
    return digests.keys() - {source for source in roles.SOURCES if digests.get(source) != roles.digest(source)}


def _digest(data: Path | None, name: str) -> str:
    if name in roles.SOURCES:
        return roles.digest(name)
    return "" if name in WRITTEN or data is None else sha256_of(datasets.data_file(data, _FILES.get(name, name)))


def told(title: str, body: str) -> tuple[str, ...]:
    """Return the sentences that tell the categories of an article; the first few tell its topics."""
    sentences = tuple(readable(s.text) for s in split_sentences(title, body)[:CATEGORY_SENTENCES])
    return sentences or (readable(f"{title} {body}")[:200],)


def _sentiment(source: str, examples: Sequence[SentimentExample]) -> list[Lesson]:
    about: dict[tuple[str, str], list[tuple[Span | None, tuple[float, float, float]]]] = {}
    for example in examples:
        about.setdefault((example.text, example.template), []).append((example.span, example.target))
    return [
        Lesson(source, (readable(text),), sentiments=tuple(said), choosing=_chooses(template or text))
        for (text, template), said in about.items()
    ]


def _topics(source: str, examples: Sequence[TopicExample]) -> list[Lesson]:
    # A tweet is read whole, as in the sets of sentiment.
    return [
        Lesson(source, (readable(e.body),), topics=e.target, one_topic=True, choosing=_chooses(e.body))
        for e in examples
    ]


def _categories(source: str, examples: Sequence[CategoryExample]) -> list[Lesson]:
    return [
        Lesson(
            source,
            sentences[:TOPIC_SENTENCES],
            topics=e.target,
            categories=e.categories,
            choosing=_chooses(f"{e.title} {e.body}"),
            rest=sentences[TOPIC_SENTENCES:],
        )
        for e in examples
        for sentences in (told(e.title, e.body),)
    ]


def _chooses(text: str) -> bool:
    return datasets.fold_of(text, CHOOSING_FOLDS, "choosing") == 0
