"""How far the market's counts spread beyond chance: learned, because the mood of one feed wanders more than another's.

Every six hours the stories of a label in the window that has just ended stand beside what was expected of them. The
excess of the squared difference over its Poisson part, relative to the square of what was expected, is one over the
size of a negative binomial (method of moments). A window with many stories says more of it than one with few.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from alerts.detection.baseline import Decayed
from alerts.detection.tuning import HOUR_MS, Tuning

EVERY_MS = 6 * HOUR_MS


@dataclass(slots=True)
class Spread:
    """Be the decayed sums over windows of one label."""

    weight: Decayed = field(default_factory=Decayed)
    excess: Decayed = field(default_factory=Decayed)

    def learn(self, observed: float, expected: float, at_ms: int, tuning: Tuning) -> None:
        """Take a window that has ended into account."""
        weight = (1.0 / (1.0 / expected + 1.0 / tuning.market_dispersion)) ** 2
        excess = ((observed - expected) ** 2 - expected) / expected**2
        self.weight.add(at_ms, weight, tuning.half_life_ms)
        self.excess.add(at_ms, weight * excess, tuning.half_life_ms)

    def size(self, at_ms: int, tuning: Tuning) -> float:
        """Return the size of the negative binomial, between the bounds of the tuning."""
        prior = tuning.market_dispersion_windows * tuning.market_dispersion**2
        weight = self.weight.at(at_ms, tuning.half_life_ms) + prior
        excess = self.excess.at(at_ms, tuning.half_life_ms) + prior / tuning.market_dispersion
        low, high = tuning.market_dispersion_bounds
        return min(high, max(low, weight / excess)) if excess > 0 else high
