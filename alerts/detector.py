"""Detection: one mention at a time, pure; the state of a series and of the feed go in and come out.

An article counts once however often it comes: its id is remembered. What a step has to say is kept in the state as
well (`recent`), so that a crash between the state and the message loses nothing: the agent says it again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from alerts.baseline import Feed, expected_stories, tail
from alerts.episodes import Episode, Surprise, open_episode, transition
from alerts.mentions import MARKET
from alerts.stories import Story, collapse, within
from streams.decoding import decode_record, encode_record
from streams.records import AlertTransition, Mention, Moment, Record

TAKEN_AT_MOST = 256
RECENT_AT_MOST = 3
EPISODE_WEIGHT = 0.2
"""What a story of an open episode adds to the baseline: a crisis must not become the new usual."""
COOL_DOWN = timedelta(hours=1)
"""After a resolve, so long nothing opens: no flapping around the threshold."""
WARM_STORIES = 10
"""Stories that the whole feed must have shown before anything is called unusual."""
AHEAD_AT_MOST = timedelta(minutes=5)
"""How far past its arrival an article's own time is believed when it moves the watermark."""
SOURCES_AT_MOST = 64


@dataclass(frozen=True, slots=True)
class DetectorConfig:
    """Hold what a detection depends on besides the mentions."""

    window_s: float
    p_value: float
    min_stories: int
    max_lateness_s: float
    zone: ZoneInfo


class SeriesState(Record):
    """Be what is known of one series; at most about 70 kB in a long crisis, below 2 kB on a quiet day."""

    format: Literal[1] = 1
    latest: Mention
    stories: tuple[Story, ...] = ()
    own: float = 0.0
    """Stories that this series has shown in all, those of episodes down-weighted."""
    taken: tuple[str, ...] = ()
    episode: Episode | None = None
    cool_until: Moment | None = None
    recent: tuple[AlertTransition, ...] = ()

    def due(self) -> datetime | None:
        """Return the event time at which the open episode is to be resolved, if nothing else happens."""
        return self.episode.due(self.stories) if self.episode is not None else None

    def to_bytes(self) -> bytes:
        """Write as a table value."""
        return encode_record(self)

    @classmethod
    def from_bytes(cls, value: bytes) -> SeriesState:
        """Read a table value."""
        return decode_record(cls, value)


@dataclass(frozen=True, slots=True)
class Step:
    """Be the outcome of one mention."""

    feed: Feed
    state: SeriesState | None
    """Of the mention's series; None for a mention of the market."""
    transitions: tuple[AlertTransition, ...] = ()


def watermark(feed: Feed) -> datetime | None:
    """Return how far event time has come: where at least two sources have been, if there are two."""
    times = sorted(feed.sources.values(), reverse=True)
    return times[min(1, len(times) - 1)] if times else None


def observe(config: DetectorConfig, mention: Mention, state: SeriesState | None, feed: Feed) -> Step:
    """Take one mention of a series or of the market."""
    if mention.series == MARKET:
        return Step(_passing(feed, mention), None)
    token = mention.article_id[:16]
    if state is not None and token in state.taken:
        return Step(feed, state)
    new_series = state is None
    state = state or SeriesState(latest=mention)
    state = state.model_copy(update={"latest": mention, "taken": (*state.taken, token)[-TAKEN_AT_MOST:]})
    if mention.sentiment.label != "negative":
        return Step(feed.model_copy(update={"series": feed.series + new_series}), state)
    stories, begun = collapse(state.stories, mention)
    state = state.model_copy(update={"stories": stories})
    if begun is None:
        return Step(feed.model_copy(update={"series": feed.series + new_series}), state)
    weight = EPISODE_WEIGHT if state.episode is not None else 1.0
    feed = feed.adding(mention.at, config.zone, new_series=new_series, weight=weight)
    state = state.model_copy(update={"own": state.own + weight})
    found = _surprise(config, state, feed, mention.at)
    return _judge(config, mention, state, feed, found)


def expire(state: SeriesState, now: datetime) -> tuple[SeriesState, tuple[AlertTransition, ...]]:
    """Resolve the open episode if event time has passed the moment that it is due."""
    due = state.due()
    if state.episode is None or due is None or now < due:
        return state, ()
    episode = state.episode.model_copy(update={"revision": state.episode.revision + 1, "spoke_at": due})
    left = within(state.stories, due, episode.told.window_s)
    found = episode.told.model_copy(update={"at": due, "observed": len(left), "p_value": 1.0})
    said = transition(episode, "resolved", state.latest, found, left)
    return (
        state.model_copy(update={"episode": None, "cool_until": due + COOL_DOWN, "recent": _recent(state, said)}),
        (said,),
    )


def _judge(config: DetectorConfig, mention: Mention, state: SeriesState, feed: Feed, found: Surprise) -> Step:
    stories = within(state.stories, found.at, config.window_s)
    if state.episode is not None:
        if not state.episode.worse(found):
            return Step(feed, state)
        episode = state.episode.model_copy(
            update={"revision": state.episode.revision + 1, "spoke_at": found.at, "told": found}
        )
        said = transition(episode, "updated", mention, found, stories)
    elif _unusual(config, found) and _ready(config, mention, state, feed):
        episode = open_episode(mention, found)
        said = transition(episode, "opened", mention, found, stories)
    else:
        return Step(feed, state)
    return Step(feed, state.model_copy(update={"episode": episode, "recent": _recent(state, said)}), (said,))


def _surprise(config: DetectorConfig, state: SeriesState, feed: Feed, at: datetime) -> Surprise:
    observed = len(within(state.stories, at, config.window_s))
    own = max(0.0, state.own - observed)
    expected = expected_stories(feed, own, at, config.window_s, observed, config.zone)
    return Surprise(
        at=at, window_s=config.window_s, observed=observed, expected=expected, p_value=tail(observed, expected)
    )


def _unusual(config: DetectorConfig, found: Surprise) -> bool:
    return found.observed >= config.min_stories and found.p_value <= config.p_value


def _ready(config: DetectorConfig, mention: Mention, state: SeriesState, feed: Feed) -> bool:
    """Say whether there is enough history, the series has cooled down, and the mention is not too late."""
    if feed.began_at is None or feed.stories < WARM_STORIES:
        return False
    if mention.at - feed.began_at < timedelta(seconds=config.window_s):
        return False
    if state.cool_until is not None and mention.at < state.cool_until:
        return False
    passed = watermark(feed)
    return passed is None or passed - mention.at <= timedelta(seconds=config.max_lateness_s)


def _passing(feed: Feed, mention: Mention) -> Feed:
    at = min(mention.at, mention.received_at + AHEAD_AT_MOST)
    source = mention.source or "unknown"
    sources = feed.sources | {source: max(at, feed.sources.get(source, at))}
    if len(sources) > SOURCES_AT_MOST:
        sources.pop(min(sources, key=lambda name: (sources[name], name)))
    return feed.model_copy(
        update={
            "sources": sources,
            "began_at": at if feed.began_at is None else min(at, feed.began_at),
            "latest_at": at if feed.latest_at is None else max(at, feed.latest_at),
        }
    )


def _recent(state: SeriesState, said: AlertTransition) -> tuple[AlertTransition, ...]:
    return (*state.recent, said)[-RECENT_AT_MOST:]
