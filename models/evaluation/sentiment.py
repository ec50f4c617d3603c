"""Measuring sentiment: of texts, of entities, of FiQA's scores, of directions, of plain bad events and of roles."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import lru_cache, partial
from pathlib import Path

import numpy as np
import numpy.typing as npt

from models.evaluation.measured import Figure, Measured
from models.evaluation.sets import bad_events, direction_pairs, roles, statements
from models.lessons import datasets
from models.lessons.datasets import SentimentExample
from models.lessons.near_copies import near_copies
from models.lessons.recipe import lessons
from models.lessons.renaming import retold
from models.metrics import accuracy, brier, calibration_error, f1_scores, interval, macro_f1, precision_recall
from streams.enrichment import LABELS

Flags = npt.NDArray[np.bool_]
Probabilities = npt.NDArray[np.float64]
FIQA_FOLDS = 10
_UNKNOWN = (0.0, 1.0, 0.0)
RIDGE = np.logspace(0, 4, 9)


def evaluate_sentiment(measured: Measured, data: Path) -> list[Figure]:
    """Measure the sentiment of whole texts on TFNS valid, with and without near-copies of training texts."""
    examples = datasets.tfns(data, "valid")
    truth, probabilities = _read(measured, examples)
    fresh = ~copies_of_training([e.text for e in examples], data)
    test = "TFNS valid less copies"
    return [
        *labels("sentiment", "TFNS valid", truth, probabilities, (0.830, 0.774), "TF-IDF"),
        *labels("sentiment", test, truth[fresh], probabilities[fresh], (0.875, 0.835), "fully tuned MiniLM"),
        *classes("sentiment", test, truth[fresh], probabilities[fresh]),
        *calibration("sentiment", test, truth[fresh], probabilities[fresh]),
    ]


def evaluate_entities(measured: Measured, data: Path) -> list[Figure]:
    """Measure the sentiment of given entity spans on the fifth of SEntFiN that is held out."""
    examples = datasets.sentfin(data, held_out=True)
    truth, probabilities = _read(measured, examples)
    texts = [e.text for e in examples]
    fresh = ~copies_of_training(texts, data)
    said: dict[str, set[int]] = {}
    for text, label in zip(texts, truth, strict=True):
        said.setdefault(text, set()).add(int(label))
    conflicting = np.array([len(said[text]) > 1 for text in texts]) & fresh
    opposed = np.array([{0, 2} <= said[text] for text in texts]) & fresh
    test, plain = "SEntFiN held-out fifth less copies", "plain full tuning"
    _, of_others = _read(measured, told_of_others(examples))
    same = (of_others.argmax(1) == probabilities.argmax(1))[fresh]
    low, high = interval(lambda column: float(column.mean()), same)
    return [
        *labels("entities", "SEntFiN held-out fifth", truth, probabilities, (0.869, None), plain),
        *labels("entities", test, truth[fresh], probabilities[fresh]),
        *labels(
            "entities", "entities that differ", truth[conflicting], probabilities[conflicting], (0.848, None), plain
        ),
        *labels("entities", "positive against negative", truth[opposed], probabilities[opposed]),
        *labels("entities", "the same lines of other names", truth[fresh], of_others[fresh]),
        Figure(
            "entities",
            "the same lines of other names",
            "share of labels kept",
            float(same.mean()),
            len(same),
            (low, high),
        ),
        *classes("entities", test, truth[fresh], probabilities[fresh]),
        *calibration("entities", test, truth[fresh], probabilities[fresh]),
    ]


def told_of_others(examples: Sequence[SentimentExample], seed: int = 0) -> list[SentimentExample]:
    """Return examples whose entity has the name of another one: what is said should be read as before."""
    random = np.random.default_rng(seed)
    names = sorted({e.text[slice(*e.span)] for e in examples if e.span})
    told: list[SentimentExample] = []
    for example in examples:
        name = names[int(random.integers(len(names)))]
        if example.span is None:
            told.append(example)
            continue
        text, moved = retold(example.text, [example.span], [name])
        told.append(replace(example, text=text, span=moved[example.span]))
    return told


def evaluate_fiqa(measured: Measured, data: Path) -> list[Figure]:
    """Measure FiQA's scores in ten folds by text: a ridge on what the encoder, which never saw FiQA, says of a span."""
    examples, scores = datasets.fiqa(data)
    about, sentences = measured.sentiment_features(examples)
    said = measured.heads.read_sentiment(about, sentences)
    features = np.concatenate([about, sentences, 10 * said], axis=1).astype(np.float64)
    folds = np.array([datasets.fold_of(e.text, FIQA_FOLDS, "fiqa") for e in examples])
    guess = np.zeros(len(scores))
    for fold in range(FIQA_FOLDS):
        test = folds == fold
        guess[test] = _ridge(features[~test], scores[~test], folds[~test], features[test])
    squares = (guess - scores) ** 2
    spread = float(((scores - scores.mean()) ** 2).mean())
    low, high = interval(lambda column: float(column.mean()), squares)
    name = "FiQA train, 10 folds by text"
    error = float(squares.mean())
    return [
        Figure("fiqa", name, "squared error", error, len(scores), (low, high), 0.113, "TF-IDF ridge"),
        Figure("fiqa", name, "R²", 1 - error / spread, len(scores), None, 0.55, "FinBERT, its paper"),
    ]


def evaluate_directions(measured: Measured, _data: Path) -> list[Figure]:
    """Measure pairs of figures and plain bad events, both written by hand and never trained on."""
    pairs = direction_pairs()
    probabilities = measured.sentiment([SentimentExample(p.text, p.span, _UNKNOWN) for p in pairs])
    signs = np.where(probabilities[:, 2] > probabilities[:, 0], "positive", "negative")
    right = signs == np.array([p.sign for p in pairs])
    low, high = interval(lambda column: float(column.mean()), right)
    events = bad_events()
    negative = measured.sentiment([SentimentExample(e.text, e.span, _UNKNOWN) for e in events]).argmax(1) == 0
    return [
        Figure(
            "directions",
            "pairs of figures",
            "sign accuracy",
            float(right.mean()),
            len(pairs),
            (low, high),
            0.5,
            "chance",
        ),
        Figure("directions", "plain bad events", "share negative", float(negative.mean()), len(events)),
    ]


def evaluate_roles(measured: Measured, _data: Path) -> list[Figure]:
    """Measure how companies named together fare, in sentences written by hand and never trained on."""
    rows = roles()
    examples = [SentimentExample(r.text, r.span, _UNKNOWN) for r in rows]
    truth, probabilities = np.array([LABELS.index(r.label) for r in rows]), measured.sentiment(examples)
    test, kinds = "companies by hand", np.array([r.kind for r in rows])
    commonest = float(np.bincount(truth).max() / len(truth))
    by_kind = [(kind, kinds == kind) for kind in dict.fromkeys(r.kind for r in rows)]
    return [
        *labels("roles", test, truth, probabilities, (commonest, None), "the commonest label"),
        *(
            Figure(
                "roles",
                f"{test}: {kind}",
                "accuracy",
                accuracy(truth[of_kind], probabilities[of_kind].argmax(1)),
                int(of_kind.sum()),
            )
            for kind, of_kind in by_kind
        ),
    ]


def evaluate_statements(measured: Measured, _data: Path) -> list[Figure]:
    """Measure plain statements, in sentences written by hand and never trained on: by themselves, and their company."""
    rows = statements()
    truth = np.array([LABELS.index(row.label) for row in rows])
    whole = measured.sentiment([SentimentExample(row.text, None, _UNKNOWN) for row in rows])
    named = [row for row in rows if row.span]
    of_named = np.array([LABELS.index(row.label) for row in named])
    about = measured.sentiment([SentimentExample(row.text, row.span, _UNKNOWN) for row in named])
    commonest = float(np.bincount(truth).max() / len(truth))
    return [
        *labels("statements", "plain statements", truth, whole, (commonest, None), "the commonest label"),
        *classes("statements", "plain statements", truth, whole),
        *labels("statements", "their companies", of_named, about),
        *classes("statements", "their companies", of_named, about),
    ]


def labels(
    task: str,
    test: str,
    truth: npt.NDArray[np.int64],
    probabilities: Probabilities,
    plain: tuple[float | None, float | None] = (None, None),
    plain_name: str = "",
) -> list[Figure]:
    """Return accuracy and macro-F1 with their intervals."""
    guess, count = probabilities.argmax(1), probabilities.shape[1]
    scores: dict[str, Callable[..., float]] = {"accuracy": accuracy, "macro-F1": partial(macro_f1, classes=count)}
    return [
        Figure(
            task,
            test,
            name,
            score(truth, guess),
            len(truth),
            interval(score, truth, guess),
            baseline,
            plain_name if baseline is not None else "",
        )
        for (name, score), baseline in zip(scores.items(), plain, strict=True)
    ]


def classes(task: str, test: str, truth: npt.NDArray[np.int64], probabilities: Probabilities) -> list[Figure]:
    """Return precision, recall and F1 of each label."""
    one_hot = np.eye(3, dtype=bool)
    flags, guess = one_hot[truth], one_hot[probabilities.argmax(1)]
    precision, recall = precision_recall(flags, guess)
    rows = flags.sum(0)
    return [
        Figure(task, f"{test}: {label}", name, float(values[place]), int(rows[place]))
        for place, label in enumerate(LABELS)
        for name, values in (("precision", precision), ("recall", recall), ("F1", f1_scores(flags, guess)))
    ]


def calibration(task: str, test: str, truth: npt.NDArray[np.int64], probabilities: Probabilities) -> list[Figure]:
    """Return the expected calibration error with its interval, and the Brier score."""
    low, high = interval(calibration_error, truth, probabilities)
    rows = len(truth)
    return [
        Figure(task, test, "ECE", calibration_error(truth, probabilities), rows, (low, high)),
        Figure(task, test, "Brier", brier(truth, probabilities), rows),
    ]


def copies_of_training(texts: Sequence[str], data: Path) -> Flags:
    """Say of each text (N,) whether it is a near-copy of any text that teaches or chooses."""
    return np.array(near_copies(texts, _training_texts(data)))


@lru_cache(maxsize=1)
def _training_texts(data: Path) -> list[str]:
    return sorted({" ".join(lesson.sentences) for lesson in lessons(data)})


def _read(measured: Measured, examples: Sequence[SentimentExample]) -> tuple[npt.NDArray[np.int64], Probabilities]:
    return np.array([e.target for e in examples]).argmax(1), measured.sentiment(examples)


def _ridge(
    features: Probabilities, scores: Probabilities, folds: npt.NDArray[np.int64], asked: Probabilities
) -> Probabilities:
    """Fit a ridge whose strength is chosen on one of the training folds, and apply it."""
    centre, scale = features.mean(0), features.std(0) + 1e-6
    inner = folds == folds.max()

    def fitted(rows: Flags, strength: float, what: Probabilities) -> Probabilities:
        x, y = (features[rows] - centre) / scale, scores[rows]
        weights = np.linalg.solve(x.T @ x + strength * np.eye(x.shape[1]), x.T @ (y - y.mean()))
        return np.asarray(((what - centre) / scale) @ weights + y.mean())

    errors = [float(((fitted(~inner, s, features[inner]) - scores[inner]) ** 2).mean()) for s in RIDGE]
    return fitted(np.ones(len(scores), dtype=bool), float(RIDGE[int(np.argmin(errors))]), asked)
