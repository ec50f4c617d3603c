"""Learning feedback: what is accepted, what stays of the weights before, and what is remembered of unlabelled texts."""

from __future__ import annotations

import copy
from dataclasses import replace
from pathlib import Path
from unittest.mock import Mock

import numpy as np
import pytest
from safetensors.torch import load_file

from models.lessons.lesson import Lesson
from models.network.bases import Base
from models.network.delta import DELTA
from models.network.heads import load_heads
from models.topics import NAMES, tweet_target
from models.training.adaptation import Adaptation
from models.training.feedback import hold, judged_sets, learn_feedback, remembered, scores_of
from models.training.plan import Recipe
from models.training.scores import Judged
from models.training.training import load_tuned, train
from models.training.tuning import Progress, Tuning
from streams.errors import MisconfiguredError, WeightsMismatch

pytestmark = pytest.mark.usefixtures("one_thread")
QUICK = Recipe(epochs=2, lessons_a_step=16, rate=1e-3)


def _quiet(_progress: Progress, _found: dict[str, float]) -> None:
    return


def _tuning(base: Base, folder: Path, recipe: Recipe = QUICK) -> Tuning:
    tokenizer, network = load_tuned(base, folder)
    return Tuning(network, copy.deepcopy(network), tokenizer, load_heads(folder, base), recipe)


def test_feedback_is_taken_only_where_the_old_figures_hold(
    tiny_base: Base, tiny_lessons: list[Lesson], tmp_path: Path
) -> None:
    """New lessons that agree are written; lessons that turn the old ones round are not."""
    recipe = Recipe(epochs=8, lessons_a_step=16, rate=2e-3, patience=8)
    tweets = tiny_lessons[150:]
    train(tiny_base, tweets, tmp_path / "old", recipe, _quiet)
    agreeing = [Lesson("feedback", ("Orrin payout news",), topics=tuple(tweet_target("Dividend")))] * 8
    gently = Recipe(epochs=2, lessons_a_step=16, rate=1e-6, head_rate=1e-6, new=("feedback",))
    taken, before, after = learn_feedback(
        tiny_base, tmp_path / "old", agreeing, tweets, tmp_path / "new", gently, _quiet
    )
    assert taken is not None, (before, after)
    assert after["tweet_topics"] >= before["tweet_topics"] - 0.005
    facts = load_heads(tmp_path / "new", tiny_base).facts
    assert facts.delta_sha256
    assert [(resumed["new"], resumed["epochs"]) for resumed in facts.resumed] == [(["feedback"], 2)]
    again = ({"name": "roles", "examples": 8, "sha256": "ab"}, {"name": "feedback", "examples": 8, "sha256": "cd"})
    folder = tmp_path / "new"
    for named in ("twice", "thrice"):
        learn_feedback(tiny_base, folder, agreeing, tweets, tmp_path / named, gently, _quiet, data=again)
        folder = tmp_path / named
    names = [fact["name"] for fact in load_heads(folder, tiny_base).facts.data]
    assert sorted(names) == ["feedback", "feedback", "roles"]  # a set that grew is one set; each feedback is its own
    turned = [
        Lesson("feedback", lesson.sentences, topics=tuple(tweet_target("Politics")), one_topic=True)
        for lesson in tweets
        for _ in range(9)
    ]
    # Halfway back from small steps the old figures would hold.
    hard = replace(recipe, rate=2e-2, head_rate=2e-2)
    taken, before, after = learn_feedback(tiny_base, tmp_path / "old", turned, tweets, tmp_path / "bad", hard, _quiet)
    assert taken is None
    assert after["tweet_topics"] < before["tweet_topics"]
    assert not (tmp_path / "bad").exists()


@pytest.mark.parametrize("adaptation", [Adaptation.HEADS, Adaptation.LORA])
def test_feedback_keeps_the_old_delta_whatever_it_tunes(
    tiny_base: Base, tiny_lessons: list[Lesson], tmp_path: Path, adaptation: Adaptation
) -> None:
    """What was tuned before is written again, whole, with what feedback changed; the scores are of what is written."""
    train(tiny_base, tiny_lessons, tmp_path / "old", replace(QUICK, rate=2e-3), _quiet)
    agreeing = [Lesson("feedback", ("Orrin payout news",), topics=tuple(tweet_target("Dividend")))] * 8
    gently = Recipe(adaptation, epochs=1, lessons_a_step=16, rate=1e-6, head_rate=1e-6)
    taken, _, after = learn_feedback(
        tiny_base, tmp_path / "old", agreeing, tiny_lessons, tmp_path / "new", gently, _quiet
    )
    assert taken is not None
    assert taken.scores["tweet_topics"] == pytest.approx(after["tweet_topics"], abs=1e-4)
    old, new = load_file(tmp_path / "old" / DELTA), load_file(tmp_path / "new" / DELTA)
    assert old.keys() <= new.keys()
    same = (tmp_path / "old" / DELTA).read_bytes() == (tmp_path / "new" / DELTA).read_bytes()
    assert same is (adaptation is Adaptation.HEADS)
    for name, part in old.items():
        np.testing.assert_allclose(new[name].float(), part.float(), atol=1e-4)
    assert load_heads(tmp_path / "new", tiny_base).facts.delta_sha256


def test_feedback_alone_leaves_the_calibration(tiny_base: Base, tiny_lessons: list[Lesson], tmp_path: Path) -> None:
    """Among lessons written by rule the calibration stays; with lessons of a set it is fitted anew."""
    train(tiny_base, tiny_lessons, tmp_path / "old", QUICK, _quiet)
    heads = load_heads(tmp_path / "old", tiny_base)
    kept = {"topic_scale": 1.1, "topic_shift": -0.8, "sentiment_temperature": 2.9}
    heads.facts = heads.facts.model_copy(update=kept)
    heads.save(tmp_path / "old")
    agreeing = [Lesson("feedback", ("Orrin payout news",), topics=tuple(tweet_target("Dividend")))] * 8
    gently = Recipe(epochs=1, lessons_a_step=16, rate=1e-6, head_rate=1e-6)
    for old, same in ((tiny_lessons[:150], True), (tiny_lessons, False)):
        folder = tmp_path / str(len(old))
        assert learn_feedback(tiny_base, tmp_path / "old", agreeing, old, folder, gently, _quiet)[0] is not None
        facts = load_heads(folder, tiny_base).facts
        assert [getattr(facts, name) == value for name, value in kept.items()] == [same] * 3


def test_feedback_of_which_no_row_teaches_is_refused(
    tiny_base: Base, tiny_lessons: list[Lesson], tmp_path: Path
) -> None:
    """Where every row only chooses, nothing would be learned: it is said, and nothing is written."""
    choosing = [replace(lesson, source="feedback") for lesson in tiny_lessons if lesson.choosing]
    with pytest.raises(MisconfiguredError, match=rf"none of the {len(choosing)} rows of feedback teaches"):
        learn_feedback(tiny_base, tmp_path / "old", choosing, tiny_lessons, tmp_path / "new", QUICK, _quiet)
    assert not (tmp_path / "new").exists()


def test_weights_that_know_other_topics_learn_nothing(
    tiny_base: Base, tiny_lessons: list[Lesson], tmp_path: Path
) -> None:
    """After a row of the table was moved, feedback would teach other columns than it names."""
    train(tiny_base, tiny_lessons, tmp_path / "old", QUICK, _quiet)
    heads = load_heads(tmp_path / "old", tiny_base)
    heads.facts = heads.facts.model_copy(update={"topics": NAMES[::-1]})
    heads.save(tmp_path / "old")
    feedback = [Lesson("feedback", ("Orrin payout news",), topics=tuple(tweet_target("Dividend")))]
    with pytest.raises(WeightsMismatch, match="knows other topics"):
        learn_feedback(tiny_base, tmp_path / "old", feedback, tiny_lessons, tmp_path / "new", QUICK, _quiet)
    assert not (tmp_path / "new").exists()


def test_weights_go_where_the_old_scores_hold(
    tiny_base: Base, tiny_lessons: list[Lesson], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A step at which an old score falls is not taken, and where it falls at each, nothing is written."""
    train(tiny_base, tiny_lessons, tmp_path / "old", QUICK, _quiet)
    lessons = [Lesson("feedback", ("Orrin payout news",), topics=tuple(tweet_target("Dividend")))] * 8
    recipe = replace(QUICK, epochs=1, new=("feedback",))
    weights = {"old": load_heads(tmp_path / "old", tiny_base).state_dict()}
    # Of each step, then of what was written.
    courses = {"whole": [True, False, False, True], "third": [False, False, True, True], "none": [False] * 3}
    for name, course in courses.items():
        held = iter(course)
        monkeypatch.setattr("models.training.feedback.hold", lambda *_, held=held: next(held))
        taken, _, _ = learn_feedback(
            tiny_base, tmp_path / "old", lessons, tiny_lessons, tmp_path / name, recipe, _quiet
        )
        assert next(held, None) is None
        assert (taken is not None) is (name != "none")
        if taken is not None:
            weights[name] = load_heads(tmp_path / name, tiny_base).state_dict()
            assert taken.facts.resumed[-1]["step"] == {"whole": 1.0, "third": 1 / 3}[name]
    sentiment = [name for name in weights["old"] if name.startswith("sentiment") and name.endswith("weight")]
    assert any((weights["whole"][name] - weights["old"][name]).abs().max() > 1e-3 for name in sentiment)
    for name in sentiment:
        between = (2 * weights["old"][name] + weights["whole"][name]) / 3
        np.testing.assert_allclose(weights["third"][name], between, atol=1e-5)


def test_of_the_steps_that_hold_the_best_is_taken(
    tiny_base: Base, tiny_lessons: list[Lesson], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What chooses is how all rows that choose are read, those of the feedback among them."""
    train(tiny_base, tiny_lessons, tmp_path / "old", QUICK, _quiet)
    topics = tuple(tweet_target("Dividend"))
    lessons = [Lesson("feedback", ("Orrin payout news",), topics=topics, choosing=n < 4) for n in range(12)]
    recipe = replace(QUICK, epochs=1, new=("feedback",))
    monkeypatch.setattr("models.training.feedback.hold", lambda *_: True)
    rows: list[int] = []

    def scored(parts: list[Judged]) -> Mock:
        if len(parts) == 1 + len({lesson.source for lesson in tiny_lessons if lesson.choosing}):
            rows.append(len(parts))
            return Mock(scores=lambda: {"score": {1: 0.7, 2: 0.9, 3: 0.8}[len(rows)]})
        return Mock(scores=lambda: {"score": 0.0})

    monkeypatch.setattr("models.training.feedback.joined", scored)
    taken, _, _ = learn_feedback(tiny_base, tmp_path / "old", lessons, tiny_lessons, tmp_path / "new", recipe, _quiet)
    assert taken is not None
    assert len(rows) == 3
    assert taken.facts.resumed[-1]["step"] == 2 / 3


def test_a_large_set_is_judged_by_itself(
    tiny_base: Base, tiny_lessons: list[Lesson], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What one set gains cannot pay for what another loses; a small one counts only among all."""
    train(tiny_base, tiny_lessons, tmp_path, QUICK, _quiet)
    tuning = _tuning(tiny_base, tmp_path)
    texts = [f"Orrin payout number {n}" for n in range(40)]
    truth = {"right": 0, "wrong": 1, "few": 1}
    asked = [Lesson("right", (text,), sentiments=((None, (1.0, 0.0, 0.0)),), choosing=True) for text in texts]
    said = tuning.judged(tuning.prepare(asked)).sentiment.argmax(1)
    judges = [
        Lesson(source, (text,), sentiments=((None, tuple(np.eye(3)[(label + turn) % 3])),), choosing=True)
        for source, turn in truth.items()
        for text, label in zip(texts[: 5 if source == "few" else 40], said, strict=False)
    ]
    monkeypatch.setattr("models.training.feedback.LARGE", 40)
    scores = scores_of(judged_sets(tuning, tuning.prepare(judges)))
    assert {name: value for name, value in scores.items() if " of " in name} == {
        "sentiment of right": 1.0,
        "sentiment of wrong": 0.0,
    }
    assert scores["sentiment_accuracy"] == pytest.approx(40 / 85)


def test_no_score_may_fall_by_more_than_its_noise() -> None:
    """Half a point is tolerated of each, and no gain of another makes up for more."""
    before = {"score": 0.80, "sentiment of a": 0.90}
    assert hold(before, {"score": 0.796, "sentiment of a": 0.896})
    assert not hold(before, {"score": 0.90, "sentiment of a": 0.894})


def test_what_nobody_labelled_is_remembered(tiny_base: Base, tiny_lessons: list[Lesson], tmp_path: Path) -> None:
    """A text of known topics teaches the sentiment that the weights give it; labels and what chooses stay."""
    train(tiny_base, tiny_lessons, tmp_path, QUICK, _quiet)
    tuning = _tuning(tiny_base, tmp_path, replace(QUICK, new=("feedback",)))
    plain = Lesson("feedback", ("Orrin payout news",), topics=tuple(tweet_target("Dividend")))
    labelled = replace(plain, sentiments=((None, (0.0, 0.0, 1.0)),))
    choosing = replace(plain, choosing=True)
    guess, *kept = remembered(tuning, [plain, labelled, choosing])
    assert kept == [labelled, choosing]
    assert guess.guessed
    assert replace(guess, guessed=False, sentiments=()) == plain
    ((span, target),) = guess.sentiments
    asked = replace(plain, sentiments=((None, (0.0, 0.0, 0.0)),))
    logits = tuning.judged(tuning.prepare([asked])).sentiment[0]
    assert span is None
    np.testing.assert_allclose(target, np.exp(logits) / np.exp(logits).sum(), atol=1e-5)
