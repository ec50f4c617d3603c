"""The model: articles to enrichments through one pass of one encoder.

Every sentence of every article in a call is read once, in shared batches. From its mean and the means of the entity
spans in it come all answers, and nothing is decided by another model. Only a clause that sets one name apart from
another is also read by itself (`models/network/entity_sentiment.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from models.entities.finding import FoundEntity, find_entities
from models.entities.gazetteer import Gazetteer, load_gazetteer
from models.entities.headed_results import headed_results
from models.entities.relevance import companions_of, places_of, relevance
from models.evidence import evidence_sentences, topic_evidence
from models.network.encoder import Encoder, TextSpan
from models.network.entity_sentiment import read_entities
from models.network.heads import BUILT_IN, NAMED_FROM, Heads, load_heads, topic_features
from models.summaries.extractive import summarise, unit
from models.summaries.salience import Salience, load_salience
from models.text.cleaning import readable
from models.text.languages import TRAINED, LanguageIdentifier
from models.text.sentences import SentenceSpan, split_sentences
from streams.clock import Clock, SystemClock
from streams.enrichment import Embedding, Enrichment, EntityMention, Sentence, Sentiment, Summary, Topic
from streams.records import Article
from streams.settings import Settings

UNINFORMED = (0.333, 0.334, 0.333)
"""What is said where nothing is known: an even split, neutral by a hair, so that nothing counts it as bad news."""
TITLE_WEIGHT = 3.0
"""Of the title's sentence beside the first of the body."""
HALF_WEIGHT_SENTENCES = 8.0
"""So many sentences into the body, one counts half as much as the first."""
NEUTRAL_WEIGHT = 0.25
"""Of a sentence that is surely neutral: most sentences only inform, and would drown those that judge."""

Matrix = npt.NDArray[np.float32]
Probabilities = npt.NDArray[np.float64]


@dataclass(slots=True)
class _Page:
    """Be one article on its way: its sentences, its entities, and where they lie in the call's batch."""

    article: Article
    sentences: list[SentenceSpan]
    truncated: bool
    language: str
    entities: list[FoundEntity]
    first_text: int = 0
    text_count: int = 0
    mentions: list[tuple[int, int]] = field(default_factory=list)
    """Of each span inside a sentence that is read: the entity and the sentence, in the order of the batch's spans."""
    first_span: int = 0


class EncoderModel:
    """Read articles with an encoder, its heads and a gazetteer. Not thread-safe: one thread owns it."""

    def __init__(
        self,
        encoder: Encoder,
        heads: Heads,
        gazetteer: Gazetteer,
        salience: Salience,
        *,
        max_sentences: int,
        summary_sentences: int,
        summary_chars: int | None,
        clock: Clock,
    ) -> None:
        self._encoder = encoder
        self._heads = heads
        self._gazetteer = gazetteer
        self._salience = salience
        self._clock = clock
        self._languages = LanguageIdentifier()
        self._max_sentences = max_sentences
        self._summary_sentences = summary_sentences
        self._summary_chars = summary_chars

    @classmethod
    def load(cls, settings: Settings) -> EncoderModel:
        """Load everything that the settings name.

        Raises:
            WeightsMismatch: a weight file is not the one that is named, or the heads belong to another encoder.
            DataMissing: a file is not there.
            MisconfiguredError: a gazetteer file cannot be read.
        """
        folder: Path = settings.heads_dir or BUILT_IN
        encoder = Encoder.load(settings, folder)
        return cls(
            encoder,
            load_heads(folder, encoder.base),
            load_gazetteer(settings.gazetteer_files),
            load_salience(folder),
            max_sentences=settings.max_sentences,
            summary_sentences=settings.summary_sentences,
            summary_chars=settings.summary_chars,
            clock=SystemClock(),
        )

    @property
    def version(self) -> str:
        """Name weights, heads and gazetteer together."""
        return f"{self.space}+{self._heads.version}+{self._gazetteer.version}"

    @property
    def space(self) -> str:
        """Name the space of the embeddings."""
        return self._encoder.space

    @property
    def dimensions(self) -> int:
        """Return the length of an embedding."""
        return self._encoder.dimensions

    def warm_up(self) -> None:
        """Read a sentence, so that the first article does not pay for what is set up once."""
        self._encoder.encode(["Vantor Robotics raised its forecast."], [TextSpan(0, 0, 15)])

    def enrich(self, articles: Sequence[Article]) -> list[Enrichment]:
        """Return one enrichment for each article, in order.

        Raises:
            ModelBusy: the device had no memory even for one sentence.
        """
        pages = [self._page(article) for article in articles]
        texts: list[str] = []
        spans: list[TextSpan] = []
        for page in pages:
            _lay_out(page, texts, spans)
        encoded, of_spans = read_entities(self._encoder, self._heads, texts, spans)
        if not pages:
            return []
        scored_at = self._clock.now()
        of_sentences = self._heads.read_sentiment(encoded.texts, encoded.texts)
        topics = self._heads.read_topics(
            np.stack([topic_features(encoded.texts[p.first_text : p.first_text + p.text_count]) for p in pages])
        )
        return [
            self._enrichment(page, encoded.texts, of_sentences, of_spans, topics[place], scored_at)
            for place, page in enumerate(pages)
        ]

    def run_with(self, engine: Callable[[Any], Any]) -> None:
        """Put another engine in the place of the encoder's network."""
        self._encoder.run_with(engine)

    def work(self, articles: Sequence[Article]) -> tuple[int, float]:
        """Return the tokens of some articles, and the operations of the encoder's matrix products over them."""
        texts: list[str] = []
        for article in articles:
            _lay_out(self._page(article), texts, [])
        return self._encoder.work(texts)

    def _page(self, article: Article) -> _Page:
        every = split_sentences(article.title, article.body)
        return _Page(
            article,
            every[: self._max_sentences],
            truncated=len(every) > self._max_sentences,
            language=self._languages.identify(f"{article.title} {article.body}", article.language),
            entities=find_entities(article, self._gazetteer),
        )

    def _enrichment(
        self,
        page: _Page,
        means: Matrix,
        of_sentences: Probabilities,
        of_spans: Probabilities,
        topics: Probabilities,
        scored_at: datetime,
    ) -> Enrichment:
        rows = slice(page.first_text, page.first_text + page.text_count)
        vectors = unit(means[rows])  # (S, D)
        embedding = unit(vectors.mean(0))  # (D,)
        trained = page.language in TRAINED and bool(page.sentences)
        probabilities = of_sentences[rows] if trained else np.tile(UNINFORMED, (page.text_count, 1))
        weights = sentence_weights(page.sentences, probabilities)
        whole = weights @ probabilities / weights.sum() if trained else np.array(UNINFORMED)
        extract = summarise(
            [s.text for s in page.sentences],
            [s.field for s in page.sentences],
            vectors,
            embedding,
            page.article.title,
            salience=self._salience,
            max_sentences=self._summary_sentences,
            max_chars=self._summary_chars,
        )
        return Enrichment(
            summary=Summary(text=extract.text, sentences=extract.sentences),
            sentiment=Sentiment.of(*whole),
            evidence=evidence_sentences(probabilities, weights) if trained else (),
            topics=self._topics(topics, means[rows]) if trained else (),
            entities=_entities(page, of_spans, probabilities, whole, trained=trained),
            sentences=tuple(
                Sentence(text=s.text, field=s.field, start=s.start, end=s.end, sentiment=Sentiment.of(*row))
                for s, row in zip(page.sentences, probabilities, strict=False)
            ),
            embedding=Embedding.of(self.space, embedding),
            language=page.language,
            truncated=page.truncated,
            model=self.version,
            gazetteer=self._gazetteer.version,
            scored_at=scored_at,
        )

    def _topics(self, probabilities: Probabilities, means: Matrix) -> tuple[Topic, ...]:
        facts = self._heads.facts
        named = np.flatnonzero(probabilities >= NAMED_FROM)
        if not len(named):
            return ()
        named = named[np.argsort(-probabilities[named], kind="stable")]
        alone = self._heads.read_topics(np.concatenate([means, means], axis=1))  # (S, topics)
        return tuple(
            Topic(topic=facts.topics[column], probability=float(probabilities[column]), sentences=behind)
            for column, behind in zip(named, topic_evidence(alone, named), strict=True)
        )


def sentence_weights(sentences: Sequence[SentenceSpan], probabilities: Probabilities) -> npt.NDArray[np.float64]:
    """Return how much each sentence (S,) counts in the article's sentiment, from its probabilities (S, 3).

    A sentence weighs by its place (the title most, then the body from its beginning) times how far it is from
    neutral, so that the sentence behind the article's label is always one that can be shown.
    """
    body = 0
    weights = np.empty(len(sentences))
    for place, sentence in enumerate(sentences):
        weights[place] = TITLE_WEIGHT if sentence.field == "title" else 1 / (1 + body / HALF_WEIGHT_SENTENCES)
        body += sentence.field == "body"
    return np.asarray(weights * (NEUTRAL_WEIGHT + (1 - NEUTRAL_WEIGHT) * (1 - probabilities[: len(weights), 1])))


def _lay_out(page: _Page, texts: list[str], spans: list[TextSpan]) -> None:
    """Put the sentences of an article and the entity spans in them into the call's batch."""
    page.first_text, page.first_span = len(texts), len(spans)
    texts.extend(readable(sentence.text) for sentence in page.sentences)
    if not page.sentences:  # nothing but marks: still something that has an embedding
        texts.append(readable(f"{page.article.title} {page.article.body}")[:200])
    page.text_count = len(texts) - page.first_text
    named = [(number, span) for number, entity in enumerate(page.entities) for span in entity.spans]
    for (number, span), place in zip(named, places_of([span for _, span in named], page.sentences), strict=True):
        if place is not None:
            sentence = page.sentences[place]
            start, end = span.start - sentence.start, min(span.end, sentence.end) - sentence.start
            spans.append(TextSpan(page.first_text + place, start, end))
            page.mentions.append((number, place))


def _entities(
    page: _Page, of_spans: Probabilities, of_sentences: Probabilities, whole: Probabilities, *, trained: bool
) -> tuple[EntityMention, ...]:
    most = max((len(entity.spans) for entity in page.entities), default=0)
    found: list[EntityMention] = []
    rows: list[list[int]] = [[] for _ in page.entities]
    named_in: list[set[int]] = [set() for _ in page.entities]
    for row, (number, place) in enumerate(page.mentions, page.first_span):
        rows[number].append(row)
        named_in[number].add(place)
    companions = companions_of(named_in)
    headed = headed_results(page.article.title, page.entities, page.sentences)
    for number, entity in enumerate(page.entities):
        places = sorted(named_in[number])
        # An entity that the feed named and the text does not spell out shares the article's sentiment.
        probabilities = of_spans[rows[number]].mean(0) if rows[number] and trained else whole
        told = headed.sentences if headed and headed.entity == number else ()
        if told and trained:  # the heading itself says nothing
            probabilities = of_sentences[list(told)].mean(0)
        found.append(
            EntityMention(
                id=entity.id,
                name=entity.name,
                ticker=entity.ticker,
                relevance=relevance(entity, places, most, len(page.sentences)),
                sentiment=Sentiment.of(*probabilities),
                spans=tuple(entity.spans),
                sentences=(*places, *told),
                kind=entity.kind,
                first_sentence=places[0] if places else None,
                companions=companions[number],
            )
        )
    return tuple(sorted(found, key=lambda entity: -entity.relevance))
