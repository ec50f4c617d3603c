"""Detection: one mention at a time, pure; time comes from the mentions alone."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import datetime

from alerts import episodes
from alerts.baseline import Expectation, hour_of_week
from alerts.config import DetectorConfig
from alerts.episodes import Candidate, Episode, Reading
from alerts.mentions import MARKET
from alerts.readings import read
from alerts.signatures import sketch_of, title_hash
from alerts.slices import SLICES_A_WINDOW, Slices
from alerts.state import BY_TIME, Disturbance, SeriesState
from alerts.stories import PERMUTATIONS_KEPT
from alerts.watermark import MAX_LEAD_MS
from streams.alerting import AlertTransition, Evidence, Mention
from streams.clock import epoch_ms


class Detector:
    """Decide for each mention what it changes. It holds no state of its own."""

    def __init__(self, config: DetectorConfig) -> None:
        self.config = config
        self._slice_ms, self._window_ms = config.slice_ms, config.window_ms
        self._quiet_ms = round(config.quiet_s * 1000)
        self._half_life_ms = config.half_life_ms

    def observe(
        self, mention: Mention, series: SeriesState, market: SeriesState
    ) -> tuple[SeriesState, list[AlertTransition]]:
        """Take a mention; return the new state of its series, and the transitions to send.

        A mention that was taken before changes nothing and gives the very transitions that it gave the first time.

        Args:
            mention: of an entity, or of the market.
            series: the state of the mention's series.
            market: the state of the market; for a mention of the market the same as `series`.
        """
        article = _hash(mention.article_id)
        if series.has_taken(article):
            return series, series.sent_for(article)
        received_ms = epoch_ms(mention.received_at)
        at_ms = min(epoch_ms(mention.at), received_ms + MAX_LEAD_MS)
        series = replace(series, taken=series.with_taken(article))
        if mention.series == MARKET:
            watermark = series.watermark.passing(epoch_ms(mention.at), received_ms, _hash(mention.source))
            series = market = replace(series, watermark=watermark)
        now_ms = market.watermark.at_ms
        transitions: list[AlertTransition] = []
        if now_ms is not None:
            series, transitions = self._close(series, now_ms, mention.received_at)
            series = self._fold(series, now_ms)
        if now_ms is not None and at_ms < now_ms - self.config.max_lateness_s * 1000:
            series = replace(series, late=series.late + 1)
        else:
            series, is_negative = self._count(series, mention, article, at_ms)
            reads = now_ms is not None and at_ms <= now_ms + self._window_ms // 2
            if now_ms is not None and reads:
                market = series if mention.series == MARKET else market
                series, made = self._judge(series, market, mention, max(at_ms, now_ms), is_negative)
                transitions += made
        return replace(series, sent=series.with_sent(article, transitions)), transitions

    def now(self, market: SeriesState) -> datetime | None:
        """Return how far event time has come, or None before enough articles have said so."""
        return None if market.watermark.at_ms is None else episodes.moment_of(market.watermark.at_ms)

    def due(self, series: SeriesState) -> datetime | None:
        """Return the event time at which the open episode ends by itself; None where none is open."""
        if series.episode is None:
            return None
        return episodes.moment_of(episodes.due_ms(series.episode, self._quiet_ms))

    def expire(
        self, series: SeriesState, now: datetime, received_at: datetime
    ) -> tuple[SeriesState, list[AlertTransition]]:
        """End the open episode if its time has come by `now`, an event time.

        Args:
            series: the state of any series.
            now: the watermark, as `now()` gives it.
            received_at: the broker's time of the message that brought the watermark there.
        """
        series, transitions = self._close(series, epoch_ms(now), received_at)
        return replace(series, sent=series.with_sent(BY_TIME, transitions)), transitions

    def sent_by_time(self, series: SeriesState) -> list[AlertTransition]:
        """Return the latest endings that passing time made: to be sent again after a recovery.

        No mention of the series repeats them, and a crash may have come between the table's record and theirs.
        """
        return series.sent_for(BY_TIME)

    def _close(
        self, series: SeriesState, now_ms: int, received_at: datetime
    ) -> tuple[SeriesState, list[AlertTransition]]:
        episode = series.episode
        if episode is None:
            return series, []
        due_ms = episodes.due_ms(episode, self._quiet_ms)
        if due_ms > now_ms:
            return series, []
        observed = series.slices.negative(due_ms // self._slice_ms) if series.slice_ms == self._slice_ms else 0
        ended = episode.model_copy(
            update={
                "revision": episode.revision + 1,
                "observed": observed,
                "p_value": Expectation(episode.expected, episode.size).tail(observed),
            }
        )
        disturbance = series.disturbance and replace(series.disturbance, last=due_ms // self._slice_ms)
        return (
            replace(series, episode=None, disturbance=disturbance),
            [episodes.transition(ended, "resolved", due_ms, received_at)],
        )

    def _fold(self, series: SeriesState, now_ms: int) -> SeriesState:
        """Move what has left the window into the baseline, and forget what is too old to matter."""
        if series.slice_ms != self._slice_ms:
            series = replace(series, slices=Slices(), slice_ms=self._slice_ms, disturbance=None)
        slices, past = series.slices.split(now_ms // self._slice_ms - SLICES_A_WINDOW + 1)
        negative, total = series.negative, series.total
        for number, stories, bad in past:
            at_ms = number * self._slice_ms
            hour = hour_of_week(at_ms, self.config.time_zone)
            mark = series.disturbance
            weight = mark.weight if mark is not None and mark.first <= number <= mark.last else 1.0
            if bad:
                negative = negative.adding(hour, at_ms, bad * weight, self._half_life_ms)
            if stories and series.series == MARKET:
                total = total.adding(hour, at_ms, stories, self._half_life_ms)
        horizon_ms = min(now_ms, series.episode.opened_ms if series.episode else now_ms) - self._window_ms
        return replace(
            series,
            slices=slices,
            negative=negative,
            total=total,
            stories=series.stories.without_old(now_ms),
            candidates=tuple(c for c in series.candidates if epoch_ms(c.evidence.at) > horizon_ms),
        )

    def _count(self, series: SeriesState, mention: Mention, article: int, at_ms: int) -> tuple[SeriesState, bool]:
        """Count a mention to its story; return the state, and whether it speaks of a negative story."""
        negative = mention.sentiment.label == "negative"
        stories, taken = series.stories.take(
            article,
            sketch_of(mention.signature, PERMUTATIONS_KEPT),
            title_hash(mention.title),
            at_ms,
            negative=negative,
        )
        slices = series.slices
        if taken.is_new or taken.negative_change:
            slices = slices.adding(taken.first_ms // self._slice_ms, int(taken.is_new), taken.negative_change)
        candidates = series.candidates
        if negative:
            candidates = episodes.best_candidates((*candidates, _candidate(mention, taken.story, at_ms)))
        counted = replace(series, stories=stories, slices=slices, slice_ms=self._slice_ms, candidates=candidates)
        return counted, taken.negative_change > 0 or (negative and not taken.is_new)

    def _judge(
        self, series: SeriesState, market: SeriesState, mention: Mention, at_ms: int, is_negative: bool
    ) -> tuple[SeriesState, list[AlertTransition]]:
        config = self.config
        least = config.market_min_stories if series.series == MARKET else config.min_stories
        last = at_ms // self._slice_ms
        if series.episode is None and (not is_negative or series.slices.negative(last) < least):
            return series, []
        reading = read(series, market, at_ms, config)
        if series.episode is not None:
            return self._go_on(series, series.episode, reading, mention)
        heard = float(market.total.hours.sum()) + sum(entry[1] for entry in market.slices.entries)
        if reading.p_value >= config.p_value or heard < config.warmup_stories:
            return series, []
        episode = episodes.opened(mention, reading, config.p_value, series.candidates)
        first, before = last - SLICES_A_WINDOW + 1, series.disturbance
        if before is not None and before.last >= first:
            first = min(first, before.first)
        mark = Disturbance(first, 2**62, _weight(reading))
        made = episodes.transition(episode, "opened", at_ms, mention.received_at)
        return replace(series, episode=episode, disturbance=mark), [made]

    def _go_on(
        self, series: SeriesState, episode: Episode, reading: Reading, mention: Mention
    ) -> tuple[SeriesState, list[AlertTransition]]:
        config = self.config
        episode = episodes.continued(episode, reading, config.calm_p_value, series.candidates)
        worse = episodes.escalated(episode, reading, config.p_value, round(config.update_every_s * 1000))
        mark = series.disturbance
        if mark is not None:
            mark = replace(mark, weight=min(mark.weight, _weight(reading)))
        series = replace(series, episode=worse or episode, disturbance=mark)
        if worse is None:
            return series, []
        return series, [episodes.transition(worse, "updated", reading.at_ms, mention.received_at)]


def _weight(reading: Reading) -> float:
    """Return how much of an episode's stories the baseline learns: as many as were expected."""
    return min(1.0, reading.expected / max(1, reading.observed))


def _candidate(mention: Mention, story: int, at_ms: int) -> Candidate:
    return Candidate(
        story=story,
        evidence=Evidence(
            article_id=mention.article_id,
            title=mention.title,
            sentence=mention.evidence,
            url=mention.url,
            source=mention.source,
            at=episodes.moment_of(at_ms),
            score=mention.sentiment.score,
        ),
    )


def _hash(text: str) -> int:
    """Return 63 bits that are never 0."""
    digest = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return (int.from_bytes(digest, "little") >> 1) | 1
