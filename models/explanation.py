"""The words that carry a label, found by covering each in turn (occlusion) and reading the article again.

Any model can be asked, for only its answers are compared. The price is bounded: only the words of the few sentences
that carry the label are covered, and the other sentences of the body are left out of what is read again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from models.evidence import evidence_sentences
from models.model import Model
from streams.enrichment import LABELS, Enrichment, EntityMention, Label, Sentence, Sentiment
from streams.records import Article, EntityId

MAX_SENTENCES = 2
"""Sentences whose words are covered, for each target: those that carry its label."""
MAX_WORDS = 60
"""Words covered in one sentence; what lies beyond keeps its secret."""
MAX_ENTITIES = 8
"""Entities explained, the most relevant first."""
CALL = 64
"""Variants read in one call of the model."""
_WORD = re.compile(r"[$€£¥]?\w+(?:[.,'’&-]\w+)*%?")


@dataclass(frozen=True, slots=True)
class WordWeight:
    """Be a word's place, half-open in code points of its field, and how far its label's chance falls without it."""

    field: Literal["title", "body"]
    start: int
    end: int
    weight: float


@dataclass(frozen=True, slots=True)
class Explanation:
    """Say which words carry the label of one target: the article (`entity` is None) or an entity in it."""

    entity: EntityId | None
    name: str
    label: Label
    words: tuple[WordWeight, ...]
    """In the order of the text; negative where it speaks against the label."""


def explain(model: Model, article: Article) -> tuple[Explanation, ...]:
    """Return an explanation for the article and one for each of its most relevant entities.

    The words of an entity's own name are not covered where it is explained: without them there would be no answer.

    Raises:
        ModelBusy: the device had no memory even for the smallest batch.
    """
    (whole,) = model.enrich([article])
    targets: list[EntityMention | None] = [None, *whole.entities[:MAX_ENTITIES]]
    return tuple(_explained(model, article, whole, target) for target in targets)


def _explained(model: Model, article: Article, whole: Enrichment, target: EntityMention | None) -> Explanation:
    carrying = _carrying(whole, target)
    excerpt = _excerpt(article, carrying)
    (base,) = model.enrich([excerpt])
    if _answer(base, target) is None:  # known only from the rest of the text
        excerpt, base = article, whole
    said = whole.sentiment if target is None else target.sentiment
    before = _answer(base, target) or said
    places = [place for sentence in carrying for place in _words(sentence, target)]
    variants = [_covered(excerpt, *place) for place in places]
    answers = [_answer(answer, target) for chunk in _chunks(variants) for answer in model.enrich(chunk)]
    label = said.label
    return Explanation(
        entity=target.id if target else None,
        name=target.name if target else "article",
        label=label,
        words=tuple(
            WordWeight(field, start, end, before.probabilities[label] - (after or before).probabilities[label])
            for (field, start, end), after in zip(places, answers, strict=True)
        ),
    )


def _answer(enrichment: Enrichment, target: EntityMention | None) -> Sentiment | None:
    """Return what is said of the target; None where the entity is not found or not named in the text."""
    if target is None:
        return enrichment.sentiment
    return next((e.sentiment for e in enrichment.entities if e.id == target.id and (e.spans or not target.spans)), None)


def _carrying(enrichment: Enrichment, target: EntityMention | None) -> list[Sentence]:
    sentences = enrichment.sentences
    if target is not None and target.sentences:
        label = target.sentiment.label
        by_label = sorted(target.sentences, key=lambda place: -sentences[place].sentiment.probabilities[label])
        places = tuple(by_label[:MAX_SENTENCES])
    else:
        places = (enrichment.evidence or _evidence(sentences))[:MAX_SENTENCES]
    return [sentences[place] for place in sorted(places)]


def _evidence(sentences: Sequence[Sentence]) -> tuple[int, ...]:
    # A model that names no evidence has labels for its sentences all the same.
    probabilities = np.array([[s.sentiment.probabilities[label] for label in LABELS] for s in sentences])
    return evidence_sentences(probabilities, np.ones(len(sentences)))


def _words(sentence: Sentence, target: EntityMention | None) -> Iterator[tuple[Literal["title", "body"], int, int]]:
    own = [(span.start, span.end) for span in target.spans if span.field == sentence.field] if target else []
    for match in list(_WORD.finditer(sentence.text))[:MAX_WORDS]:
        start, end = sentence.start + match.start(), sentence.start + match.end()
        if not any(start < last and end > first for first, last in own):
            yield sentence.field, start, end


def _excerpt(article: Article, sentences: Sequence[Sentence]) -> Article:
    """Return the article with all of its body but some sentences blanked, so that every offset still holds.

    The title stays: without one, a short body is read as a whole.
    """
    kept = ["\n"] * len(article.body)  # line ends, for they part sentences
    for sentence in sentences:
        if sentence.field == "body":
            kept[sentence.start : sentence.end] = article.body[sentence.start : sentence.end]
    return article.model_copy(update={"body": "".join(kept)})


def _covered(article: Article, field: Literal["title", "body"], start: int, end: int) -> Article:
    text = article.title if field == "title" else article.body
    return article.model_copy(update={field: text[:start] + " " * (end - start) + text[end:]})


def _chunks(articles: Sequence[Article]) -> Iterator[Sequence[Article]]:
    for start in range(0, len(articles), CALL):
        yield articles[start : start + CALL]
