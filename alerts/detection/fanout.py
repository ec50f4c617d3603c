"""Fan-out: which series one mention speaks of, and which rules go by them."""

from __future__ import annotations

from dataclasses import dataclass

from alerts.detection.episodes import Subject
from alerts.detection.mentions import MARKET
from alerts.rules import Rule, Rules
from streams.alerting import Mention


@dataclass(frozen=True, slots=True)
class Address:
    """Be a series with the rules that watch it."""

    subject: Subject
    rules: tuple[Rule, ...]


class Fanout:
    """Find the series of a mention: its own, and those of topics that a rule asks for."""

    def __init__(self, rules: Rules) -> None:
        enabled = [rule for rule in rules.rules if rule.enabled]
        self._of: dict[str, tuple[Rule, ...]] = {
            scope: tuple(rule for rule in enabled if rule.scope == scope)
            for scope in ("entity", "entity-topic", "topic", "market", "source")
        }
        self._listed = {name: frozenset(entities) for name, entities in rules.watchlists.items()}

    @property
    def of_sources(self) -> tuple[Rule, ...]:
        """Return the rules that listen for silence."""
        return self._of["source"]

    def of(self, mention: Mention) -> list[Address]:
        """Return the mention's own series first, then its topics' in order."""
        if mention.series == MARKET:
            own = Address(Subject(MARKET, mention.name), self._of["market"])
            return [own, *self._topics(mention, "topic")]
        rules = tuple(rule for rule in self._of["entity"] if self._watches(rule, mention))
        subject = Subject(mention.series, mention.name, mention.entity_id, mention.ticker)
        return [Address(subject, rules), *self._topics(mention, "entity-topic")]

    def _topics(self, mention: Mention, scope: str) -> list[Address]:
        if not self._of[scope]:
            return []
        found = []
        for topic in sorted(set(mention.topics)):
            rules = tuple(
                rule
                for rule in self._of[scope]
                if (not rule.topics or topic in rule.topics) and self._watches(rule, mention)
            )
            if rules and scope == "topic":
                found.append(Address(Subject(f"topic:{topic}", topic, topic=topic), rules))
            elif rules:
                series = f"entity-topic:{mention.entity_id}:{topic}"
                name = f"{mention.name}: {topic}"
                found.append(Address(Subject(series, name, mention.entity_id, mention.ticker, topic), rules))
        return found

    def _watches(self, rule: Rule, mention: Mention) -> bool:
        return not rule.watchlists or any(
            mention.entity_id in self._listed.get(name, frozenset()) for name in rule.watchlists
        )
