"""A model whose summaries are written anew by a second one, wherever every fact in them is in the article."""

from __future__ import annotations

from collections.abc import Sequence

from models.model import Model
from models.summaries.abstractive import AbstractiveSummariser, refusal
from models.text.languages import TRAINED
from streams.enrichment import Enrichment, Summary
from streams.metrics import SUMMARIES_REFUSED
from streams.records import Article


class AbstractedModel:
    """Put written summaries in the place of extracted ones. Not thread-safe: one thread owns it."""

    def __init__(self, model: Model, summariser: AbstractiveSummariser, name: str) -> None:
        """Take the model whose answers stand otherwise, and the writer with its name."""
        self._model = model
        self._summariser = summariser
        self._name = name

    @property
    def version(self) -> str:
        """Name the model's parts and the writer."""
        return f"{self._model.version}+{self._name}"

    @property
    def space(self) -> str:
        """Name the space of the embeddings."""
        return self._model.space

    @property
    def dimensions(self) -> int:
        """Return the length of an embedding."""
        return self._model.dimensions

    def enrich(self, articles: Sequence[Article]) -> list[Enrichment]:
        """Return one enrichment for each article, in order.

        The extracted summary stands where the written one says what the article does not (the reason is counted), and
        where the article's language is not one that the model was trained on.

        Raises:
            ModelBusy: the device had no memory even for one article.
        """
        enrichments = self._model.enrich(articles)
        places = [i for i, e in enumerate(enrichments) if e.language in TRAINED and e.sentences]
        texts = [f"{articles[i].title}\n{articles[i].body}".strip() for i in places]
        for place, text, written in zip(places, texts, self._summariser.write(texts), strict=True):
            refused = refusal(written, text)
            if refused is not None:
                SUMMARIES_REFUSED.labels(refused.value).inc()
                continue
            known = enrichments[place]
            summary = Summary(text=written, sentences=known.summary.sentences, kind="abstractive")
            enrichments[place] = known.model_copy(update={"summary": summary, "model": self.version})
        return enrichments
