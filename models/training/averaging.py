"""The average of trainings that differ by their seed: one set of weights that errs less than each (arXiv:2203.05482).

It costs nothing more to serve. What can be averaged began alike: the same base, the same heads, the same lessons.
The average of one is itself, with what is fitted after tuning fitted anew: categories and calibration.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch

from models.lessons.lesson import Lesson
from models.network.bases import Base
from models.network.delta import DELTA, changes
from models.network.encoder import load_network
from models.network.heads import Heads, HeadsFacts, check_topics, load_heads
from models.training.adaptation import Adaptation, set_to_mean
from models.training.plan import Recipe
from models.training.training import Trained, finish_weights, load_tuned, write_weights
from models.training.tuning import Tuning
from streams.errors import MisconfiguredError

_OWN = ("seed", "step")
"""What trainings that went on from the same weights may differ in."""


def average_trainings(base: Base, folders: Sequence[Path], lessons: list[Lesson], output: Path) -> Trained:
    """Average the weights of folders, fit categories, calibrate on the lessons that choose, and write them.

    Of one folder the encoder stays as it is, bit by bit.

    Raises:
        MisconfiguredError: they were not made by one recipe on one set of lessons.
        WeightsMismatch: a folder belongs to another base, or knows other topics.
    """
    trainings = [load_heads(folder, base) for folder in folders]
    for heads in trainings:
        check_topics(heads)
    facts = [heads.facts for heads in trainings]
    recipe = Recipe(adaptation=Adaptation(facts[0].adaptation), seed=facts[0].seed, epochs=facts[0].epochs)
    if len(folders) == 1:
        output.mkdir(parents=True, exist_ok=True)
        if trainings[0].facts.delta_sha256:
            (output / DELTA).write_bytes((folders[0] / DELTA).read_bytes())
        else:
            (output / DELTA).unlink(missing_ok=True)
        return finish_weights(trainings[0], recipe, base, lessons, output)
    if output.resolve() in [folder.resolve() for folder in folders]:
        raise MisconfiguredError(f"{output} holds one of the trainings: name another folder for their average")
    _check(folders, facts)
    tokenizer, network = load_network(base)
    start = {name: weight.clone() for name, weight in network.state_dict().items()}
    networks = [load_tuned(base, folder)[1] for folder in folders]
    heads = Heads(_of_all(facts))
    with torch.no_grad():
        set_to_mean(network, networks)
        set_to_mean(heads, trainings)
    output.mkdir(parents=True, exist_ok=True)
    # Only to judge: nothing is trained that should stay near a base.
    tuning = Tuning(network, network, tokenizer, heads, recipe)
    return write_weights(tuning, base, changes(start, tuning.state()), lessons, output)


def _of_all(facts: Sequence[HeadsFacts]) -> HeadsFacts:
    """Return the facts of the first, with the seeds of all: of that training which told them apart."""
    first = facts[0]
    if not first.resumed:
        return first.model_copy(update={"seeds": tuple(of.seed for of in facts)})
    last = {**first.resumed[-1], **{f"{name}s": tuple(of.resumed[-1].get(name) for of in facts) for name in _OWN}}
    return first.model_copy(update={"resumed": (*first.resumed[:-1], last)})


def _check(folders: Sequence[Path], facts: Sequence[HeadsFacts]) -> None:
    if facts[0].adaptation == Adaptation.LORA:
        raise MisconfiguredError(f"{folders[0]} holds low-rank additions: averaged, they are no longer of low rank")
    if len({of.weights_sha256 for of in facts}) < len(facts):
        raise MisconfiguredError("two of the folders hold the same weights: name each training once")
    for folder, other in zip(folders, facts, strict=True):
        theirs = _shared(other)
        for name, value in _shared(facts[0]).items():
            if theirs.get(name) != value:
                raise MisconfiguredError(
                    f"{folder} and {folders[0]} differ in {name}: only trainings that differ by their seed are averaged"
                )


def _shared(facts: HeadsFacts) -> dict[str, Any]:
    """Return what must be the same in trainings that differ by one seed: that of the last, where they went on."""
    shared = {name: getattr(facts, name) for name in ("adaptation", "epochs", "recipe", "data", "hidden", "topics")}
    if not facts.resumed:
        return {**shared, "resumed": ()}
    last = {name: value for name, value in facts.resumed[-1].items() if name not in _OWN}
    return {**shared, "resumed": (*facts.resumed[:-1], last), "seed": (facts.seed, facts.seeds)}
