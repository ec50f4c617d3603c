"""What a frozen encoder says of the training texts: computed once, kept in a folder, and used by every training."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt

from models.bases import Base
from models.datasets import SentimentExample, TopicExample
from models.encoder import Encoded, TextSpan
from models.heads import TOPIC_SENTENCES, digest_of, topic_features
from models.sentences import split_sentences
from models.text import readable

Matrix = npt.NDArray[np.float32]


class Reader(Protocol):
    """Be what features are computed with: the encoder."""

    base: Base

    def encode(self, texts: Sequence[str], spans: Sequence[TextSpan] = ()) -> Encoded:
        """Read each text once."""
        ...


@dataclass(frozen=True, slots=True)
class FeatureCache:
    """Compute features with an encoder, or take them from a folder where they were computed before."""

    encoder: Reader
    folder: Path | None = None

    def sentiment(self, examples: Sequence[SentimentExample]) -> Matrix:
        """Return (N, 2D): the mean of each example's span beside that of its text."""
        key = digest_of([part for e in examples for part in (e.text, str(e.span))])
        return self._cached(f"sentiment-{key[:24]}", lambda: self._sentiment(examples))

    def topics(self, examples: Sequence[TopicExample]) -> Matrix:
        """Return (N, 2D): the first sentence of each article beside its lead."""
        key = digest_of([str(TOPIC_SENTENCES), *(part for e in examples for part in (e.title, e.body))])
        return self._cached(f"topics-{key[:24]}", lambda: self._topics(examples))

    def _sentiment(self, examples: Sequence[SentimentExample]) -> Matrix:
        places: dict[str, int] = {}
        for example in examples:
            places.setdefault(example.text, len(places))
        spans = [TextSpan(places[e.text], *e.span) for e in examples if e.span is not None]
        encoded = self.encoder.encode([readable(text) for text in places], spans)
        sentences = encoded.texts[[places[e.text] for e in examples]]
        about = sentences.copy()
        about[[i for i, e in enumerate(examples) if e.span is not None]] = encoded.spans
        return np.concatenate([about, sentences], axis=1)

    def _topics(self, examples: Sequence[TopicExample]) -> Matrix:
        texts: list[str] = []
        bounds: list[tuple[int, int]] = []
        for example in examples:
            sentences = [readable(s.text) for s in split_sentences(example.title, example.body)[:TOPIC_SENTENCES]]
            sentences = sentences or [readable(f"{example.title} {example.body}")]
            bounds.append((len(texts), len(texts) + len(sentences)))
            texts.extend(sentences)
        means = self.encoder.encode(texts).texts
        return np.stack([topic_features(means[start:end]) for start, end in bounds])

    def _cached(self, name: str, compute: Callable[[], Matrix]) -> Matrix:
        if self.folder is None:
            return compute()
        path = self.folder / f"{name}-{self.encoder.base.sha256[:12]}.npy"
        if path.is_file():
            return np.load(path, allow_pickle=False)  # type: ignore[no-any-return]
        features = compute()
        self.folder.mkdir(parents=True, exist_ok=True)
        # Whole under its name or not there at all, should this process be killed.
        partial = path.with_suffix(".partial.npy")
        np.save(partial, features, allow_pickle=False)
        partial.replace(path)
        return features
