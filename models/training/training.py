"""Training from the sets to a folder of weights: tuned, rounded, calibrated, and written with the facts about them."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from models.lessons.lesson import Lesson
from models.lessons.near_copies import near_copies
from models.network.bases import Base, sha256_of
from models.network.delta import DELTA, apply_delta, changes, write_delta
from models.network.encoder import Encoder, load_network
from models.network.heads import Heads, HeadsFacts
from models.network.tokens import Tokenizer
from models.training.adaptation import Adaptation, low_rank_parts
from models.training.categories import fit_categories
from models.training.checkpoints import CHECKPOINT, restore_checkpoint, save_checkpoint
from models.training.plan import Recipe
from models.training.scores import Judged
from models.training.tuning import PASS_TOKENS, Report, Tuning

HIDDEN = 256


@dataclass(frozen=True, slots=True)
class Trained:
    """Be what a training wrote, the scores of its choosing rows, and its curve."""

    facts: HeadsFacts
    scores: dict[str, float]
    curve: list[dict[str, float]]


def train(
    base: Base,
    lessons: list[Lesson],
    output: Path,
    recipe: Recipe,
    report: Report,
    *,
    data: tuple[dict[str, Any], ...] = (),
    device: str = "cpu",
    finish: Callable[[Trained], None] = lambda _: None,
) -> Trained:
    """Train on lessons, or go on where an earlier run with the same recipe, base and data stopped; write the weights.

    After each epoch `training.pt` in the output folder holds everything that a later run needs to go on. It is there
    until `finish`, called once the weights are written, has returned: who is stopped in it need not train again.

    Raises:
        MisconfiguredError: the folder holds an unfinished training with another recipe, base or data.
    """
    output.mkdir(parents=True, exist_ok=True)
    tokenizer, network = load_network(base)
    untouched = copy.deepcopy(network).to(device)
    facts = HeadsFacts(
        base=base.name,
        base_sha256=base.sha256,
        dimensions=int(network.config.hidden_size),
        hidden=HIDDEN,
        adaptation=recipe.adaptation,
        seed=recipe.seed,
        epochs=recipe.epochs,
        recipe={k: v for k, v in asdict(recipe).items() if k not in ("adaptation", "seed", "epochs")},
        data=data,
    )
    # The same heads for every seed: weights that began alike can be averaged (arXiv:2203.05482).
    torch.manual_seed(0)
    tuning = Tuning(network.to(device), untouched, tokenizer, Heads(facts).to(device), recipe)
    restore_checkpoint(tuning, output / CHECKPOINT)
    tuning.run(lessons, report, lambda now: save_checkpoint(now, output / CHECKPOINT))
    start = untouched.cpu().state_dict()
    parts = low_rank_parts(tuning.network) if recipe.adaptation is Adaptation.LORA else changes(start, tuning.state())
    trained = write_weights(tuning, base, parts, lessons, output)
    finish(trained)
    (output / CHECKPOINT).unlink(missing_ok=True)
    return trained


def write_weights(
    tuning: Tuning,
    base: Base,
    parts: dict[str, Tensor],
    lessons: list[Lesson],
    output: Path,
    *,
    calibrates: bool = True,
) -> Trained:
    """Write the delta, and finish on what is read back: all that is fitted afterwards belongs to the rounded weights.

    Args:
        tuning: the tuned network and its heads.
        base: what was tuned.
        parts: what differs from the base, as a delta holds it.
        lessons: those that teach categories fit their head; those that choose calibrate.
        output: the folder to write to.
        calibrates: whether the lessons calibrate; else the heads keep what they have.
    """
    path = output / DELTA
    path.unlink(missing_ok=True)
    if parts:
        write_delta(path, parts)
    finished = finish_weights(tuning.heads.cpu(), tuning.recipe, base, lessons, output, calibrates=calibrates)
    return replace(finished, curve=tuning.progress.curve)


def finish_weights(
    heads: Heads, recipe: Recipe, base: Base, lessons: list[Lesson], output: Path, *, calibrates: bool = True
) -> Trained:
    """Fit categories and calibrate, on the base and the delta in the output folder; write the heads beside it."""
    path = output / DELTA
    tokenizer, network = load_tuned(base, output)
    fit_categories(heads, Encoder(base, tokenizer, network.eval(), torch.device("cpu"), PASS_TOKENS), lessons)
    # Only to judge: nothing is trained that should stay near a base.
    tuning = Tuning(network, network, tokenizer, heads, recipe)
    fresh = tuning.prepare(_fresh(lessons))
    judged = tuning.judged(fresh) if fresh else None
    scores = {name: round(value, 4) for name, value in judged.scores().items()} if judged else {}
    heads.facts = heads.facts.model_copy(
        update={
            "delta_sha256": sha256_of(path) if path.is_file() else "",
            "figures": scores,
            **(_calibrated(judged) if judged and calibrates else {}),
        }
    )
    return Trained(heads.save(output), scores, [])


def load_tuned(base: Base, folder: Path) -> tuple[Tokenizer, Any]:
    """Return the base's tokenizer and network, with the delta of a folder where it holds one.

    Raises:
        WeightsMismatch: the delta cannot be read, or it belongs to another base.
    """
    tokenizer, network = load_network(base)
    if (folder / DELTA).is_file():
        apply_delta(network, folder / DELTA)
    return tokenizer, network


def _fresh(lessons: list[Lesson]) -> list[Lesson]:
    """Return the lessons that choose, whole, but for near-copies of those that teach: they are known too well."""
    choosing = [lesson for lesson in lessons if lesson.choosing]
    taught = [" ".join(lesson.sentences) for lesson in lessons if not lesson.choosing]
    copies = near_copies([" ".join(lesson.sentences) for lesson in choosing], taught)
    return [replace(lesson, sentences=lesson.whole) for lesson, copy in zip(choosing, copies, strict=True) if not copy]


def _calibrated(judged: Judged) -> dict[str, Any]:
    scale, shift = judged.topic_calibration()
    return {
        "topic_scale": scale,
        "topic_shift": shift,
        "sentiment_temperature": judged.temperature(),
    }
