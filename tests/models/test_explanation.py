"""The words that carry a label: on the stub, whose reasons are known, and on the real model."""

from __future__ import annotations

from collections.abc import Sequence

from models.explanation import CALL, explain
from models.reading import EncoderModel
from models.stub import StubModel
from streams.enrichment import Enrichment
from streams.records import Article, EntityHint
from tests.models.conftest import MakeArticle


class _Counting(StubModel):
    """Count what is asked of the stub."""

    def __init__(self) -> None:
        self.calls: list[int] = []

    def enrich(self, articles: Sequence[Article]) -> list[Enrichment]:
        self.calls.append(len(articles))
        return super().enrich(articles)


def test_the_words_that_the_stub_counts(make_article: MakeArticle) -> None:
    """Of a label that comes from two words, those two weigh, at their places, and no other does."""
    article = make_article("Vantor falls", "The weather was fine. A fraud was found at the plant. Lunch was served.")
    (whole,) = explain(StubModel(), article)
    weighing = [word for word in whole.words if abs(word.weight) > 1e-9]
    texts = {"title": article.title, "body": article.body}
    assert [texts[word.field][word.start : word.end] for word in weighing] == ["falls", "fraud"]
    assert whole.label == "negative"
    assert all(word.weight > 0 for word in weighing)


def test_each_entity_by_its_own_sentences(make_article: MakeArticle) -> None:
    """Two entities of unlike news have unlike words, and their own names are not covered."""
    hints = (EntityHint(name="Vantor"), EntityHint(name="Brightwell"))
    article = make_article(
        "On two companies", "Vantor reported a fraud today. Brightwell saw record growth.", hints=hints
    )
    _, vantor, brightwell = explain(StubModel(), article)
    told = {e.name: [article.body[w.start : w.end] for w in e.words if w.weight > 0.01] for e in (vantor, brightwell)}
    assert told == {"Vantor": ["fraud"], "Brightwell": ["record", "growth"]}
    assert (vantor.label, brightwell.label) == ("negative", "positive")
    assert "Vantor" not in [article.body[w.start : w.end] for w in vantor.words]


class _Telling(StubModel):
    """Name three sentences as the evidence, the last first, as a model may that weighs them in its own way."""

    def enrich(self, articles: Sequence[Article]) -> list[Enrichment]:
        return [one.model_copy(update={"evidence": (3, 2, 1)}) for one in super().enrich(articles)]


def test_the_evidence_that_the_model_names(make_article: MakeArticle) -> None:
    """Where the model says which sentences carry its label, the words of the first two of them are covered."""
    article = make_article("A fraud", "Lunch was late. A loss was made. Rain fell.")
    (whole,) = explain(_Telling(), article)
    assert [article.body[w.start : w.end] for w in whole.words] == ["A", "loss", "was", "made", "Rain", "fell"]


def test_an_entity_by_the_sentences_that_carry_its_label(make_article: MakeArticle) -> None:
    """Of many sentences that name an entity, those that say what its label says are covered, not the first ones."""
    body = "Vantor has a plant. Vantor has a pier. Vantor has a loss. Vantor has a fraud."
    _, vantor = explain(StubModel(), make_article("On a firm", body, hints=(EntityHint(name="Vantor"),)))
    assert [body[w.start : w.end] for w in vantor.words] == ["has", "a", "loss", "has", "a", "fraud"]


def test_the_price_is_bounded(make_article: MakeArticle) -> None:
    """However long an article is, only the words of two sentences are covered, in calls of a stated size."""
    model = _Counting()
    explain(model, make_article("", "A loss was made by the firm in this year. " * 200))
    assert sum(model.calls) <= 2 + 2 * 10
    assert max(model.calls) <= CALL


def test_an_article_without_words(make_article: MakeArticle) -> None:
    """Marks alone have a label and no words behind it."""
    (whole,) = explain(StubModel(), make_article("...", "!!!"))
    assert whole.words == ()


def test_the_real_model(model: EncoderModel, make_article: MakeArticle) -> None:
    """In one plain sentence the word that makes it bad news weighs more than the words around it."""
    article = make_article("", "The company said on Friday that profit collapsed.")
    whole = explain(model, article)[0]
    strongest = max(whole.words, key=lambda word: abs(word.weight))
    assert article.body[strongest.start : strongest.end] in ("collapsed", "profit")
