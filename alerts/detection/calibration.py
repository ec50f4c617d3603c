"""Calibration of one rule: from the rarities seen so far to the threshold that spends its budget of alerts.

A series makes one excursion while its p-value stays small; what counts is the smallest on the way. The number of
excursions below a p-value, over the series-days watched, is how often a threshold there would have opened an episode.
Far out, where there are few, the tail of −ln p is taken as exponential above a level that was passed often enough
(peaks over threshold; Siffer et al. 2017), with a rate that is shrunk to 1: what it would be, were the p-values exact.
Excursions many times rarer than the threshold are events, not chance: they take up at most a quarter of it, so that
a week of true crises does not make the detector deaf to the next one.
All sums decay, and the threshold is set anew at each hour of event time from what lies before it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import orjson

from alerts.detection.state import FORMAT, check_format
from alerts.detection.tuning import DAY_MS, HOUR_MS, Tuning
from alerts.rules import Rule

COMMONEST = 0.25
"""Excursions begin at this p-value."""
BINS_PER_DECADE = 8
FIRST_DECADE = -math.log10(COMMONEST)
LAST_BIN = 30 * BINS_PER_DECADE
PEAKS = 30
"""A level has to be passed by so many excursions for the tail to be taken from there."""
TAIL_STRENGTH = 10.0
"""Weight of an exact tail, in excursions."""
EVENT_BINS = BINS_PER_DECADE
"""An excursion so much rarer than the threshold says that it was no chance."""
EVENTS_SHARE = 0.25
"""How much of the budget events take up at most."""
_EDGES = COMMONEST * np.power(10.0, -np.arange(LAST_BIN + 1) / BINS_PER_DECADE)
_BIN = math.log(10) / BINS_PER_DECADE
SERIES_TOLD_APART = 4_096
"""Bits by which series are counted."""
PERIOD_MS = 56 * DAY_MS
CAUSES_KEPT = 512
LOUD_KEPT = 8
MAX_GAP_MS = 6 * HOUR_MS
"""A longer silence of the whole feed counts for no more series-days than this."""


@dataclass(slots=True)
class Calibration:
    """Be what a rule has learned from all its series. It changes in place, once for each cause."""

    rule: str
    threshold: float = 0.0
    set_ms: int = 0
    bins: dict[int, float] = field(default_factory=dict)
    """Excursions by rarity: weights as of `as_of_ms`."""
    series_days: float = 0.0
    as_of_ms: int = 0
    names: int = 0
    """Bits of the series seen in this period (linear counting, Whang et al. 1990) …"""
    names_before: int = 0
    """… and in the one before."""
    period: int = 0
    causes: dict[int, None] = field(default_factory=dict)
    onsets: list[int] = field(default_factory=list)
    """Event times of openings, and of those held back, within the last hour."""
    crowd_ms: int = 0
    held_back: int = 0
    """Openings held back since the market's episode, or the crowd, began."""
    loud: dict[str, None] = field(default_factory=dict)
    """Of a rule for the market: names that had many stories in its window, the latest last."""
    weights: list[float] = field(default_factory=lambda: [0.0, 0.0, 0.0])
    """Sums of 1, weight and its square over the stories that the rule counts."""

    def once(self, cause: int) -> bool:
        """Say whether a cause is new, and remember it: a repeat must not be learned from twice."""
        if cause in self.causes:
            return False
        self.causes[cause] = None
        if len(self.causes) > CAUSES_KEPT:
            del self.causes[next(iter(self.causes))]
        return True

    def fingerprint(self) -> tuple[int, int, int, float]:
        """Return what differs after every change that a message makes."""
        return self.names, next(reversed(self.causes), 0), self.crowd_ms, self.weights[0]

    def see(self, series_hash: int) -> bool:
        """Note that a series is watched; say whether that is news."""
        bit = 1 << (series_hash % SERIES_TOLD_APART)
        if self.names & bit:
            return False
        self.names |= bit
        return True

    def note_loud(self, series: str) -> None:
        """Note a name that had many stories in the window; the one noted longest ago makes room."""
        self.loud.pop(series, None)
        self.loud[series] = None
        if len(self.loud) > LOUD_KEPT:
            del self.loud[next(iter(self.loud))]

    @property
    def series(self) -> float:
        """Return about how many series were seen in this period and the one before."""
        empty = SERIES_TOLD_APART - (self.names | self.names_before).bit_count()
        return SERIES_TOLD_APART * math.log(SERIES_TOLD_APART / max(1, empty))

    def advance(self, rule: Rule, now_ms: int, tuning: Tuning) -> bool:
        """Set the threshold anew if an hour of event time has passed; say whether anything changed."""
        if self.set_ms and now_ms // HOUR_MS <= self.set_ms // HOUR_MS:
            return False
        if self.set_ms:
            weight = self._weight(now_ms, tuning)
            self.series_days += weight * self.series * min(now_ms - self.set_ms, MAX_GAP_MS) / DAY_MS
        else:
            self.as_of_ms, self.period = now_ms, now_ms // PERIOD_MS
        if now_ms // PERIOD_MS > self.period:
            self.names_before, self.names, self.period = self.names, 0, now_ms // PERIOD_MS
        self.set_ms = now_ms
        self.onsets = [at for at in self.onsets if at > now_ms - HOUR_MS]
        if self.crowd_ms and now_ms - self.crowd_ms > DAY_MS:
            self.crowd_ms = self.held_back = 0
        self.threshold = self._threshold(self.target(rule), rule, now_ms, tuning)
        return True

    def target(self, rule: Rule) -> float:
        """Return the budget as openings a series-day."""
        if rule.budget_per_1000_series_days is not None:
            return rule.budget_per_1000_series_days / 1000
        # In the first hour of a rule nobody knows how many series share its budget; the market is one.
        is_new = rule.scope != "market" and self.set_ms - self.as_of_ms < HOUR_MS
        return (rule.budget_per_day or 0.0) / (SERIES_TOLD_APART if is_new else max(1.0, self.series))

    def excursion(self, before: int, now: int, since_ms: int, tuning: Tuning) -> None:
        """Count an excursion, or move it to a rarer bin: `before` is −1 where it is new."""
        weight = self._weight(since_ms, tuning)
        if before >= 0:
            self.bins[before] = max(0.0, self.bins.get(before, 0.0) - weight)
        self.bins[now] = self.bins.get(now, 0.0) + weight

    def rate_below(self, p_value: float, now_ms: int, tuning: Tuning) -> float:
        """Return how many excursions below a p-value a series makes in a day."""
        scale = 1.0 / self._weight(now_ms, tuning)
        days = self.series_days * scale + tuning.prior_series_days
        found = sum(count for place, count in self.bins.items() if place >= bin_of(p_value)) * scale
        return (found + tuning.looks_per_day * p_value * tuning.prior_series_days) / days

    def _threshold(self, target: float, rule: Rule, now_ms: int, tuning: Tuning) -> float:
        looks, prior_days = tuning.looks_per_day, tuning.prior_series_days
        if rule.scope in ("market", "topic"):
            looks, prior_days = tuning.looks_per_day_of_many, tuning.prior_series_days_of_many
        scale = 1.0 / self._weight(now_ms, tuning)
        counts = np.zeros(len(_EDGES))
        for place, count in self.bins.items():
            counts[place] = count * scale
        beyond = np.cumsum(counts[::-1])[::-1]
        allowed = target * (self.series_days * scale + prior_days)
        prior = looks * prior_days * _EDGES
        # From the largest threshold downwards: the largest one at which the budget is kept is what is wanted.
        depth = 0.0
        for _ in range(20):
            cut = min(math.ceil(depth) + EVENT_BINS, LAST_BIN)
            events = float(beyond[cut])
            passed = np.maximum(0.0, beyond - max(0.0, events - EVENTS_SHARE * allowed))
            deeper = _depth_of(allowed, cut, passed, passed + prior)
            if deeper - depth < 0.01:
                break
            depth = deeper
        return min(tuning.max_p_value, max(1e-25, COMMONEST * math.pow(10.0, -depth / BINS_PER_DECADE)))

    def _weight(self, at_ms: int, tuning: Tuning) -> float:
        return math.exp2((at_ms - self.as_of_ms) / tuning.calibration_half_life_ms)

    def to_bytes(self) -> bytes:
        """Write as a table value."""
        facts = {name: getattr(self, name) for name in self.__slots__} | {
            "bins": list(self.bins.items()),
            "names": f"{self.names:x}",
            "names_before": f"{self.names_before:x}",
            "causes": list(self.causes),
        }
        return bytes((FORMAT,)) + orjson.dumps(facts)

    @classmethod
    def from_bytes(cls, value: bytes) -> Calibration:
        """Read a table value.

        Raises:
            MisconfiguredError: another version of the program wrote it.
        """
        check_format(value)
        facts = orjson.loads(value[1:])
        facts["bins"] = dict(facts["bins"])
        facts["names"], facts["names_before"] = int(facts["names"], 16), int(facts["names_before"], 16)
        facts["causes"] = dict.fromkeys(facts["causes"])
        # Earlier versions also counted here what people said of alerts.
        return cls(**{name: fact for name, fact in facts.items() if name in cls.__slots__})


def bin_of(p_value: float) -> int:
    """Return the bin of a p-value of at most 0.25: eight a decade."""
    depth = (-math.log10(max(p_value, 1e-300)) - FIRST_DECADE) * BINS_PER_DECADE
    return min(LAST_BIN, max(0, math.floor(depth)))


def _depth_of(allowed: float, cut: int, seen: npt.NDArray[np.float64], passed: npt.NDArray[np.float64]) -> float:
    """Return the depth, in bins, that `allowed` excursions pass.

    Args:
        allowed: what the budget allows in all the series-days.
        cut: where events begin: how far out they lie says nothing of the slope, so that they are censored there.
        seen: excursions that passed each edge, shape (LAST_BIN + 1,).
        passed: the same with those that stand for the missing past.
    """
    often = np.flatnonzero((seen >= PEAKS) & (passed >= allowed))
    level = int(often[-1]) if len(often) else 0
    if passed[level] <= allowed:
        return float(level)
    tail = passed[level : max(cut, level + EVENT_BINS) + 1]
    excess = float((tail[:-1] + tail[1:]).sum()) / 2 * _BIN
    slope = (float(tail[0] - tail[-1]) + TAIL_STRENGTH) / (excess + TAIL_STRENGTH)
    return level + math.log(passed[level] / allowed) / slope / _BIN
