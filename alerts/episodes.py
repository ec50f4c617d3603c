"""Episodes: a spike opens one, a worse one updates it, quiet ends it; a replay finds the same ids again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from streams.alerting import AlertTransition, Evidence, Mention
from streams.clock import epoch_ms
from streams.identity import digest_of
from streams.records import EntityId, EpisodeId, Record, SeriesId

RULE = "negative-spike"
DETECTOR = "negative-binomial-1"
EVIDENCE_SHOWN = 5
CANDIDATES_KEPT = 6
MAX_RARITY_DAYS = 36_500.0
DAY_MS = 86_400_000
ESCALATION = 1.5
"""An episode is worse when it has so many times the stories of its last transition, or a higher severity."""

Severity = Literal["low", "medium", "high"]
_RANK: dict[Severity, int] = {"low": 0, "medium": 1, "high": 2}


class Candidate(Record):
    """Be a sentence that may become evidence, with the story that it belongs to."""

    story: int
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Reading:
    """Be what detection sees of one series at one moment."""

    at_ms: int
    observed: int
    expected: float
    size: float
    """Of the negative binomial that `expected` is the mean of."""
    p_value: float
    stories: int
    articles: int
    window_ms: int


class Episode(Record):
    """Be an open episode: what its next transition needs to know."""

    episode_id: EpisodeId
    series: SeriesId
    entity_id: EntityId | None
    name: str
    ticker: str | None
    opened_ms: int
    revision: int = 0
    severity: Severity
    told_ms: int
    """Event time of the last transition."""
    told_observed: int
    observed: int
    expected: float
    size: float
    p_value: float
    stories: int
    articles: int
    window_ms: int
    calm_since_ms: int | None = None
    last_ms: int
    """Event time of the last reading that was not calm."""
    evidence: tuple[Candidate, ...] = ()
    """What it opened or grew with, so that its end can still show it."""
    model: str


def severity_of(p_value: float, threshold: float) -> Severity:
    """Return low at the threshold, medium a hundred times and high ten thousand times rarer."""
    if p_value < threshold * 1e-4:
        return "high"
    return "medium" if p_value < threshold * 1e-2 else "low"


def opened(mention: Mention, reading: Reading, threshold: float, evidence: tuple[Candidate, ...]) -> Episode:
    """Open an episode at a mention; its id is that of series, article and time, the same at every replay."""
    return Episode(
        episode_id=EpisodeId(digest_of("episode", mention.series, mention.article_id, str(reading.at_ms))),
        series=mention.series,
        entity_id=mention.entity_id,
        name=mention.name,
        ticker=mention.ticker,
        opened_ms=reading.at_ms,
        severity=severity_of(reading.p_value, threshold),
        told_ms=reading.at_ms,
        told_observed=reading.observed,
        last_ms=reading.at_ms,
        evidence=evidence,
        model=mention.model,
        **_figures(reading),
    )


def continued(episode: Episode, reading: Reading, calm_above: float, candidates: tuple[Candidate, ...]) -> Episode:
    """Take a reading into an open episode: calm begins, goes on, or is over."""
    calm = reading.p_value > calm_above
    since = (episode.calm_since_ms if episode.calm_since_ms is not None else reading.at_ms) if calm else None
    return episode.model_copy(
        update={
            **_figures(reading),
            "calm_since_ms": since,
            "last_ms": episode.last_ms if calm else max(episode.last_ms, reading.at_ms),
            "evidence": best_candidates((*episode.evidence, *candidates)),
        }
    )


def escalated(episode: Episode, reading: Reading, threshold: float, update_every_ms: int) -> Episode | None:
    """Return the episode one revision on where it has become worse and was not told of just now."""
    severity = severity_of(reading.p_value, threshold)
    worse = _RANK[severity] > _RANK[episode.severity] or reading.observed >= ESCALATION * episode.told_observed
    if not worse or reading.at_ms - episode.told_ms < update_every_ms:
        return None
    return episode.model_copy(
        update={
            "revision": episode.revision + 1,
            "severity": max(severity, episode.severity, key=_RANK.__getitem__),
            "told_ms": reading.at_ms,
            "told_observed": reading.observed,
        }
    )


def due_ms(episode: Episode, quiet_ms: int) -> int:
    """Return the event time at which the episode ends by itself unless something happens before."""
    if episode.calm_since_ms is not None:
        return episode.calm_since_ms + quiet_ms
    return episode.last_ms + episode.window_ms + quiet_ms


def best_candidates(candidates: Iterable[Candidate]) -> tuple[Candidate, ...]:
    """Return the most negative sentence of each story, the most negative story first, at most six."""
    best: dict[int, Candidate] = {}
    for candidate in candidates:
        known = best.get(candidate.story)
        if known is None or _order(candidate) < _order(known):
            best[candidate.story] = candidate
    return tuple(sorted(best.values(), key=_order)[:CANDIDATES_KEPT])


def transition(
    episode: Episode, kind: Literal["opened", "updated", "resolved"], at_ms: int, received_at: datetime
) -> AlertTransition:
    """Return the step that an episode has come to."""
    return AlertTransition(
        transition_id=digest_of("transition", episode.episode_id, str(episode.revision)),
        episode_id=episode.episode_id,
        series=episode.series,
        entity_id=episode.entity_id,
        name=episode.name,
        ticker=episode.ticker,
        kind=kind,
        revision=episode.revision,
        rule=RULE,
        severity=episode.severity,
        opened_at=moment_of(episode.opened_ms),
        at=moment_of(at_ms),
        received_at=received_at,
        observed=episode.observed,
        expected=episode.expected,
        window_s=episode.window_ms / 1000,
        p_value=episode.p_value,
        rarity_days=min(MAX_RARITY_DAYS, episode.window_ms / DAY_MS / max(episode.p_value, 1e-300)),
        stories=episode.stories,
        articles=episode.articles,
        evidence=tuple(candidate.evidence for candidate in episode.evidence[:EVIDENCE_SHOWN]),
        model=episode.model,
        detector=DETECTOR,
    )


def moment_of(at_ms: int) -> datetime:
    """Return the moment of whole milliseconds since 1970."""
    return datetime.fromtimestamp(at_ms // 1000, UTC).replace(microsecond=at_ms % 1000 * 1000)


def _figures(reading: Reading) -> dict[str, float]:
    return {
        "observed": reading.observed,
        "expected": reading.expected,
        "size": reading.size,
        "p_value": reading.p_value,
        "stories": reading.stories,
        "articles": reading.articles,
        "window_ms": reading.window_ms,
    }


def _order(candidate: Candidate) -> tuple[float, int, str]:
    return (candidate.evidence.score, epoch_ms(candidate.evidence.at), candidate.evidence.article_id)
