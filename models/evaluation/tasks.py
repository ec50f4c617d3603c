"""Every measurement of the model by name, on rows that nothing was trained on or chosen by."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from models.entities.gazetteer import load_gazetteer
from models.evaluation.linking import NamedSpan, evaluate_end_to_end, evaluate_linking, labelled_articles
from models.evaluation.measured import Figure, Measured
from models.evaluation.sentiment import (
    evaluate_directions,
    evaluate_entities,
    evaluate_fiqa,
    evaluate_roles,
    evaluate_sentiment,
    evaluate_statements,
)
from models.evaluation.summaries import evaluate_summaries
from models.evaluation.topics import evaluate_categories, evaluate_checked_topics, evaluate_topics
from models.lessons.datasets import SentimentExample
from streams.enrichment import LABELS, Label

Evaluate = Callable[[Measured, Path], list[Figure]]


def evaluate_names(measured: Measured, data: Path) -> list[Figure]:
    """Measure linking on articles labelled by hand, and entities with their sentiment on SEntFiN, no spans given."""
    gazetteer = load_gazetteer(())
    figures = evaluate_linking(labelled_articles(data), gazetteer)

    def judge(spans: Sequence[NamedSpan]) -> list[Label]:
        examples = [SentimentExample(text, (start, end), (0.0, 1.0, 0.0)) for text, start, end in spans]
        return [LABELS[place] for place in measured.sentiment(examples).argmax(1)]

    whole = evaluate_end_to_end(data, gazetteer, judge)
    test, fifth = f"{figures.articles} articles labelled by hand", "SEntFiN held-out fifth, end to end"
    return [
        Figure("linking", test, "precision", figures.precision, figures.found),
        Figure("linking", test, "recall", figures.recall, figures.wanted),
        Figure("linking", test, "precision on ambiguous words", figures.ambiguous_precision, figures.ambiguous_found),
        Figure("linking", fifth, "entities found", whole.recall, whole.entities),
        Figure("linking", fifth, "found and label right", whole.accuracy, whole.entities),
    ]


def all_figures(measured: Measured, data: Path) -> list[Figure]:
    """Return the figures of every task."""
    return [figure for evaluate in TASKS.values() for figure in evaluate(measured, data)]


TASKS: dict[str, Evaluate] = {
    "sentiment": evaluate_sentiment,
    "entities": evaluate_entities,
    "directions": evaluate_directions,
    "roles": evaluate_roles,
    "statements": evaluate_statements,
    "fiqa": evaluate_fiqa,
    "topics": evaluate_topics,
    "checked-topics": evaluate_checked_topics,
    "categories": evaluate_categories,
    "linking": evaluate_names,
    "summaries": evaluate_summaries,
}
