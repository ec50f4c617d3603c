"""Whom an alert concerns: an index over subscriptions, each found by the rarest thing that it asks for."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from streams.alerting import AlertTransition, Evidence, Severity
from streams.records import EntityId, ReaderId, SeriesId
from streams.subscriptions import Matchers, Subscription, SubscriptionId

Posting = tuple[str, str]
"""Field and value under which a subscription is filed."""
Lists = Mapping[str, frozenset[EntityId]]
"""The watch-lists of the rules file: the entities of each, by name."""

_ANY: Posting = ("any", "")


@dataclass(frozen=True, slots=True)
class Facets:
    """Be what matchers can ask of an alert."""

    series: SeriesId
    entity: EntityId | None
    topics: frozenset[str]
    rule: str
    severity: Severity
    labels: Mapping[str, str]
    watchlists: frozenset[str]


def facets_of(transition: AlertTransition, lists: Lists) -> Facets:
    """Return what matchers can ask of a transition; its identity counts among its labels."""
    topic, entity = transition.topic, transition.entity_id
    identity = {"rule_kind": transition.rule_kind, "name": transition.name, "ticker": transition.ticker}
    return Facets(
        series=transition.series,
        entity=entity,
        topics=frozenset((topic,)) if topic else _topics_of(transition.evidence),
        rule=transition.rule,
        severity=transition.severity,
        labels=transition.labels | {name: value for name, value in identity.items() if value},
        watchlists=frozenset(name for name, members in lists.items() if entity is not None and entity in members),
    )


def _topics_of(evidence: Sequence[Evidence]) -> frozenset[str]:
    """Return what an alert of a name, or of the market, is about: each topic of at least half of its stories."""
    counts = Counter(topic for each in evidence for topic in set(each.topics))
    return frozenset(topic for topic, count in counts.items() if 2 * count >= len(evidence))


def matches(matchers: Matchers, facets: Facets) -> bool:
    """Say whether each field that is set holds."""
    return (
        (not matchers.series or facets.series in matchers.series)
        and (not matchers.entities or facets.entity in matchers.entities)
        and (not matchers.watchlists or not facets.watchlists.isdisjoint(matchers.watchlists))
        and (not matchers.topics or not facets.topics.isdisjoint(matchers.topics))
        and (not matchers.rules or facets.rule in matchers.rules)
        and (not matchers.severities or facets.severity in matchers.severities)
        and all(facets.labels.get(name) == value for name, value in matchers.labels.items())
    )


def follows(subscription: Subscription, transition: AlertTransition) -> bool:
    """Say whether one who was told of an episode hears of a step that no longer matches: worse, or of other topics.

    A subscription that was set anew since says itself what it asks for; but an end is worth a notice to all.
    """
    unchanged = subscription.updated_at <= transition.opened_at
    return subscription.enabled and (unchanged or transition.kind == "resolved")


@dataclass(slots=True)
class SubscriptionIndex:
    """Find the subscriptions of an alert without asking all of them."""

    _subscriptions: dict[SubscriptionId, Subscription] = field(default_factory=dict)
    _filed: dict[Posting, set[SubscriptionId]] = field(default_factory=lambda: defaultdict(set))
    _read: dict[ReaderId, frozenset[EntityId]] = field(default_factory=dict)
    _readers: dict[EntityId, set[ReaderId]] = field(default_factory=lambda: defaultdict(set))

    def __len__(self) -> int:
        return len(self._subscriptions)

    def get(self, subscription_id: SubscriptionId) -> Subscription | None:
        """Return a subscription, whether it is enabled or not."""
        return self._subscriptions.get(subscription_id)

    def put(self, subscription: Subscription) -> None:
        """Take a subscription, or its new version."""
        self.remove(subscription.subscription_id)
        self._subscriptions[subscription.subscription_id] = subscription
        for posting in _postings(subscription):
            self._filed[posting].add(subscription.subscription_id)

    def remove(self, subscription_id: SubscriptionId) -> None:
        """Forget a subscription; one that is not there is no mistake."""
        known = self._subscriptions.pop(subscription_id, None)
        for posting in _postings(known) if known is not None else ():
            self._filed[posting].discard(subscription_id)
            if not self._filed[posting]:
                del self._filed[posting]

    def set_read(self, reader_id: ReaderId, entities: Iterable[EntityId]) -> None:
        """Take what a reader reads about most; nothing forgets the reader."""
        for entity in self._read.pop(reader_id, frozenset()):
            self._readers[entity].discard(reader_id)
            if not self._readers[entity]:
                del self._readers[entity]
        names = frozenset(entities)
        if names:
            self._read[reader_id] = names
        for entity in names:
            self._readers[entity].add(reader_id)

    def concerned(self, facets: Facets) -> list[Subscription]:
        """Return the enabled subscriptions that an alert concerns, by id: the same order at every replay."""
        readers = self._readers.get(facets.entity, set()) if facets.entity is not None else set()
        candidates: set[SubscriptionId] = set()
        for posting in _asked(facets, readers):
            candidates |= self._filed.get(posting, set())
        found = (self._subscriptions[key] for key in sorted(candidates))
        return [
            subscription
            for subscription in found
            if subscription.enabled
            and (subscription.reader_id is None or subscription.reader_id in readers)
            and matches(subscription.matchers, facets)
        ]


def _postings(subscription: Subscription) -> list[Posting]:
    matchers = subscription.matchers
    if matchers.series:
        return [("series", series) for series in matchers.series]
    if matchers.entities:
        return [("entity", entity) for entity in matchers.entities]
    if subscription.reader_id is not None:
        return [("reader", subscription.reader_id)]
    if matchers.watchlists:
        return [("watchlist", name) for name in matchers.watchlists]
    if matchers.topics:
        return [("topic", topic) for topic in matchers.topics]
    if matchers.labels:
        name, value = min(matchers.labels.items())
        return [("label", f"{name}={value}")]
    if matchers.rules:
        return [("rule", rule) for rule in matchers.rules]
    if matchers.severities:
        return [("severity", severity) for severity in matchers.severities]
    return [_ANY]


def _asked(facets: Facets, readers: Iterable[ReaderId]) -> Iterator[Posting]:
    yield _ANY
    yield ("series", facets.series)
    if facets.entity is not None:
        yield ("entity", facets.entity)
    yield ("rule", facets.rule)
    yield ("severity", facets.severity)
    yield from (("reader", reader) for reader in readers)
    yield from (("watchlist", name) for name in facets.watchlists)
    yield from (("topic", topic) for topic in facets.topics)
    yield from (("label", f"{name}={value}") for name, value in facets.labels.items())
