"""Written summaries in the place of extracted ones: taken where their facts hold, counted where not."""

from __future__ import annotations

from collections.abc import Sequence

from prometheus_client import REGISTRY

from models.stub import StubModel
from models.summaries.abstracted import AbstractedModel
from tests.models.conftest import MakeArticle


class _Writer:
    """Write what it was told to."""

    def __init__(self, *texts: str) -> None:
        self._texts = texts

    def write(self, articles: Sequence[str]) -> list[str]:
        """Return the texts."""
        assert len(articles) == len(self._texts)
        return list(self._texts)


def _refused(reason: str) -> float:
    return REGISTRY.get_sample_value("tidewatch_summaries_refused_total", {"reason": reason}) or 0.0


def test_only_what_the_article_says_is_taken(make_article: MakeArticle) -> None:
    """An invented number leaves the extracted summary in place and is counted; a true sentence is taken."""
    article = make_article("Vantor profit rises", "Vantor said profit rose to 8 million dollars from 5 million.")
    before = _refused("number")
    writer = _Writer("Vantor's profit rose to 8 million dollars.", "Vantor's profit rose to 9 million dollars.")
    taken, kept = AbstractedModel(StubModel(), writer, "writer").enrich([article, article])  # type: ignore[arg-type]
    assert (taken.summary.kind, taken.summary.text) == ("abstractive", "Vantor's profit rose to 8 million dollars.")
    assert taken.model == "stub-1+writer"
    assert kept == StubModel().enrich([article])[0]
    assert _refused("number") == before + 1


def test_what_cannot_be_read_is_not_written(make_article: MakeArticle) -> None:
    """An article in another language keeps its extracted summary, and the writer is not asked."""
    article = make_article("Gewinn steigt", "Der Gewinn steigt.", language="de")
    (answer,) = AbstractedModel(StubModel(), _Writer(), "writer").enrich([article])  # type: ignore[arg-type]
    assert answer.summary.kind == "extractive"
