"""The plain way that the pipeline is compared with: one message at a time, a `transformers` pipeline for each task.

The encoders have the base's own shape and weights, so that a pass costs the same; the heads are random, since only
time is measured. Tasks: sentiment of each sentence, topics of the article, and an embedding of each sentence for the
summary; each runs its own pass, as separate models do.
"""

from __future__ import annotations

from typing import Any

from transformers import AutoModel, AutoModelForSequenceClassification, AutoTokenizer, pipeline

from models.network.encoder import base_folder
from models.text.sentences import split_sentences
from streams.records import Article
from streams.settings import Settings


class PlainWay:
    """Read an article with a pipeline for each task."""

    def __init__(self, settings: Settings) -> None:
        base = str(base_folder(settings))
        tokenizer = AutoTokenizer.from_pretrained(base)
        classifier = AutoModelForSequenceClassification.from_pretrained

        def task(name: str, model: Any) -> Any:
            return pipeline(name, model=model, tokenizer=tokenizer, device="cpu")  # type: ignore[call-overload]

        self._sentiment = task("text-classification", classifier(base, num_labels=3))
        self._topics = task("text-classification", classifier(base, num_labels=20))
        self._embedding = task("feature-extraction", AutoModel.from_pretrained(base))

    def read(self, article: Article) -> None:
        """Run every task over one article, sentence by sentence where the task is about sentences."""
        sentences = [sentence.text for sentence in split_sentences(article.title, article.body)]
        for sentence in sentences:
            self._sentiment(sentence, truncation=True, max_length=256)
        self._topics(f"{article.title} {article.body}", truncation=True, max_length=256)
        for sentence in sentences:
            self._embedding(sentence, truncation=True, max_length=256)
