"""The plan of a training: its numbers, which lessons come when, and how fast it learns at each step."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from models.lessons.lesson import Lesson
from models.lessons.recipe import SHARES
from models.training.adaptation import Adaptation

REHEARSED = {"net_results": 0.4, "tftopic_train": 0.4, "reuters": 0.4}
"""Of a set that finished weights know, so much of its share is told again in each epoch, lest it be forgotten. Those of
sentiment and what is written by rule are told whole: what is new is of sentiment as a rule, and pulls at theirs."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """Be the numbers of a training."""

    adaptation: Adaptation = Adaptation.FROZEN_WORDS
    epochs: int = 4
    lessons_a_step: int = 32
    rate: float = 1e-4
    head_rate: float = 1e-3
    weight_decay: float = 0.01
    warm_up: float = 0.06
    clip: float = 1.0
    anchor: float = 0.25
    patience: int = 2
    """Epochs without a better score, after which training ends."""
    new: tuple[str, ...] = ()
    """Of a training that goes on from finished weights, the sets that it teaches for the first time."""
    seed: int = 0


def steps_of(lessons: Sequence[Lesson], recipe: Recipe) -> int:
    """Return how many steps a training takes that no patience ends."""
    teaching = [lesson for lesson in lessons if not lesson.choosing]
    return math.ceil(len(order_of_epoch(teaching, recipe, 0)) / recipe.lessons_a_step) * recipe.epochs


def order_of_epoch(teaching: Sequence[Lesson], recipe: Recipe, epoch: int) -> list[int]:
    """Return the lessons of an epoch in their order: of each set its share, another part each time."""
    by_source: dict[str, list[int]] = {}
    for place, lesson in enumerate(teaching):
        by_source.setdefault(lesson.source, []).append(place)
    random = np.random.default_rng((recipe.seed, 0))
    chosen: list[int] = []
    for source, places in by_source.items():
        rehearsed = REHEARSED.get(source, 1.0) if recipe.new and source not in recipe.new else 1.0
        count = round(SHARES.get(source, 1.0) * rehearsed * len(places))
        chosen += np.roll(random.permutation(places), -epoch * count)[:count].tolist()
    order: list[int] = np.random.default_rng((recipe.seed, 1, epoch)).permutation(chosen).astype(int).tolist()
    return order


def rate_factor(step: int, total: int, warm_up: float) -> float:
    """Return what the learning rates are multiplied with at a step: a warm-up, then half a cosine down to 0.02."""
    rising = max(1, round(warm_up * total))
    if step < rising:
        return (step + 1) / rising
    return 0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * (step - rising) / max(1, total - rising)))
