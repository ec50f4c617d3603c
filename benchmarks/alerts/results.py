"""What the benchmark of detection measures, and how much of it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

BUDGETS = (1.0, 2.0, 5.0, 20.0)
"""Alerts per 1,000 series-days."""
MAIN = 2.0
"""The budget at which bursts are scaled, controls run, and the goals are set."""
OURS, ORACLE = "tidewatch", "oracle"
TRUE_RATES, TRUE_RATES_AND_LABELS = "true rates", "true rates and labels"
"""What knows the rates that a synthetic feed was made with: what is left to find, with labels as the model reads them …

… and with those that the texts have.
"""


@dataclass(frozen=True, slots=True)
class Sizes:
    """Say how much is measured."""

    budgets: tuple[float, ...] = BUDGETS
    bursts: int = 75
    """Of one run. More would be many times the budget: what a detector makes of a single burst is the question."""
    replicates: int = 4
    tuning_bursts: int = 200
    aftermaths: int = 40
    control_places: int = 60
    control_days: int = 50

    def for_series(self, series: int) -> Sizes:
        """Return the sizes for a feed of fewer than 1,000 names: fewer bursts in a run, more runs."""
        if series >= 1_000:
            return self
        return replace(self, bursts=max(15, self.bursts * series // 1_000), replicates=max(6, self.replicates))


@dataclass(frozen=True, slots=True)
class Score:
    """Be one line of the comparison: a detector at a budget."""

    detector: str
    choice: str
    budget: float
    recall: float
    recall_low: float
    recall_high: float
    delay_h: float
    """A miss counts as 8."""
    realised: float
    """Openings per 1,000 series-days of the run without injection."""
    weeks: tuple[float, ...]
    """Realised over asked, by week."""
    in_alarm: float
    """Share of the series-hours."""


@dataclass(frozen=True, slots=True)
class Difference:
    """Be ours less another's over the same bursts, with the interval of the paired bootstrap."""

    other: str
    budget: float
    recall: float
    recall_low: float
    recall_high: float
    delay_h: float
    delay_low: float
    delay_high: float


@dataclass(frozen=True, slots=True)
class ControlResult:
    """Say how many places of a control paged somebody."""

    name: str
    places: int
    paged: int
    upper: float
    """One-sided upper 95% bound of the share (Clopper and Pearson)."""
    pages: int
    """Of all places together: one can page for several names."""
    market_alerts: tuple[int, ...] = ()
    """Of each bad day."""


@dataclass(slots=True)
class Result:
    """Be all that was measured on one background."""

    background: str
    model: str
    articles: int
    mentions: int
    series: int
    scored_days: float
    scale: float
    bursts: int
    scores: list[Score] = field(default_factory=list)
    differences: list[Difference] = field(default_factory=list)
    aftermath: dict[str, float] = field(default_factory=dict)
    """Recall in the seven days after a large burst."""
    aftermath_bursts: int = 0
    controls: list[ControlResult] = field(default_factory=list)
    gaps: int = 0
    gaps_told: int = 0
    other_silences: int = 0
    market_alerts: int = 0
    """Of the scored part, without injection."""
