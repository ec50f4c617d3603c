"""The spread of figures over trainings that differ by their seed."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from statistics import mean, stdev

from models.evaluation.measured import Figure

_STUDENT = {1: 12.706, 2: 4.303, 3: 3.182, 4: 2.776, 5: 2.571, 6: 2.447, 7: 2.365, 8: 2.306, 9: 2.262}
"""The 0.975 quantile of Student's t by its degrees of freedom (NIST Engineering Statistics Handbook, 1.3.6.7.2)."""

_NORMAL = 2.0
"""Of more: it no longer differs by a sixth."""


def over_trainings(measured: Sequence[Sequence[Figure]]) -> list[Figure]:
    """Return the mean of each figure over two trainings or more, with the 95% interval of that mean by Student's t.

    Figures that are the same in all, such as those of rules, are left out.
    """
    found: list[Figure] = []
    for same in zip(*measured, strict=True):
        values = [figure.value for figure in same]
        if len(set(values)) == 1:
            continue
        half = _STUDENT.get(len(values) - 1, _NORMAL) * stdev(values) / math.sqrt(len(values))
        found.append(replace(same[0], value=mean(values), interval=(mean(values) - half, mean(values) + half)))
    return found
