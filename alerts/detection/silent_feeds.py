"""Silent feeds: a source that should have spoken and did not has an episode of its own, and ends no other.

Sources are judged at each hour of event time, which other sources move on, so that every replay judges at the same
moments; the feed as a whole, whose silence stops event time, is judged by ticks of the wall clock.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from alerts.detection.arrivals import is_known, read_gap
from alerts.detection.baseline import hour_of_week
from alerts.detection.detector import Detector, Occasion
from alerts.detection.episodes import Subject
from alerts.detection.holding import Holding
from alerts.detection.memory import hash_of
from alerts.detection.mentions import MARKET
from alerts.detection.repeats import cooldown_factor
from alerts.detection.state import BY_TIME, SeriesState
from alerts.detection.tuning import HOUR_MS, Tuning
from alerts.rules import Rule
from streams.alerting import AlertTransition, Mention
from streams.clock import epoch_ms

SOURCE_PREFIX = "source:"
WHOLE_FEED = "source:*"
LIVE_WITHIN_MS = 6 * HOUR_MS
"""Whoever reads news older than this replays the past, and the wall clock has no say in it."""
CATCHING_UP_MS = 120_000
"""A mention that arrived so long before the latest tick shows that more is still to be read, for as long."""
PAUSE_MS = 10 * 60_000
"""No tick for longer means that nobody read them: the service sends one each half minute, a backtest one in five."""
FORGOTTEN = 0.01
"""A source of which no more is left, in articles, is heard of anew: one wrong date makes it no older than it is."""


class SilentFeeds:
    """Keep an eye on every source, and on the feed as a whole."""

    def __init__(self, holding: Holding, tuning: Tuning) -> None:
        self._holding = holding
        self._tuning = tuning
        self.sources: set[str] = set()
        self._ticked_ms = 0
        self._behind_ms: int | None = 0
        """Of the tick since which a mention showed that more is to be read; None until a first one comes."""

    def begin_anew(self) -> None:
        """Know no source, and take it that what came meanwhile is still to be read."""
        self.sources.clear()
        self._ticked_ms, self._behind_ms = 0, None

    def heard(
        self,
        detector: Detector,
        rules: Sequence[Rule],
        market: SeriesState,
        mention: Mention,
        article: int,
        at_ms: int,
    ) -> list[AlertTransition]:
        """Take an article of a source: its silence ends, if it was silent; the gap teaches how rare gaps are.

        Without any rule for silence the sources that one knew are listened to all the same: where it comes back, what
        they said meanwhile was no silence.
        """
        made: list[AlertTransition] = []
        zone = detector.rules.time_zone
        if epoch_ms(mention.received_at) < self._ticked_ms - CATCHING_UP_MS:
            self._behind_ms = self._ticked_ms
        for name, key in ((mention.source, SOURCE_PREFIX + mention.source), ("the whole feed", WHOLE_FEED)):
            if (not mention.source and key != WHOLE_FEED) or not (rules or key in self.sources):
                continue
            series = self._holding.series(key)
            if article in series.taken:
                made += series.sent_for(article)
                continue
            series.taken.add(article)
            series.subject = Subject(key, name)
            self.sources.add(key)
            self._holding.change(series)
            for rule in rules:
                track, calibration = series.track(rule.name), self._holding.calibration(rule.name)
                calibration.see(hash_of(key))
                if track.episode is None and at_ms > series.last_ms and is_known(series, at_ms, self._tuning):
                    reading = read_gap(series, market, at_ms, zone, self._tuning)
                    ended = replace(reading, window_ms=0)
                    p_value = reading.p_value / cooldown_factor(rule, track, at_ms, self._tuning)
                    detector.excursion(track, ended, p_value, calibration, hash_of(f"{article}{key}"))
                self._holding.teach(calibration)
            # Whichever rule opened it, one that is off or gone by now included.
            steps = [
                detector.resolve(series, track, at_ms, mention.received_at)
                for track in series.tracks.values()
                if track.episode is not None and at_ms >= track.episode.opened_ms
            ]
            if at_ms > series.last_ms and series.total.total(at_ms, self._tuning.half_life_ms) < FORGOTTEN:
                series.first_ms = at_ms
            series.total.add(hour_of_week(at_ms, zone), at_ms, 1.0, self._tuning.half_life_ms)
            series.last_ms = max(series.last_ms, at_ms)
            series.send(article, steps)
            made += steps
        return made

    def judge_all(
        self, detector: Detector, rules: Sequence[Rule], at_ms: int, received_at: datetime, *, by_clock: bool
    ) -> list[AlertTransition]:
        """Open an episode for each source whose silence has become too rare.

        Args:
            detector: with the rules.
            rules: those of silence.
            at_ms: event time; of a tick the wall clock's.
            received_at: of the message that moved time on.
            by_clock: whether it was a tick. It is not heeded while older news is being read, and none that a process
                which takes over finds before it has read what came meanwhile.
        """
        made: list[AlertTransition] = []
        if not rules:
            return made
        if by_clock and not self._has_caught_up(at_ms):
            return made
        market = self._holding.series(MARKET)
        now_ms = market.watermark.at_ms
        if by_clock and (now_ms is None or market.received_ms - now_ms > LIVE_WITHIN_MS or at_ms <= now_ms):
            return made
        for key in sorted(self.sources):
            series = self._holding.series(key)
            if at_ms <= series.last_ms or not is_known(series, at_ms, self._tuning) or series.subject is None:
                continue
            reading = read_gap(series, market, at_ms, detector.rules.time_zone, self._tuning)
            calibrations = {rule.name: self._holding.calibration(rule.name) for rule in rules}
            for rule in rules:
                track = series.track(rule.name)
                threshold = calibrations[rule.name].threshold * cooldown_factor(rule, track, at_ms, self._tuning)
                if track.episode is not None or reading.p_value >= threshold:
                    continue
                occasion = Occasion(f"silence since {series.last_ms}", at_ms, received_at, "")
                step = detector.open(
                    rule, track, series.subject, reading, calibrations[rule.name], (), occasion, calibrations
                )
                series.send(BY_TIME, [step])
                self._holding.change(series)
                made.append(step)
        return made

    def _has_caught_up(self, ticked_ms: int) -> bool:
        # The first tick that is read may be from before an outage.
        paused = self._ticked_ms > 0 and ticked_ms - self._ticked_ms > PAUSE_MS
        if self._behind_ms is None or paused:
            self._behind_ms = ticked_ms
        self._ticked_ms = ticked_ms
        return ticked_ms - self._behind_ms >= CATCHING_UP_MS
