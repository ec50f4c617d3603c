"""Our detector over a background at one budget: once as it is, and from the split on with something put in."""

from __future__ import annotations

import heapq
import pickle
from collections.abc import Iterable, Sequence
from datetime import datetime

from alerts.backtest import Backtest, Known, in_order
from alerts.detection.mentions import MARKET
from alerts.detection.tuning import Tuning
from alerts.detection.watch import Watch
from alerts.rules import Rule, Rules
from benchmarks.alerts.background import Background
from benchmarks.alerts.scoring import Opening
from streams.alerting import AlertTransition

SPIKE = "negative-spike"


def rules_at(budget: float) -> Rules:
    """Return the default rules with a budget per 1,000 series-days for negative spikes of single names."""
    rules = Rules.default()
    changed = tuple(
        rule.model_copy(update={"budget_per_1000_series_days": budget, "budget_per_day": None})
        if rule.name == SPIKE
        else rule
        for rule in rules.rules
    )
    return Rules.model_validate(rules.model_copy(update={"rules": changed}).model_dump())


class Detection:
    """Run the watch of the service over a background; the clean run is made when this is built."""

    def __init__(self, background: Background, budget: float) -> None:
        self.background = background
        watch = Watch(rules_at(budget), None)
        before = [known for known in background.articles if known.at < background.split]
        self._scored = background.articles[len(before) :]
        self._made_at_split = _taken(watch, before)
        self._at_split = pickle.dumps(watch, pickle.HIGHEST_PROTOCOL)
        self.clean = self._openings(watch, self._scored)

    def openings_with(self, injected: Iterable[Known]) -> list[Opening]:
        """Return the openings of the scored part with articles put in."""
        return self.openings_of(heapq.merge(self._scored, in_order(injected), key=lambda known: known.at))

    def openings_of(self, scored: Iterable[Known]) -> list[Opening]:
        """Return the openings of another scored part after the same past."""
        watch: Watch = pickle.loads(self._at_split)  # our own bytes of a moment ago
        return self._openings(watch, scored)

    @property
    def scored(self) -> Sequence[Known]:
        """Return the articles of the scored part."""
        return self._scored

    def _openings(self, watch: Watch, scored: Iterable[Known]) -> list[Opening]:
        return openings_from([*self._made_at_split, *_taken(watch, scored)], self.background.end)


def openings_from(transitions: Iterable[AlertTransition], end: datetime) -> list[Opening]:
    """Return the episodes of transitions; one that is still open lasts until the end."""
    opened: dict[str, AlertTransition] = {}
    ended: dict[str, float] = {}
    for transition in transitions:
        if transition.kind == "opened":
            opened.setdefault(transition.episode_id, transition)
        elif transition.kind == "resolved":
            ended[transition.episode_id] = transition.at.timestamp()
    return [
        Opening(first.series, first.at.timestamp(), ended.get(episode, end.timestamp()))
        for episode, first in opened.items()
    ]


def of_names(openings: Iterable[Opening]) -> list[Opening]:
    """Return the openings of single names."""
    return [opening for opening in openings if opening.series != MARKET]


def silences(background: Background) -> list[tuple[datetime, datetime | None]]:
    """Return when the rule for silent feeds opened and ended over a background that is one feed."""
    rules = Rules(
        rules=(Rule(name="silence", kind="silence", scope="source", budget_per_day=1 / 30),),
    )
    run = Backtest({"silence": rules}, Tuning())
    run.take(_one_feed(known) for known in background.articles)
    return [(alert.opened_at, alert.resolved_at) for alert in run.alerts("silence")]


def _one_feed(known: Known) -> Known:
    market = tuple(m.model_copy(update={"source": "the feed"}) for m in known.mentions if m.series == MARKET)
    return Known(known.at, market)


def _taken(watch: Watch, articles: Iterable[Known]) -> list[AlertTransition]:
    return [transition for known in articles for mention in known.mentions for transition in watch.take(mention)]
