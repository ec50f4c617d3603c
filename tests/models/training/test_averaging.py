"""Averaging trainings of a tiny encoder that differ by their seed, and the spread of their figures."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from models.evaluation.measured import Figure
from models.evaluation.spread import over_trainings
from models.lessons.lesson import Lesson
from models.network.bases import Base
from models.network.delta import DELTA
from models.network.heads import WEIGHTS, load_heads
from models.topics import NAMES, tweet_target
from models.training.adaptation import Adaptation
from models.training.averaging import average_trainings
from models.training.feedback import learn_feedback
from models.training.plan import Recipe
from models.training.training import train
from streams.errors import MisconfiguredError, WeightsMismatch

pytestmark = pytest.mark.usefixtures("one_thread")
RECIPE = Recipe(epochs=1, lessons_a_step=16, rate=1e-3)


def _trained(base: Base, lessons: list[Lesson], folder: Path, recipe: Recipe) -> Path:
    train(base, lessons, folder, recipe, lambda _progress, _found: None)
    return folder


def test_the_average_lies_between_and_is_calibrated(
    tiny_base: Base, tiny_lessons: list[Lesson], tmp_path: Path
) -> None:
    """Each tuned weight is the mean of its own in the trainings; the facts name the seeds and hold the new scores."""
    folders = [
        _trained(tiny_base, tiny_lessons, tmp_path / str(seed), replace(RECIPE, seed=seed)) for seed in (0, 1, 2)
    ]
    written = average_trainings(tiny_base, folders, tiny_lessons, tmp_path / "mean")
    for name, tolerance in ((DELTA, 2e-5), (WEIGHTS, 1e-6)):
        parts = [load_file(folder / name) for folder in folders]
        mean = load_file(tmp_path / "mean" / name)
        assert mean.keys() == parts[0].keys()
        for key, value in mean.items():
            if key.startswith("categories."):  # fitted on the average
                continue
            expected = torch.stack([part[key].float() for part in parts]).mean(0)
            torch.testing.assert_close(value.float(), expected, atol=tolerance, rtol=1e-3)
    facts = load_heads(tmp_path / "mean", tiny_base).facts
    assert facts.seeds == (0, 1, 2)
    assert facts.figures == written.scores


def test_trainings_that_went_on_from_the_same_weights_are_averaged(
    tiny_base: Base, tiny_lessons: list[Lesson], tmp_path: Path
) -> None:
    """The record names the seeds of their last part; one that went on from elsewhere, or did not, is refused."""
    begun = [_trained(tiny_base, tiny_lessons[:60], tmp_path / f"b{n}", replace(RECIPE, seed=n)) for n in (0, 1)]
    lessons = [replace(lesson, source="feedback") for lesson in tiny_lessons[60:100]]
    gently = replace(RECIPE, rate=1e-6, head_rate=1e-6, new=("feedback",))
    went_on = []
    for place, (start, seed) in enumerate(((0, 0), (0, 1), (1, 1))):
        folder = tmp_path / f"r{place}"
        recipe = replace(gently, seed=seed)
        taken, *_ = learn_feedback(
            tiny_base, begun[start], lessons, tiny_lessons[:60], folder, recipe, lambda _progress, _found: None
        )
        assert taken is not None
        went_on.append(folder)
    average_trainings(tiny_base, went_on[:2], tiny_lessons[:60], tmp_path / "mean")
    facts = load_heads(tmp_path / "mean", tiny_base).facts
    assert (facts.seeds, [resumed["seeds"] for resumed in facts.resumed]) == ((), [[0, 1]])
    own = [load_heads(folder, tiny_base).facts.resumed[-1]["step"] for folder in went_on[:2]]
    assert [resumed["steps"] for resumed in facts.resumed] == [own]
    for other, why in ((went_on[2], "differ in seed"), (begun[1], "differ in resumed")):
        with pytest.raises(MisconfiguredError, match=why):
            average_trainings(tiny_base, [went_on[0], other], tiny_lessons[:60], tmp_path / "none")


def test_what_differs_by_more_than_the_seed_is_refused(
    tiny_base: Base, tiny_lessons: list[Lesson], tmp_path: Path
) -> None:
    """Another number of epochs and low-rank additions are each refused by name."""
    one = _trained(tiny_base, tiny_lessons[:60], tmp_path / "one", RECIPE)
    longer = _trained(tiny_base, tiny_lessons[:60], tmp_path / "longer", replace(RECIPE, epochs=2))
    low_rank = _trained(tiny_base, tiny_lessons[:60], tmp_path / "lora", replace(RECIPE, adaptation=Adaptation.LORA))
    for folders, why in (([one, longer], "differ in epochs"), ([low_rank, one], "low rank")):
        with pytest.raises(MisconfiguredError, match=why):
            average_trainings(tiny_base, folders, tiny_lessons, tmp_path / "mean")
    assert not (tmp_path / "mean").exists()


def test_each_training_counts_once_and_is_not_written_over(
    tiny_base: Base, tiny_lessons: list[Lesson], tmp_path: Path
) -> None:
    """The same weights twice are no second seed, and an average in a training's own folder would replace it."""
    one, two = (
        _trained(tiny_base, tiny_lessons[:60], tmp_path / str(seed), replace(RECIPE, seed=seed)) for seed in (1, 2)
    )
    before = (one / WEIGHTS).read_bytes()
    for folders, output, why in (
        ([one, one, two], tmp_path / "mean", "the same weights"),
        ([one, two], tmp_path / "mean" / ".." / "1", "holds one of the trainings"),
    ):
        with pytest.raises(MisconfiguredError, match=why):
            average_trainings(tiny_base, folders, tiny_lessons, output)
    assert (one / WEIGHTS).read_bytes() == before
    assert not (tmp_path / "mean").exists()


def test_weights_that_know_other_topics_are_not_averaged(
    tiny_base: Base, tiny_lessons: list[Lesson], tmp_path: Path
) -> None:
    """Calibration would be fitted to other columns than the lessons mean."""
    one = _trained(tiny_base, tiny_lessons[:60], tmp_path / "one", RECIPE)
    heads = load_heads(one, tiny_base)
    heads.facts = heads.facts.model_copy(update={"topics": NAMES[::-1]})
    heads.save(one)
    with pytest.raises(WeightsMismatch, match="knows other topics"):
        average_trainings(tiny_base, [one], tiny_lessons, tmp_path / "anew")


def test_heads_alone_are_not_read_on_what_lay_in_the_folder(
    tiny_base: Base, tiny_lessons: list[Lesson], tmp_path: Path
) -> None:
    """Where heads of an untuned encoder are fitted anew, the delta of weights that were there before goes."""
    there = _trained(tiny_base, tiny_lessons[:60], tmp_path / "there", RECIPE)
    heads = _trained(tiny_base, tiny_lessons[:60], tmp_path / "heads", replace(RECIPE, adaptation=Adaptation.HEADS))
    average_trainings(tiny_base, [heads], tiny_lessons, there)
    assert not (there / DELTA).exists()
    assert load_heads(there, tiny_base).facts.delta_sha256 == ""


def test_of_one_training_only_what_is_fitted_afterwards_changes(
    tiny_base: Base, tiny_lessons: list[Lesson], tmp_path: Path
) -> None:
    """The delta is the same file and so are the other heads, while categories and calibration follow the lessons."""
    lessons = tiny_lessons[-90:]
    one = _trained(tiny_base, lessons, tmp_path / "one", RECIPE)
    turned = [replace(lesson, topics=tuple(tweet_target("Politics")), categories=(1.0,) * 10) for lesson in lessons]
    average_trainings(tiny_base, [one], turned, tmp_path / "anew")
    assert (tmp_path / "anew" / DELTA).read_bytes() == (one / DELTA).read_bytes()
    before, after = load_file(one / WEIGHTS), load_file(tmp_path / "anew" / WEIGHTS)
    assert {name.split(".")[0] for name in before if not before[name].equal(after[name])} == {"categories"}
    old, new = load_heads(one, tiny_base).facts, load_heads(tmp_path / "anew", tiny_base).facts
    assert (old.topic_scale, old.topic_shift) != (new.topic_scale, new.topic_shift)


def test_the_spread_by_hand() -> None:
    """Of 0.8, 0.82 and 0.84 the mean is 0.82, give or take 4.303 × 0.02 / √3; what never differs is left out."""
    values = [Figure("t", "set", "accuracy", value, 10) for value in (0.80, 0.82, 0.84)]
    same = Figure("t", "set", "precision", 0.9, 10)
    (found,) = over_trainings([[value, same] for value in values])
    assert found.value == pytest.approx(0.82)
    assert found.interval == pytest.approx((0.82 - 0.0497, 0.82 + 0.0497), abs=1e-4)
