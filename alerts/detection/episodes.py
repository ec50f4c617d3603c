"""Episodes: a threshold crossed opens one, worse updates it, calm ends it; a replay finds the same ids again.

An episode that is pending is no more than an excursion of its series: rare, yet not rare enough. It shows nowhere.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from alerts.detection.evidence import EVIDENCE_SHOWN, Piece, best_pieces, shown
from alerts.rules import Rule, Severities
from streams.alerting import SEVERITIES, AlertTransition, RuleKind, Severity, Step
from streams.identity import digest_of
from streams.records import EntityId, EpisodeId, SeriesId

MAX_RARITY_DAYS = 36_500.0
DAY_MS = 86_400_000
ESCALATION = 1.5
"""A spike is worse when it has so many times the stories of its last transition, or a higher severity."""

DETECTORS: dict[RuleKind, str] = {
    "negative-spike": "negative-binomial-2",
    "positive-spike": "negative-binomial-2",
    "turn": "cusum-1",
    "silence": "empty-count-1",
}


@dataclass(frozen=True, slots=True)
class Subject:
    """Be whom an alert is about, as its reader knows it."""

    series: str
    name: str
    entity_id: str | None = None
    ticker: str | None = None
    topic: str | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """Be what detection sees of one series at one moment."""

    at_ms: int
    observed: float
    expected: float
    size: float
    """Of the negative binomial that `expected` is the mean of; 0 where there is none."""
    p_value: float
    stories: int
    articles: int
    window_ms: int


@dataclass(frozen=True, slots=True)
class Episode:
    """Be an open episode: what its next transition needs to know. Its figures are those of the last reading."""

    episode_id: str
    rule: str
    kind: RuleKind
    rules_version: str
    labels: dict[str, str]
    subject: Subject
    opened_ms: int
    severity: Severity
    threshold: float
    told_ms: int
    """Event time of the last transition."""
    told_observed: float
    reading: Reading
    last_ms: int
    """Event time of the last reading that was not calm."""
    model: str
    revision: int = 0
    calm_since_ms: int | None = None
    acknowledged_by: str | None = None
    inhibited: int = 0
    evidence: tuple[Piece, ...] = field(default=())
    """What it opened or grew with, so that its end can still show it."""


def severity_of(p_value: float, threshold: float, severities: Severities) -> Severity:
    """Return how bad it is by how many times rarer than the threshold it is."""
    if p_value * severities.high < threshold:
        return "high"
    return "medium" if p_value * severities.medium < threshold else "low"


def opened(
    rule: Rule,
    rules_version: str,
    subject: Subject,
    cause: str,
    reading: Reading,
    threshold: float,
    evidence: tuple[Piece, ...],
    model: str,
) -> Episode:
    """Open an episode; its id is that of rule, series, cause and time, the same at every replay."""
    return Episode(
        episode_id=digest_of("episode", rule.name, subject.series, cause, str(reading.at_ms)),
        rule=rule.name,
        kind=rule.kind,
        rules_version=rules_version,
        labels=dict(rule.labels),
        subject=subject,
        opened_ms=reading.at_ms,
        severity=severity_of(reading.p_value, threshold, rule.severities),
        threshold=threshold,
        told_ms=reading.at_ms,
        told_observed=reading.observed,
        reading=reading,
        last_ms=reading.at_ms,
        evidence=evidence,
        model=model,
    )


def continued(episode: Episode, reading: Reading, calm_above: float, evidence: tuple[Piece, ...]) -> Episode:
    """Take a reading into an open episode: calm begins, goes on, or is over."""
    calm = reading.p_value > calm_above
    since = episode.calm_since_ms if calm else None
    # What is read of an earlier moment, as with an article that comes late, says nothing of the present.
    if calm and since is None and reading.at_ms >= episode.last_ms:
        since = reading.at_ms
    return replace(
        episode,
        reading=reading,
        calm_since_ms=since,
        last_ms=episode.last_ms if calm else max(episode.last_ms, reading.at_ms),
        evidence=best_pieces((*episode.evidence, *evidence), episode.kind),
    )


def escalated(episode: Episode, severities: Severities, update_every_ms: int) -> Episode | None:
    """Return the episode one revision on where it has become worse and was not told of just now."""
    reading = episode.reading
    severity = severity_of(reading.p_value, episode.threshold, severities)
    grown = episode.kind.endswith("spike") and reading.observed >= ESCALATION * episode.told_observed
    worse = SEVERITIES.index(severity) > SEVERITIES.index(episode.severity) or grown
    if not worse or episode.acknowledged_by is not None or reading.at_ms - episode.told_ms < update_every_ms:
        return None
    return replace(
        episode,
        revision=episode.revision + 1,
        severity=max(severity, episode.severity, key=SEVERITIES.index),
        told_ms=reading.at_ms,
        told_observed=reading.observed,
    )


def due_ms(episode: Episode, quiet_ms: int) -> int:
    """Return the event time at which the episode ends by itself unless something happens before."""
    if episode.calm_since_ms is not None:
        return episode.calm_since_ms + quiet_ms
    return episode.last_ms + episode.reading.window_ms + quiet_ms


def transition(episode: Episode, kind: Step, at_ms: int, received_at: datetime) -> AlertTransition:
    """Return the step that an episode has come to."""
    subject, reading = episode.subject, episode.reading
    return AlertTransition(
        transition_id=digest_of("transition", episode.episode_id, str(episode.revision)),
        episode_id=EpisodeId(episode.episode_id),
        series=SeriesId(subject.series),
        entity_id=None if subject.entity_id is None else EntityId(subject.entity_id),
        name=subject.name,
        ticker=subject.ticker,
        topic=subject.topic,
        kind=kind,
        revision=episode.revision,
        rule=episode.rule,
        rule_kind=episode.kind,
        rules_version=episode.rules_version,
        labels=episode.labels,
        severity=episode.severity,
        opened_at=moment_of(episode.opened_ms),
        at=moment_of(at_ms),
        received_at=received_at,
        observed=reading.observed,
        expected=reading.expected,
        window_s=reading.window_ms / 1000,
        p_value=reading.p_value,
        threshold=episode.threshold,
        rarity_days=min(MAX_RARITY_DAYS, reading.window_ms / DAY_MS / max(reading.p_value, 1e-300)),
        stories=reading.stories,
        articles=reading.articles,
        inhibited=episode.inhibited,
        acknowledged_by=episode.acknowledged_by,
        evidence=tuple(shown(piece) for piece in episode.evidence[:EVIDENCE_SHOWN]),
        model=episode.model,
        detector=DETECTORS[episode.kind],
    )


def moment_of(at_ms: int) -> datetime:
    """Return the moment of whole milliseconds since 1970."""
    return datetime.fromtimestamp(at_ms // 1000, UTC).replace(microsecond=at_ms % 1000 * 1000)
