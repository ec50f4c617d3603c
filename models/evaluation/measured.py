"""What is measured: an encoder with its heads, asked about given spans and texts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from models.lessons.datasets import SentimentExample, TopicExample
from models.lessons.recipe import told
from models.metrics import Interval
from models.network.encoder import Encoder, TextSpan
from models.network.entity_sentiment import read_entities
from models.network.heads import BUILT_IN, Heads, load_heads, topic_features
from models.summaries.salience import Salience, load_salience
from models.text.cleaning import readable
from streams.settings import Settings

Matrix = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Figure:
    """Be one measured number, with what a plain method reaches on the same rows (or says which others)."""

    task: str
    test: str
    measure: str
    value: float
    rows: int
    interval: Interval | None = None
    """The middle 95% over resampled rows."""
    baseline: float | None = None
    baseline_of: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """Hold an encoder, its heads and the salience that lies beside them."""

    encoder: Encoder
    heads: Heads
    salience: Salience

    @classmethod
    def load(cls, settings: Settings, folder: Path | None = None) -> Measured:
        """Load the weights of a folder; those that the settings name where none is given.

        Raises:
            WeightsMismatch: the weights belong to another base, or a file is not the one that was written.
            DataMissing: a file is not there.
        """
        folder = folder or settings.heads_dir or BUILT_IN
        encoder = Encoder.load(settings, folder)
        return cls(encoder, load_heads(folder, encoder.base), load_salience(folder))

    def sentiment_features(self, examples: Sequence[SentimentExample]) -> tuple[Matrix, Matrix]:
        """Return the means of each example's span and of its text, (N, D) each; every text is read once."""
        texts, spans = _laid_out(examples)
        encoded = self.encoder.encode(texts, spans)
        return encoded.spans, encoded.texts[[span.text for span in spans]]

    def sentiment(self, examples: Sequence[SentimentExample]) -> npt.NDArray[np.float64]:
        """Return probabilities (N, 3) about each example's span, or its text."""
        return read_entities(self.encoder, self.heads, *_laid_out(examples)).sentiment

    def topic_features(self, examples: Sequence[TopicExample]) -> Matrix:
        """Return (N, 2D) of each article."""
        return np.stack([topic_features(means) for means in self.sentence_means(examples)])

    def sentence_means(self, examples: Sequence[TopicExample]) -> list[Matrix]:
        """Return (S, D) of each article: a text without a title is read whole, as a tweet is in training."""
        texts = [told(e.title, e.body) if e.title else (readable(e.body),) for e in examples]
        means = self.encoder.encode([sentence for sentences in texts for sentence in sentences]).texts
        return np.split(means, np.cumsum([len(sentences) for sentences in texts])[:-1])


def _laid_out(examples: Sequence[SentimentExample]) -> tuple[list[str], list[TextSpan]]:
    """Return each text once, and a span for each example: an empty one, which means its text, where it has none."""
    places: dict[str, int] = {}
    spans = [TextSpan(places.setdefault(e.text, len(places)), *(e.span or (0, 0))) for e in examples]
    return [readable(text) for text in places], spans
