"""A model without a network: deterministic, quick, and of no use but to measure and test everything around a model."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from models.text.sentences import SentenceSpan, split_sentences
from streams.enrichment import Embedding, Enrichment, EntityMention, Sentence, Sentiment, Span, Summary, Topic
from streams.records import Article, EntityId

DIMENSIONS = 384
SUMMARY_SENTENCES = 2
MAX_SENTENCES = 256
_CASHTAG = re.compile(r"(?<![\w$])\$([A-Z]{1,5})\b")
_WORD = re.compile(r"\w+")
_NEGATIVE = frozenset(("falls", "fell", "loss", "losses", "fraud", "probe", "recall", "default", "cuts", "weak"))
_POSITIVE = frozenset(("rises", "rose", "profit", "gains", "record", "strong", "better", "beat", "growth"))


class StubModel:
    """Read articles by counting words."""

    version = "stub-1"
    space = "stub-1"
    dimensions = DIMENSIONS

    def enrich(self, articles: Sequence[Article]) -> list[Enrichment]:
        """Return one enrichment for each article, in order."""
        return [_enrich(article) for article in articles]


def _enrich(article: Article) -> Enrichment:
    every = split_sentences(article.title, article.body)
    spans = every[:MAX_SENTENCES]
    sentences = tuple(
        Sentence(text=s.text, field=s.field, start=s.start, end=s.end, sentiment=_sentiment(s.text)) for s in spans
    )
    summary = [place for place, span in enumerate(spans) if span.field == "body"][:SUMMARY_SENTENCES]
    summary = summary or list(range(len(spans)))[:1]
    return Enrichment(
        summary=Summary(text=" ".join(spans[place].text for place in summary), sentences=tuple(summary)),
        sentiment=_sentiment(f"{article.title} {article.body}"),
        topics=(Topic(topic="results", probability=0.5),),
        entities=tuple(_entities(article, spans)),
        sentences=sentences,
        embedding=Embedding.of(StubModel.space, _vector(f"{article.title} {article.body}")),
        language=article.language or "en",
        truncated=len(every) > MAX_SENTENCES,
        model=StubModel.version,
    )


def _sentiment(text: str) -> Sentiment:
    words = _WORD.findall(text.lower())
    negative, positive = (1 + sum(word in known for word in words) for known in (_NEGATIVE, _POSITIVE))
    total = negative + positive + 1
    return Sentiment.of(negative / total, 1 / total, positive / total)


def _entities(article: Article, spans: Sequence[SentenceSpan]) -> list[EntityMention]:
    named: dict[str, tuple[EntityId, str | None]]
    named = {hint.name: (EntityId(hint.id or f"feed:{hint.name.casefold()}"), None) for hint in article.entities}
    for match in _CASHTAG.finditer(f"{article.title} {article.body}"):
        named.setdefault(match[0], (EntityId(f"ticker:{match[1]}"), match[1]))
    return [_mention(article, spans, name, *known) for name, known in named.items()]


def _mention(
    article: Article, spans: Sequence[SentenceSpan], name: str, entity_id: EntityId, ticker: str | None
) -> EntityMention:
    naming = [place for place, span in enumerate(spans) if name in span.text]
    starts = [(spans[place].field, spans[place].start + spans[place].text.index(name)) for place in naming]
    return EntityMention(
        id=entity_id,
        name=name,
        ticker=ticker,
        relevance=1.0 if any(field == "title" for field, _ in starts) else 0.6,
        sentiment=_sentiment(" ".join(spans[place].text for place in naming) or article.title),
        spans=tuple(Span(field=field, start=start, end=start + len(name)) for field, start in starts),
        sentences=tuple(naming),
    )


def _vector(text: str) -> npt.NDArray[np.float32]:
    vector = np.zeros(DIMENSIONS, dtype=np.float32)  # (D,)
    for word in set(_WORD.findall(text.lower())):
        digest = hashlib.blake2b(word.encode("utf-8", "surrogatepass"), digest_size=8).digest()
        vector[int.from_bytes(digest[:4], "big") % DIMENSIONS] += 1.0 if digest[4] & 1 else -1.0
    norm = float(np.linalg.norm(vector))
    if norm == 0:
        vector[0], norm = 1.0, 1.0
    return vector / norm
