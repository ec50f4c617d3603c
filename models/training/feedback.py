"""Feedback: what people corrected, and lessons that weights were never taught, among those that they know.

What nobody labelled is remembered: texts that only their topics are known of are told with the sentiment that the
weights gave them before (Li & Hoiem 2016, arXiv:1606.09282).
"""

from __future__ import annotations

import copy
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import torch

from models.lessons.lesson import Lesson
from models.lessons.recipe import CHOOSING_FOLDS, WRITTEN
from models.network.bases import Base
from models.network.delta import DELTA, apply_delta, changes, read_delta
from models.network.encoder import load_network
from models.network.heads import CARD, FACTS, WEIGHTS, Heads, check_topics, load_heads
from models.training.adaptation import Adaptation, merged, set_between
from models.training.plan import Recipe, order_of_epoch
from models.training.scores import Judged, joined
from models.training.training import Trained, load_tuned, write_weights
from models.training.tuning import Prepared, Report, Tuning
from streams.errors import MisconfiguredError

RESUMED = ("adaptation", "epochs", "rate", "head_rate", "seed", "new")
"""The numbers of a training that went on from finished weights which its record keeps."""
TOLERATED_LOSS = 0.005
"""So much may any old score fall when feedback is learned: about the noise of the rows that choose."""
STEPS = (1.0, 2 / 3, 1 / 3)
"""How far the weights may go towards what they learned. Underway most of that is kept, and nearly nothing of what was
known is lost (Wortsman et al. 2022, arXiv:2109.01903)."""
LARGE = 500
"""A set of which so many rows of sentiment choose is judged by itself too: pooled, one could pay for another."""


def learn_feedback(
    base: Base,
    folder: Path,
    feedback: list[Lesson],
    old: list[Lesson],
    output: Path,
    recipe: Recipe,
    report: Report,
    *,
    data: tuple[dict[str, Any], ...] = (),
    device: str = "cpu",
) -> tuple[Trained | None, dict[str, float], dict[str, float]]:
    """Teach feedback to the weights in a folder, among old lessons; keep them only if the old scores hold.

    Of the steps towards what was learned (`STEPS`) at which the old scores hold, that one is written at which the rows
    that choose, old and new, are read best. What is judged last was written and read back: all that differs from the
    base, the delta in the folder included.
    The embedding is kept near that of the weights it starts from. Where no old lesson is of a set calibration stays:
    lessons written by rule are too easy to tell how often a label is right.

    Args:
        base: what the weights were tuned from.
        folder: the weights to start from.
        feedback: what people corrected, and lessons that the weights were never taught.
        old: lessons of before; those that choose are the old figures.
        output: where accepted weights are written.
        recipe: the numbers of the training, with the sets of the feedback as `new`.
        report: gets its progress.
        data: of each file of feedback: name, rows used, sha256.
        device: where it is computed.

    Returns:
        What was written (None where an old score fell), and the scores of the old lessons before and after.

    Raises:
        MisconfiguredError: no row of the feedback teaches.
        WeightsMismatch: the weights know other topics, or belong to another base.
    """
    if all(lesson.choosing for lesson in feedback):
        raise MisconfiguredError(
            f"none of the {len(feedback)} rows of feedback teaches: one text in {CHOOSING_FOLDS}, told by its words, is"
            " set aside to choose between checkpoints; give more rows"
        )
    tokenizer, network = load_network(base)
    start = {name: weight.clone() for name, weight in network.state_dict().items()}
    if (folder / DELTA).is_file():
        apply_delta(network, folder / DELTA)
    heads = load_heads(folder, base).to(device)
    check_topics(heads)
    network = network.to(device)
    begun = copy.deepcopy(network), copy.deepcopy(heads)
    tuning = Tuning(network, begun[0], tokenizer, heads, recipe)
    judges, others = (tuning.prepare([one for one in lessons if one.choosing]) for lessons in (old, feedback))
    before = scores_of(judged_sets(tuning, judges))
    tuning.run(remembered(tuning, [*old, *feedback]), report, lambda _: None)
    tuning.network = merged(tuning.network, recipe.adaptation)
    learned = copy.deepcopy(tuning.network), copy.deepcopy(tuning.heads)
    held: dict[float, float] = {}
    for step in STEPS:
        _move(tuning, begun, learned, step)
        sets = judged_sets(tuning, judges)
        after = scores_of(sets)
        if hold(before, after):
            held[step] = joined([*sets.values(), *judged_sets(tuning, others).values()]).scores()["score"]
    if not held:
        return None, before, after
    best = max(held, key=lambda step: held[step])
    _move(tuning, begun, learned, best)
    facts = tuning.heads.facts
    now = {**{name: value for name, value in asdict(recipe).items() if name in RESUMED}, "step": best}
    retold = {fact["name"] for fact in data} - {"feedback"}
    kept = tuple(fact for fact in facts.data if fact["name"] not in retold)
    tuning.heads.facts = facts.model_copy(update={"data": (*kept, *data), "resumed": (*facts.resumed, now)})
    parts = changes(start, tuning.state())
    if recipe.adaptation is Adaptation.HEADS and (folder / DELTA).is_file():
        # Bit by bit: rounded anew it would be another space of embeddings.
        parts = read_delta(folder / DELTA)
    with TemporaryDirectory() as place:
        written = Path(place)
        of_sets = any(lesson.source not in WRITTEN for lesson in old)
        trained = write_weights(tuning, base, parts, [*old, *feedback], written, calibrates=of_sets)
        after = scores_of(judged_sets(_read_back(written, base, recipe, device), judges))
        if not hold(before, after):
            return None, before, after
        _hand_over(written, output)
    return trained, before, after


def judged_sets(tuning: Tuning, judges: Sequence[Prepared]) -> dict[str, Judged]:
    """Return the answers to lessons that choose, by their set."""
    sets: dict[str, list[Prepared]] = {}
    for item in judges:
        sets.setdefault(item.lesson.source, []).append(item)
    return {name: tuning.judged(items) for name, items in sets.items()}


def scores_of(sets: Mapping[str, Judged]) -> dict[str, float]:
    """Return the scores of all sets in one, and of each that many rows of sentiment are of; at least one is given."""
    found = joined(list(sets.values())).scores()
    for name, judged in sets.items():
        if len(judged.sentiment) >= LARGE:
            found[f"sentiment of {name}"] = judged.scores()["sentiment_accuracy"]
    return found


def hold(before: Mapping[str, float], after: Mapping[str, float]) -> bool:
    """Return whether no score fell by more than is tolerated."""
    return all(after[name] >= before[name] - TOLERATED_LOSS for name in before)


def remembered(tuning: Tuning, lessons: Sequence[Lesson]) -> list[Lesson]:
    """Return the lessons, those that will be told and nobody labelled with the sentiment that the weights give."""
    teaching = [place for place, lesson in enumerate(lessons) if not lesson.choosing]
    taught = [lessons[place] for place in teaching]
    told = {teaching[i] for epoch in range(tuning.recipe.epochs) for i in order_of_epoch(taught, tuning.recipe, epoch)}
    unlabelled = [place for place in sorted(told) if not lessons[place].sentiments]
    # What is asked of a text is asked of its first sentence, as in a lesson.
    asked = [
        replace(lessons[place], sentences=lessons[place].sentences[:1], sentiments=((None, (0.0, 0.0, 0.0)),))
        for place in unlabelled
    ]
    found = list(lessons)
    if asked:
        said = torch.from_numpy(tuning.judged(tuning.prepare(asked)).sentiment).softmax(1).tolist()
        for place, (negative, neutral, positive) in zip(unlabelled, said, strict=True):
            guess = ((None, (negative, neutral, positive)),)
            found[place] = replace(lessons[place], sentiments=guess, guessed=True)
    return found


def _move(tuning: Tuning, begun: tuple[Any, Heads], learned: tuple[Any, Heads], step: float) -> None:
    for module, before, after in zip((tuning.network, tuning.heads), begun, learned, strict=True):
        set_between(module, before, after, step)


def _read_back(folder: Path, base: Base, recipe: Recipe, device: str) -> Tuning:
    """Return what a folder holds, only to judge."""
    tokenizer, network = load_tuned(base, folder)
    network = network.to(device)
    return Tuning(network, network, tokenizer, load_heads(folder, base).to(device), recipe)


def _hand_over(written: Path, output: Path) -> None:
    output.mkdir(parents=True, exist_ok=True)
    for name in (DELTA, CARD):  # of other weights
        (output / name).unlink(missing_ok=True)
    for name in (DELTA, WEIGHTS, FACTS):
        if (written / name).is_file():
            shutil.copyfile(written / name, output / name)
