"""The life of an episode: opened, updated as it worsens, resolved when its stories have left the window."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Literal

from alerts.stories import Story
from streams.clock import epoch_ms
from streams.identity import digest_of
from streams.records import AlertTransition, EpisodeId, Evidence, Mention, Moment, Record

RULE = "negative-spike"
DETECTOR = "hour-of-week-1"
EVIDENCE_AT_MOST = 5
RARITY_AT_MOST_DAYS = 3_650.0
WORSE_BY = 100.0
"""An open episode speaks again when its p-value has fallen by this factor, or its severity has risen."""
UPDATE_EVERY = timedelta(minutes=30)

Severity = Literal["low", "medium", "high"]
_SEVERITIES: tuple[Severity, ...] = ("low", "medium", "high")


class Surprise(Record):
    """Be what the detector found in one window of one series."""

    at: Moment
    window_s: float
    observed: int
    expected: float
    p_value: float

    @property
    def severity(self) -> Severity:
        """Grade by how rare this is."""
        return "high" if self.p_value <= 1e-8 else "medium" if self.p_value <= 1e-6 else "low"

    @property
    def rarity_days(self) -> float:
        """Return about once in how many days a series shows this by chance: windows a day over the p-value."""
        windows_a_day = 86_400.0 / self.window_s
        return min(RARITY_AT_MOST_DAYS, 1.0 / max(1e-300, self.p_value * windows_a_day))


class Episode(Record):
    """Be an episode that is open."""

    episode_id: EpisodeId
    opened_at: Moment
    revision: int
    spoke_at: Moment
    """Event time of the last transition."""
    told: Surprise
    """What the last transition said."""
    resolve_below: int
    """It is resolved when fewer stories than this are in the window: half of what opened it (hysteresis)."""

    def worse(self, found: Surprise) -> bool:
        """Say whether this is news to somebody who heard the last transition."""
        if found.at - self.spoke_at < UPDATE_EVERY:
            return False
        graver = _SEVERITIES.index(found.severity) > _SEVERITIES.index(self.told.severity)
        return graver or found.p_value * WORSE_BY < self.told.p_value

    def due(self, stories: Sequence[Story]) -> datetime:
        """Return the event time at which the stories left in the window become too few, if nothing else happens."""
        times = sorted((story.at for story in stories), reverse=True)
        if len(times) < self.resolve_below:
            return self.spoke_at
        return times[self.resolve_below - 1] + timedelta(seconds=self.told.window_s)


def open_episode(mention: Mention, found: Surprise) -> Episode:
    """Begin an episode with the mention that crossed the threshold."""
    return Episode(
        episode_id=EpisodeId(digest_of(mention.series, mention.article_id, str(epoch_ms(found.at)))),
        opened_at=found.at,
        revision=0,
        spoke_at=found.at,
        told=found,
        resolve_below=max(1, math.ceil(found.observed / 2)),
    )


def evidence_of(stories: Sequence[Story]) -> tuple[Evidence, ...]:
    """Return the sentences of the gravest stories, the most negative first."""
    ranked = sorted(stories, key=lambda story: (story.evidence.score, story.at, story.story_id))
    return tuple(story.evidence for story in ranked[:EVIDENCE_AT_MOST])


def transition(
    episode: Episode,
    kind: Literal["opened", "updated", "resolved"],
    mention: Mention,
    found: Surprise,
    stories: Sequence[Story],
) -> AlertTransition:
    """Describe a step of an episode; its id follows from episode and revision, so that a repeat has the same.

    Args:
        episode: as it is after the step.
        kind: what the step does.
        mention: the latest mention of the series that is known: names, model and arrival come from it.
        found: what was seen at the step.
        stories: those in the window at the step.
    """
    return AlertTransition(
        transition_id=digest_of(episode.episode_id, str(episode.revision)),
        episode_id=episode.episode_id,
        series=mention.series,
        entity_id=mention.entity_id,
        name=mention.name,
        ticker=mention.ticker,
        kind=kind,
        revision=episode.revision,
        rule=RULE,
        severity=found.severity if kind != "resolved" else episode.told.severity,
        opened_at=episode.opened_at,
        at=found.at,
        received_at=mention.received_at,
        observed=found.observed,
        expected=round(found.expected, 4),
        window_s=found.window_s,
        p_value=min(1.0, found.p_value),
        rarity_days=round(found.rarity_days, 2),
        stories=len(stories),
        articles=sum(story.articles for story in stories),
        evidence=evidence_of(stories),
        model=mention.model,
        detector=DETECTOR,
    )
