"""The controls of the benchmark of detection."""

from __future__ import annotations

import random

from benchmarks.alerts.controls import GROWTH_DAYS, GROWTH_TO, growing

DAY_S = 86_400.0


def test_growth_comes_when_the_feed_speaks_and_reaches_its_size() -> None:
    """Of a feed that speaks from 9 to 17 h no extra item comes at night, and the last day has about twice the usual."""
    rng = random.Random(4)
    feed_s = sorted(d * DAY_S + rng.uniform(9, 17) * 3600 for d in range(GROWTH_DAYS + 5) for _ in range(2_000))
    found = growing(rng, feed_s, 2 * DAY_S, 0.05)
    assert all(9 * 3600 <= at_s % DAY_S <= 17 * 3600 + 60 for at_s in found)
    last = sum(at_s >= (1 + GROWTH_DAYS) * DAY_S for at_s in found)
    assert 0.8 < last / (0.05 * 2_000 * (GROWTH_TO - 1) * (1 - 0.5 / GROWTH_DAYS)) < 1.2
    assert len(found) < 0.6 * GROWTH_DAYS * 0.05 * 2_000 * (GROWTH_TO - 1)
