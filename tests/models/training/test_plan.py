"""The plan of a training."""

from __future__ import annotations

from models.lessons.lesson import Lesson
from models.training.plan import Recipe, order_of_epoch, rate_factor, steps_of


def _lessons(source: str, count: int, *, choosing: bool = False) -> list[Lesson]:
    said = ((None, (1.0, 0.0, 0.0)),)
    return [Lesson(source, (f"{source} {n}",), sentiments=said, choosing=choosing) for n in range(count)]


def test_of_a_set_its_share_is_read_and_another_part_each_time() -> None:
    """Six tenths of the tweets about topics come in an epoch; in two epochs every one has come."""
    lessons = [*_lessons("tfns_train", 30), *_lessons("tftopic_train", 100)]
    first, second = (order_of_epoch(lessons, Recipe(), epoch) for epoch in (0, 1))
    assert len(first) == len(second) == 90
    assert set(range(30)) <= set(first) & set(second)
    assert set(first) | set(second) == set(range(130))


def test_what_finished_weights_know_is_rehearsed() -> None:
    """What is new is told whole, and what is known of sentiment; of the topics four tenths of what they would have."""
    lessons = [*_lessons("feedback", 30), *_lessons("tfns_train", 50), *_lessons("tftopic_train", 100)]
    order = order_of_epoch(lessons, Recipe(new=("feedback",)), 0)
    counts = [sum(start <= place < end for place in order) for start, end in ((0, 30), (30, 80), (80, 180))]
    assert counts == [30, 50, 24]


def test_an_order_follows_from_the_seed_and_the_epoch() -> None:
    """The same twice, another for another seed."""
    lessons = _lessons("tfns_train", 50)
    assert order_of_epoch(lessons, Recipe(seed=1), 2) == order_of_epoch(lessons, Recipe(seed=1), 2)
    assert order_of_epoch(lessons, Recipe(seed=1), 2) != order_of_epoch(lessons, Recipe(seed=2), 2)


def test_lessons_that_choose_take_no_steps() -> None:
    """Sixty lessons are two steps of 32 in each epoch, whatever else there is to choose."""
    lessons = [*_lessons("tfns_train", 60), *_lessons("sentfin", 900, choosing=True)]
    assert steps_of(lessons, Recipe(epochs=3)) == 6


def test_the_rate_rises_then_falls() -> None:
    """It is whole after the warm-up, half in the middle of what is left, and nearly nothing at the end."""
    assert [rate_factor(step, 1_000, 0.1) for step in (0, 99)] == [0.01, 1.0]
    assert 0.5 < rate_factor(550, 1_000, 0.1) < 0.52
    assert 0.02 <= rate_factor(999, 1_000, 0.1) < 0.021
