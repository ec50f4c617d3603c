"""Training from the sets to a folder of weights: tuned, rounded, calibrated, and written with the facts about them."""

from __future__ import annotations

import copy
import shutil
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import torch
from torch import Tensor

from models.lessons.lesson import Lesson
from models.lessons.near_copies import near_copies
from models.lessons.recipe import CHOOSING_FOLDS, WRITTEN
from models.network.bases import Base, sha256_of
from models.network.delta import DELTA, apply_delta, changes, read_delta, write_delta
from models.network.encoder import Encoder, load_network
from models.network.heads import CARD, FACTS, WEIGHTS, Heads, HeadsFacts, check_topics, load_heads
from models.network.tokens import Tokenizer
from models.training.adaptation import Adaptation, low_rank_parts, merged, set_to_mean
from models.training.categories import fit_categories
from models.training.checkpoints import CHECKPOINT, restore_checkpoint, save_checkpoint
from models.training.plan import Recipe
from models.training.scores import Judged
from models.training.tuning import PASS_TOKENS, Report, Tuning
from streams.errors import MisconfiguredError

HIDDEN = 256
RESUMED = ("adaptation", "epochs", "rate", "head_rate", "seed", "new")
"""The numbers of a training that went on from finished weights which its record keeps."""
TOLERATED_LOSS = 0.005
"""So much may any old score fall when feedback is learned: about the noise of the rows that choose."""


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

    What is written lies halfway between the weights before and after. What is judged was written and read back: all
    that differs from the base, the delta in the folder included.
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
    judges = tuning.prepare([lesson for lesson in old if lesson.choosing])
    before = tuning.judged(judges).scores()
    tuning.run([*old, *feedback], report, lambda _: None)
    tuning.network = merged(tuning.network, recipe.adaptation)
    # Halfway most of what was learned is kept, and nearly nothing of what was known is lost (Wortsman et al. 2022,
    # arXiv:2109.01903).
    for module, before_it in zip((tuning.network, tuning.heads), begun, strict=True):
        set_to_mean(module, (before_it, module))
    facts = tuning.heads.facts
    now = {name: value for name, value in asdict(recipe).items() if name in RESUMED}
    learned = {fact["name"] for fact in data} - {"feedback"}
    kept = tuple(fact for fact in facts.data if fact["name"] not in learned)
    tuning.heads.facts = facts.model_copy(update={"data": (*kept, *data), "resumed": (*facts.resumed, now)})
    parts = changes(start, tuning.state())
    if recipe.adaptation is Adaptation.HEADS and (folder / DELTA).is_file():
        # Bit by bit: rounded anew it would be another space of embeddings.
        parts = read_delta(folder / DELTA)
    with TemporaryDirectory() as place:
        written = Path(place)
        of_sets = any(lesson.source not in WRITTEN for lesson in old)
        trained = write_weights(tuning, base, parts, [*old, *feedback], written, calibrates=of_sets)
        after = _read_back(written, base, recipe, device).judged(judges).scores()
        if any(after[name] < before[name] - TOLERATED_LOSS for name in before):
            return None, before, after
        _hand_over(written, output)
    return trained, before, after


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


def _read_back(folder: Path, base: Base, recipe: Recipe, device: str) -> Tuning:
    """Return what a folder holds, only to judge."""
    tokenizer, network = load_tuned(base, folder)
    network = network.to(device)
    return Tuning(network, network, tokenizer, load_heads(folder, base).to(device), recipe)


def load_tuned(base: Base, folder: Path) -> tuple[Tokenizer, Any]:
    """Return the base's tokenizer and network, with the delta of a folder where it holds one.

    Raises:
        WeightsMismatch: the delta cannot be read, or it belongs to another base.
    """
    tokenizer, network = load_network(base)
    if (folder / DELTA).is_file():
        apply_delta(network, folder / DELTA)
    return tokenizer, network


def _hand_over(written: Path, output: Path) -> None:
    output.mkdir(parents=True, exist_ok=True)
    for name in (DELTA, CARD):  # of other weights
        (output / name).unlink(missing_ok=True)
    for name in (DELTA, WEIGHTS, FACTS):
        if (written / name).is_file():
            shutil.copyfile(written / name, output / name)


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
