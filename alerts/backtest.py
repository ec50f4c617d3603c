"""The backtest: articles of the past through the very watch of the service, in the order in which they were known."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from alerts.detection.arrivals import LONGEST_MS
from alerts.detection.mentions import mentions_of
from alerts.detection.tuning import Tuning
from alerts.detection.watch import Watch
from alerts.rules import Rule, Rules
from streams.alerting import AlertTransition, Evidence, Mention
from streams.enrichment import EnrichedArticle
from streams.records import EntityId, EpisodeId, Moment, Record, SeriesId

REPLAYED_AFTER = timedelta(days=2)
"""An arrival so long after the publication was a replay of an archive, and says nothing of when the news was known."""
TICK = timedelta(minutes=5)
"""How often the wall clock is looked at for feeds that have gone silent …"""
LONGEST_SILENCE = timedelta(milliseconds=LONGEST_MS)
"""… and how long after the latest article: no later moment finds a silence that this one did not."""


class Step(Record):
    """Be what became of an alert after it opened."""

    kind: str
    at: Moment
    severity: str
    observed: float
    expected: float
    rarity: float
    stories: int


class Alert(Record):
    """Be one alert that would have been sent: what it said when it opened, then its later steps."""

    series: SeriesId
    entity: EntityId | None
    name: str
    ticker: str | None = None
    rule: str
    opened_at: Moment
    resolved_at: Moment | None = None
    """None where it was still open at the end."""
    severity: str
    observed: float
    expected: float
    p_value: float
    threshold: float
    rarity: float
    """About once in so many days for this series."""
    stories: int
    evidence: tuple[Evidence, ...] = ()
    """Known when the alert opened."""
    steps: tuple[Step, ...] = ()
    episode_id: EpisodeId

    @classmethod
    def of(cls, opened: AlertTransition) -> Alert:
        """Begin with the opening of an episode."""
        return cls(
            series=opened.series,
            entity=opened.entity_id,
            name=opened.name,
            ticker=opened.ticker,
            rule=opened.rule,
            opened_at=opened.opened_at,
            severity=opened.severity,
            observed=opened.observed,
            expected=opened.expected,
            p_value=opened.p_value,
            threshold=opened.threshold,
            rarity=opened.rarity_days,
            stories=opened.stories,
            evidence=opened.evidence,
            episode_id=opened.episode_id,
        )

    def after(self, transition: AlertTransition) -> Alert:
        """Return the alert with one more step of its episode."""
        step = Step(
            kind=transition.kind,
            at=transition.at,
            severity=transition.severity,
            observed=transition.observed,
            expected=transition.expected,
            rarity=transition.rarity_days,
            stories=transition.stories,
        )
        ended = transition.at if transition.kind == "resolved" else None
        return self.model_copy(update={"steps": (*self.steps, step), "resolved_at": ended})


@dataclass(frozen=True, slots=True)
class Known:
    """Be the mentions of one article, and when it was known."""

    at: datetime
    mentions: tuple[Mention, ...]
    version: int = 0
    """Of the article: a correction has a larger one."""

    @classmethod
    def of(cls, enriched: EnrichedArticle, min_relevance: float) -> Known:
        """Take an enriched article: known when it arrived, or when published where the arrival was a replay."""
        article = enriched.article
        if article.received_at - article.published_at > REPLAYED_AFTER:
            article = article.model_copy(update={"received_at": article.published_at})
            enriched = enriched.model_copy(update={"article": article})
        return cls(article.received_at, tuple(mentions_of(enriched, min_relevance)), enriched.version)


def in_order(articles: Iterable[Known]) -> list[Known]:
    """Sort articles by when they were known, then by event time and id, so that any order of input gives the same.

    Of one article, as where files overlap or hold its correction, what was known first stands, and the earliest
    version of that: the service takes no other either.
    """

    def order(known: Known) -> tuple[object, ...]:
        first = known.mentions[0]
        return known.at, first.at, first.article_id, known.version, first.signature

    stands: dict[str, Known] = {}
    for known in sorted(articles, key=order):
        stands.setdefault(known.mentions[0].article_id, known)
    return list(stands.values())


class Backtest:
    """Run one or several sets of rules over the same mentions, each with states of its own."""

    def __init__(self, rules: Mapping[str, Rules], tuning: Tuning) -> None:
        self._watches = {name: Watch(content, None, tuning) for name, content in rules.items()}
        self._alerts: dict[str, dict[EpisodeId, Alert]] = {name: {} for name in rules}
        self._ticking = {
            name: watch
            for name, watch in self._watches.items()
            if any(rule.enabled and rule.kind == "silence" for rule in rules[name].rules)
        }
        self._ticked_at: datetime | None = None

    def take(self, articles: Iterable[Known]) -> None:
        """Take articles in the order in which they were known; call it again to go on."""
        for article in articles:
            self._tick(article.at)
            for mention in article.mentions:
                for name, watch in self._watches.items():
                    for transition in watch.take(mention):
                        _apply(self._alerts[name], transition)

    def _tick(self, until: datetime) -> None:
        since = self._ticked_at or until
        ticks = (until - since) // TICK
        for place in range(1, min(ticks, LONGEST_SILENCE // TICK + 1) + 1):
            for name, watch in self._ticking.items():
                for transition in watch.tick(since + place * TICK):
                    _apply(self._alerts[name], transition)
        self._ticked_at = since + ticks * TICK

    def alerts(self, name: str) -> list[Alert]:
        """Return the alerts of one set of rules so far, by the time of their opening."""
        return sorted(self._alerts[name].values(), key=lambda alert: (alert.opened_at, alert.series, alert.rule))


def with_budget(rules: Rules, per_day: float) -> Rules:
    """Return the rules with a budget of alerts a day, shared evenly by the enabled rules that watch many series.

    The market and the feeds are few: their rules keep their own budgets.
    """
    sharing = [rule.name for rule in rules.rules if rule.enabled and _is_shared(rule)]
    changed = tuple(
        rule.model_copy(update={"budget_per_day": per_day / len(sharing), "budget_per_1000_series_days": None})
        if rule.name in sharing
        else rule
        for rule in rules.rules
    )
    return Rules.model_validate(rules.model_copy(update={"rules": changed}).model_dump())


def _is_shared(rule: Rule) -> bool:
    return rule.scope not in ("market", "source")


def _apply(alerts: dict[EpisodeId, Alert], transition: AlertTransition) -> None:
    known = alerts.get(transition.episode_id)
    if transition.kind == "opened":
        alerts.setdefault(transition.episode_id, Alert.of(transition))
    # An article that comes again gives its own steps again.
    elif known is not None and transition.revision > len(known.steps):
        alerts[transition.episode_id] = known.after(transition)
