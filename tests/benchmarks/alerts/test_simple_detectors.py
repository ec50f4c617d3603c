"""The simple detectors and the oracle on a series made by hand."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.alerts.counting import HOUR_S, Counts
from benchmarks.alerts.oracle import Oracle
from benchmarks.alerts.simple_detectors import (
    SimpleDetector,
    choices,
    ewma_z,
    negative_share,
    rolling_mad,
    static_count,
)

DAYS = 40
END_S = DAYS * 24 * HOUR_S


def _series(*, burst_at_h: float | None = None, seed: int = 1) -> Counts:
    rng = np.random.default_rng(seed)
    times = np.sort(rng.uniform(0, END_S, DAYS * 3))
    negative = rng.random(len(times)) < 0.3
    if burst_at_h is not None:
        more = burst_at_h * HOUR_S + np.linspace(0, 3 * HOUR_S, 7)
        order = np.argsort(np.concatenate([times, more]), kind="stable")
        times = np.concatenate([times, more])[order]
        negative = np.concatenate([negative, np.ones(7, dtype=np.bool_)])[order]
    return Counts(times, negative)


@pytest.mark.parametrize("score", [static_count(6), negative_share(6, 5), ewma_z(6, 168, 0.1), rolling_mad(6, 28, 0.5)])
def test_a_burst_has_the_highest_score(score) -> None:
    """Each detector finds seven bad items in three hours the most remarkable thing of forty days."""
    feed = {"x": _series(burst_at_h=700.0)}
    times, scores = SimpleDetector("d", "", True, score).scored(feed, 0.0, END_S)["x"]
    assert 700 * HOUR_S <= times[scores.argmax()] <= 706 * HOUR_S


@pytest.mark.parametrize("score", [ewma_z(6, 168, 0.1), rolling_mad(6, 28, 0.5), negative_share(6, 3), static_count(3)])
def test_scores_know_only_the_past(score) -> None:
    """What comes later changes no score before it."""
    whole = _series(burst_at_h=700.0)
    early = Counts(whole.at_s[whole.at_s < 650 * HOUR_S], whole.negative[whole.at_s < 650 * HOUR_S])
    detector = SimpleDetector("d", "", True, score)
    of_whole = detector.scored({"x": whole}, 0.0, END_S)["x"][1]
    of_early = detector.scored({"x": early}, 0.0, END_S)["x"][1]
    assert of_whole[: len(of_early)] == pytest.approx(of_early)


def test_every_choice_counts_articles_and_stories() -> None:
    """Tuning may choose from both for each of the four."""
    found = choices()
    assert list(found) == ["static count", "negative share", "EWMA z", "rolling MAD"]
    assert all({detector.stories for detector in of} == {False, True} for of in found.values())


def test_the_oracle_is_surprised_by_a_burst_alone() -> None:
    """With rates of the clean run, the injected burst is far rarer than anything in that run."""
    clean = {f"s{seed}": _series(seed=seed) for seed in range(6)}
    oracle = Oracle.fitted(clean, 0.0, END_S)
    usual = max(float(scores.max()) for _, scores in oracle.scored(clean).values())
    _, scores = oracle.scored({"s1": _series(burst_at_h=700.0, seed=1)})["s1"]
    assert float(scores.max()) > usual + 3
