"""Measuring the extractive summary beside the first sentences of the same articles, at no greater length."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from models.evaluation.measured import Figure, Measured
from models.lessons import datasets
from models.lessons.datasets import SummaryExample
from models.network.encoder import Encoder
from models.summaries.extractive import Extract, summarise, unit
from models.summaries.facts import unsupported
from models.summaries.salience import Salience
from models.summaries.salience_features import FEWEST_WORDS
from models.text.cleaning import plain_text, readable
from models.text.sentences import split_sentences
from models.training.salience import MAX_SENTENCES
from streams.errors import MisconfiguredError

MEASURES = ("rouge1", "rouge2", "rougeL")


@dataclass(frozen=True, slots=True)
class SummaryTest:
    """Be a set with the sentences of the lead, the most of ours, and whether the lead's length bounds ours."""

    name: str
    read: Callable[[Path], list[SummaryExample]]
    lead: int
    sentences: int
    bounded: bool


TESTS = (
    SummaryTest("ECTSum val", datasets.ectsum, 3, 3, bounded=False),
    SummaryTest("CNN/DM 200", datasets.cnndm, 3, 4, bounded=True),
    SummaryTest("XSum, half held out", lambda data: datasets.xsum(data, held_out=True), 2, 2, bounded=True),
)


def evaluate_summaries(measured: Measured, data: Path) -> list[Figure]:
    """Measure the summary on the three sets.

    Raises:
        DataMissing: a set is not there.
        MisconfiguredError: the package rouge-score is not installed.
    """
    return summary_figures(measured.encoder, measured.salience, data)


def summary_figures(encoder: Encoder, salience: Salience, data: Path) -> list[Figure]:
    """Return ROUGE-1, -2 and -L (not Lsum; F, stemmed), words a summary, and figures that no article holds.

    Raises:
        DataMissing: a set is not there.
        MisconfiguredError: the package rouge-score is not installed.
    """
    return [figure for test in TESTS for figure in _figures(test, test.read(data), encoder, salience)]


def _figures(
    test: SummaryTest, examples: Sequence[SummaryExample], encoder: Encoder, salience: Salience
) -> list[Figure]:
    scorer = _scorer()
    ours: list[list[float]] = []
    leads: list[list[float]] = []
    invented = 0
    for example in examples:
        texts = [span.text for span in split_sentences("", example.text)[:MAX_SENTENCES]]
        first = lead(texts, test.lead)
        written = extract(texts, encoder, salience, test.sentences, first if test.bounded else None).text
        for text, scores in ((written, ours), (first, leads)):
            got = scorer.score(example.summary, text)
            scores.append([*(100 * got[measure].fmeasure for measure in MEASURES), float(len(text.split()))])
        invented += sum(fact.kind == "number" for fact in unsupported(written, example.text))
    means = zip(("ROUGE-1", "ROUGE-2", "ROUGE-L", "words"), np.mean(ours, axis=0), np.mean(leads, axis=0), strict=True)
    baseline = f"lead-{test.lead}, same rows"
    return [
        *(
            Figure("summaries", test.name, measure, float(value), len(ours), baseline=float(base), baseline_of=baseline)
            for measure, value, base in means
        ),
        Figure("summaries", test.name, "numbers that the article lacks", float(invented), len(ours)),
    ]


def extract(
    texts: Sequence[str], encoder: Encoder, salience: Salience, max_sentences: int, bound: str | None
) -> Extract:
    """Return the summary of an article without a title, given by its sentences; longer than no bound in any measure."""
    if not texts:
        return Extract("", ())
    vectors = unit(encoder.encode([readable(text) for text in texts]).texts)
    fields, article = ["body"] * len(texts), unit(vectors.mean(0))
    max_chars = len(bound) if bound is not None else None
    while True:
        written = summarise(
            texts, fields, vectors, article, "", salience=salience, max_sentences=max_sentences, max_chars=max_chars
        )
        # The same characters may hold more words than the bound has: then fewer characters are asked for.
        over = bound is not None and len(written.text.split()) > len(bound.split())
        if not over or len(written.sentences) <= 1:
            return written
        max_chars = len(written.text) - 1


def lead(texts: Sequence[str], sentences: int) -> str:
    """Return the first sentences of an article, bylines and other fragments left out."""
    plain = [" ".join(plain_text(text).split()) for text in texts]
    return " ".join([text for text in plain if len(text.split()) >= FEWEST_WORDS][:sentences])


def _scorer() -> Any:
    try:
        from rouge_score.rouge_scorer import RougeScorer
    except ImportError:
        raise MisconfiguredError("the package rouge-score is not installed: install the locked requirements") from None
    return RougeScorer(MEASURES, use_stemmer=True)
