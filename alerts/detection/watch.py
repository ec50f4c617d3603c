"""The watch: mentions in, transitions out. Pure: no I/O, no wall clock; the same in the service and in a backtest."""

from __future__ import annotations

import heapq
from dataclasses import replace
from datetime import datetime, timedelta

from alerts.detection import episodes
from alerts.detection.calibration import Calibration
from alerts.detection.counting import Counted, count, fold, telling_of
from alerts.detection.detector import Detector
from alerts.detection.fanout import Address, Fanout
from alerts.detection.holding import Holding, MemoryStates, States
from alerts.detection.memory import hash_of
from alerts.detection.mentions import MARKET
from alerts.detection.readings import label_of, learn_spread, slices_of
from alerts.detection.silent_feeds import SOURCE_PREFIX, SilentFeeds
from alerts.detection.slices import column_of
from alerts.detection.state import BY_TIME, SeriesState
from alerts.detection.tuning import HOUR_MS, SLICE_MS, Tuning
from alerts.detection.watermark import MAX_LEAD_MS
from alerts.rules import Rules
from streams.alerting import AlertTransition, Mention, Novelty
from streams.clock import epoch_ms
from streams.records import StoryId
from streams.subscriptions import Response

__all__ = ["MemoryStates", "States", "Watch"]

SENT_AGAIN_FOR = timedelta(hours=24)
"""How far back from the latest one, in event time, a process that takes over sends again what passing time made."""
LEAST_WIDTH = 6 * HOUR_MS // SLICE_MS


class Watch:
    """Take mentions one by one and say what they change.

    Mentions come in the order of one partition: that of the market first, then those of the article's entities. A
    repeat changes nothing and gives the transitions that it gave the first time. Without `states` it keeps everything
    in memory.
    """

    def __init__(self, rules: Rules, states: States | None, tuning: Tuning | None = None) -> None:
        self._holding = Holding(states)
        self._tuning = tuning or Tuning()
        self._dues: dict[str, int] = {}
        self._heap: list[tuple[int, str]] = []
        self._hour: int | None = None
        self._silent = SilentFeeds(self._holding, self._tuning)
        self.reload(rules)

    def reload(self, rules: Rules) -> None:
        """Go by other rules from now on; what is open ends as it would have."""
        self.rules = rules
        self._fanout = Fanout(rules)
        self._detector = Detector(rules, self._tuning)
        self._enabled = [rule for rule in rules.rules if rule.enabled]
        self._of_market = [rule for rule in self._enabled if rule.scope == "market" and rule.kind.endswith("spike")]
        self._widest = max([LEAST_WIDTH, *(rule.window_ms // SLICE_MS for rule in self._enabled)])
        self._windows_ms = {self._widest * SLICE_MS, *(rule.window_ms for rule in self._enabled)}
        self._hour = None

    def take(self, mention: Mention) -> list[AlertTransition]:
        """Take one mention, of an entity or of the market; return every transition that it causes.

        Endings that are due by event time come first. Nothing comes of a mention below the rules' relevance.
        """
        if mention.series != MARKET and mention.relevance < self.rules.min_relevance:
            return []
        article, received_ms = hash_of(mention.article_id), epoch_ms(mention.received_at)
        market = self._holding.series(MARKET)
        if mention.series == MARKET and article not in market.taken:
            market.watermark = market.watermark.passing(epoch_ms(mention.at), received_ms, hash_of(mention.source))
            market.received_ms = received_ms
        now_ms = market.watermark.at_ms
        made: list[AlertTransition] = []
        if now_ms is not None:
            made += self._pass_time(now_ms, mention)
        at_ms = min(epoch_ms(mention.at), received_ms + MAX_LEAD_MS)
        for address in self._fanout.of(mention):
            made += self._observe(address, market, mention, article, at_ms, now_ms)
        if mention.series == MARKET:
            made += self._silent.heard(self._detector, self._fanout.of_sources, market, mention, article, at_ms)
        self._holding.commit()
        return made

    def tick(self, now: datetime) -> list[AlertTransition]:
        """Let wall-clock time pass for feeds that may have gone silent; it ends no episode."""
        made = self._silent.judge_all(self._detector, self._fanout.of_sources, epoch_ms(now), now, by_clock=True)
        self._holding.commit()
        return made

    def respond(self, response: Response) -> list[AlertTransition]:
        """Take a person's answer: an acknowledgement mutes the episode until it ends, the others change nothing here.

        Nor does an answer to an episode that has ended, or was never known.
        """
        if response.kind != "acknowledged":
            return []
        series, cause = self._holding.series(response.series), hash_of(f"response\n{response.response_id}")
        if cause in series.taken:
            return series.sent_for(cause)
        made: list[AlertTransition] = []
        track = series.tracks.get(response.rule)
        if track is None or track.episode is None or track.episode.episode_id != response.episode_id:
            return made
        if track.episode.acknowledged_by is None:
            episode = replace(track.episode, revision=track.episode.revision + 1, acknowledged_by=response.author)
            track.episode = episode
            made = [episodes.transition(episode, "acknowledged", epoch_ms(response.at), response.at)]
            series.send(cause, made)
        series.taken.add(cause)
        self._holding.change(series)
        self._holding.commit()
        return made

    def recover(self) -> list[AlertTransition]:
        """Begin anew on the states that are there: after the partition came to this process.

        Returns:
            What passing time made of late: no mention would repeat it, and a crash may have come before it was sent.
        """
        self._holding.forget()
        self._dues.clear()
        self._heap.clear()
        self._hour = None
        self._silent.begin_anew()
        made: list[AlertTransition] = []
        for series in self._holding.every_series():
            if series.series.startswith(SOURCE_PREFIX):
                self._silent.sources.add(series.series)
            self._plan(series)
            made += series.sent_for(BY_TIME)
        latest = max((step.at for step in made), default=None)
        return [step for step in made if latest is not None and latest - step.at <= SENT_AGAIN_FOR]

    def novelty(self, mention: Mention) -> Novelty | None:
        """Return how new a mention was when it was taken; None where it was not counted, or is forgotten."""
        article = hash_of(mention.article_id)
        found = self._holding.series(mention.series).taken.find(article)
        if found is None or found[0] == 0:
            return None
        story, before_24h, before_7d = found
        return Novelty(
            article_id=mention.article_id,
            series=mention.series,
            story=StoryId(f"{story:016x}"),
            first=story == article,
            before_24h=before_24h,
            before_7d=before_7d,
        )

    def _calibrations(self) -> dict[str, Calibration]:
        return {rule.name: self._holding.calibration(rule.name) for rule in self._enabled}

    def _pass_time(self, now_ms: int, mention: Mention) -> list[AlertTransition]:
        made: list[AlertTransition] = []
        calibrations = self._calibrations()
        while self._heap and self._heap[0][0] <= now_ms:
            planned_ms, key = heapq.heappop(self._heap)
            if self._dues.get(key) != planned_ms:
                continue
            del self._dues[key]
            series = self._holding.series(key)
            due_ms = self._detector.due_ms(series)
            if due_ms == planned_ms:
                ended = self._detector.expire(series, due_ms, mention.received_at, calibrations)
                series.send(BY_TIME, ended)
                self._holding.change(series)
                if key == MARKET:
                    for calibration in calibrations.values():
                        self._holding.teach(calibration)
                made += ended
            self._plan(series)
        if now_ms // HOUR_MS != self._hour:
            self._hour = now_ms // HOUR_MS
            market = self._holding.series(MARKET)
            if learn_spread(market, now_ms, self.rules.time_zone, self._tuning):
                self._holding.change(market)
            for rule in self._enabled:
                if calibrations[rule.name].advance(rule, now_ms, self._tuning):
                    self._holding.teach(calibrations[rule.name])
            made += self._silent.judge_all(
                self._detector, self._fanout.of_sources, self._hour * HOUR_MS, mention.received_at, by_clock=False
            )
        return made

    def _plan(self, series: SeriesState) -> None:
        due_ms = self._detector.due_ms(series)
        if due_ms is None:
            self._dues.pop(series.series, None)
        elif self._dues.get(series.series) != due_ms:
            self._dues[series.series] = due_ms
            heapq.heappush(self._heap, (due_ms, series.series))

    def _observe(
        self,
        address: Address,
        market: SeriesState,
        mention: Mention,
        article: int,
        at_ms: int,
        now_ms: int | None,
    ) -> list[AlertTransition]:
        series = self._holding.series(address.subject.series)
        if article in series.taken:
            return series.sent_for(article)
        self._holding.change(series)
        series.subject = address.subject
        if now_ms is not None and at_ms < now_ms - self._tuning.max_lateness_ms:
            series.taken.add(article)
            return []
        if now_ms is not None:
            fold(series, now_ms, self._widest, self.rules.time_zone, self._tuning)
        counted = count(series, mention, telling_of(mention, article, at_ms), now_ms, self._windows_ms)
        made: list[AlertTransition] = []
        if now_ms is not None and at_ms <= now_ms + self._widest * SLICE_MS // 2:
            calibrations = self._calibrations()
            for rule in address.rules:
                calibration = calibrations[rule.name]
                taught = calibration.fingerprint()
                calibration.see(hash_of(series.series))
                loud = [self._holding.series(key) for key in calibration.loud]
                moment_ms = max(at_ms, now_ms)
                made += self._detector.judge(rule, series, market, calibrations, mention, counted, moment_ms, loud)
                if calibration.fingerprint() != taught:
                    self._holding.teach(calibration)
            self._plan(series)
            if series.series == mention.series != MARKET:
                self._note_loud(series, counted, max(at_ms, now_ms))
        series.send(article, made)
        return made

    def _note_loud(self, series: SeriesState, counted: Counted, at_ms: int) -> None:
        for rule in self._of_market:
            label = label_of(rule.kind)
            if not counted.speaks_for(label):
                continue
            if series.slices.sum(at_ms // SLICE_MS, slices_of(rule), column_of(label)) > self._tuning.loud_stories:
                calibration = self._holding.calibration(rule.name)
                calibration.note_loud(series.series)
                self._holding.teach(calibration)
