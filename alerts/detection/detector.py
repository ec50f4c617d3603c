"""Detection: what one reading of a series changes for one rule. Pure; time comes from the messages alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from alerts.detection import episodes
from alerts.detection.baseline import Expectation
from alerts.detection.calibration import COMMONEST, Calibration, bin_of
from alerts.detection.counting import Counted
from alerts.detection.episodes import Reading, Subject
from alerts.detection.evidence import Piece, best_pieces
from alerts.detection.inhibition import EASED, crowd_going_on, held_back_by, is_crowd, market_episode, uneasy_market
from alerts.detection.memory import hash_of
from alerts.detection.readings import label_of, read_spike, slices_of
from alerts.detection.repeats import cooldown_factor, repeat_factor
from alerts.detection.slices import STORIES, column_of
from alerts.detection.state import MARKET_KEY, Mark, SeriesState, Track
from alerts.detection.stories import SPOKEN
from alerts.detection.tuning import DAY_MS, SLICE_MS, Tuning
from alerts.detection.turns import WHILE_OPEN, learn, read_turn, take_story
from alerts.rules import Rule, Rules
from streams.alerting import AlertTransition, Mention
from streams.clock import epoch_ms

MAX_FLAPS = 4
FLAPS_WITHIN_MS = 3 * DAY_MS
_FOREVER = 2**53 - 1


@dataclass(frozen=True, slots=True)
class Occasion:
    """Be the message at hand, as every rule sees it."""

    cause: str
    """What an opening is identified by: the article."""
    at_ms: int
    received_at: datetime
    model: str


class Detector:
    """Decide what a reading changes. It holds rules and numbers, and no state."""

    def __init__(self, rules: Rules, tuning: Tuning) -> None:
        self.rules = rules
        self.tuning = tuning
        self._by_name = {rule.name: rule for rule in rules.rules}

    def judge(
        self,
        rule: Rule,
        series: SeriesState,
        market: SeriesState,
        calibrations: dict[str, Calibration],
        mention: Mention,
        counted: Counted,
        at_ms: int,
        loud: Sequence[SeriesState] = (),
    ) -> list[AlertTransition]:
        """Take a mention that was counted into account for one rule; return the steps that it makes.

        `loud` are the names that may have more than their part in the market, where that is what is judged.
        """
        track = series.track(rule.name)
        calibration = calibrations[rule.name]
        occasion = Occasion(mention.article_id, at_ms, mention.received_at, mention.model)
        if rule.kind == "turn":
            if not counted.taken.is_new:
                return []
            take_story(series, market, track, mention.sentiment.score, at_ms, self.tuning)
            reading = read_turn(series, market, rule, track, at_ms, self.tuning)
            fresh = track.episode is not None and at_ms - track.episode.opened_ms < self.tuning.unusual_ms
            learn(series, mention.sentiment.score, at_ms, WHILE_OPEN if fresh else 1.0, self.tuning)
            enough = track.run >= rule.min_stories
        else:
            label = label_of(rule.kind)
            if rule.weighting != "count" and counted.taken.after.label == label and counted.taken.is_new:
                self._weigh(rule, calibration, series, counted, mention)
            count = series.slices.sum(at_ms // SLICE_MS, slices_of(rule), column_of(label))
            enough = counted.speaks_for(label) and count >= rule.min_stories
            if track.episode is None and not enough:
                return []
            lag_ms = max(0, at_ms - epoch_ms(mention.at))
            zone = self.rules.time_zone
            reading = read_spike(series, market, rule, calibration, at_ms, zone, self.tuning, loud, lag_ms)
        if track.episode is None and not enough:
            return []
        if len(market.taken) < self.tuning.warmup_articles:
            return []
        cause = hash_of(f"{mention.article_id}\n{series.series}")
        if track.episode is not None:
            if track.episode.kind != rule.kind:
                return []  # The rule has become another kind: what it opened ends as that of a rule that is gone.
            self.excursion(track, reading, reading.p_value, calibration, cause)
            return self._go_on(rule, track, calibrations, reading, _pieces(rule, series, at_ms), occasion)
        opens = self._may_open(rule, track, series, market, calibrations, reading, occasion)
        of_market = series.series == MARKET_KEY
        if of_market or market_episode(rule, self.rules, market, at_ms, self.tuning) is None:
            # What the market holds back spends no budget, and what has to be rarer to open spends that of the rarer.
            handicap = 1.0 if of_market else self._handicap(rule, track, calibration, market, at_ms)
            self.excursion(track, reading, reading.p_value / handicap, calibration, cause)
        if not opens:
            return []
        assert series.subject is not None
        pieces = _pieces(rule, series, at_ms)
        return [self.open(rule, track, series.subject, reading, calibration, pieces, occasion, calibrations)]

    def open(
        self,
        rule: Rule,
        track: Track,
        subject: Subject,
        reading: Reading,
        calibration: Calibration,
        pieces: Sequence[Piece],
        occasion: Occasion,
        calibrations: dict[str, Calibration],
    ) -> AlertTransition:
        """Open an episode, and mark the slices that should teach the baseline little."""
        episode = episodes.opened(
            rule,
            self.rules.version,
            subject,
            occasion.cause,
            reading,
            calibration.threshold,
            tuple(pieces),
            occasion.model,
        )
        if subject.series == MARKET_KEY:
            episode = replace(episode, inhibited=self._held_back(rule, calibrations))
        close = track.resolved_ms and reading.at_ms - track.resolved_ms < FLAPS_WITHIN_MS
        track.flaps = min(MAX_FLAPS, track.flaps + 1) if close else 0
        track.episode, track.held_back_by = episode, None
        track.openings.add(reading.at_ms, 1.0, self.tuning.repeats_half_life_ms)
        if rule.kind.endswith("spike"):
            first, before = reading.at_ms // SLICE_MS - slices_of(rule) + 1, track.mark
            if before is not None and before.last >= first:
                first = min(first, before.first)
            track.mark = Mark(label_of(rule.kind), first, _FOREVER, _weight(reading), reading.at_ms // SLICE_MS)
        return episodes.transition(episode, "opened", reading.at_ms, occasion.received_at)

    def excursion(self, track: Track, reading: Reading, p_value: float, calibration: Calibration, cause: int) -> None:
        """Let the calibration learn how rare a reading is: once an excursion, at its rarest.

        `p_value` is what stands against the threshold: larger than the reading's own where an opening asks for more.
        """
        if p_value >= COMMONEST:
            return
        at_ms, place = reading.at_ms, bin_of(p_value)
        goes_on = track.low_bin >= 0 and at_ms - track.low_ms <= reading.window_ms + self.tuning.quiet_ms
        if not goes_on:
            track.low_bin, track.low_since_ms = -1, at_ms
        track.low_ms = max(track.low_ms, at_ms)
        if place > track.low_bin:
            if calibration.once(cause):
                calibration.excursion(track.low_bin, place, track.low_since_ms, self.tuning)
            track.low_bin = place

    def due_ms(self, series: SeriesState) -> int | None:
        """Return the event time at which the first open episode ends by itself; None where none does."""
        dues = [
            episodes.due_ms(track.episode, self.tuning.quiet_ms)
            for track in series.tracks.values()
            if track.episode is not None and track.episode.kind != "silence"
        ]
        return min(dues, default=None)

    def expire(
        self, series: SeriesState, now_ms: int, received_at: datetime, calibrations: dict[str, Calibration]
    ) -> list[AlertTransition]:
        """End the open episodes whose time has come by `now_ms`, the watermark."""
        ended: list[AlertTransition] = []
        for name in sorted(series.tracks):
            episode = series.tracks[name].episode
            if episode is None or episode.kind == "silence":
                continue
            due_ms = episodes.due_ms(episode, self.tuning.quiet_ms)
            if due_ms <= now_ms:
                ended.append(self.resolve(series, series.tracks[name], due_ms, received_at))
                if series.series == MARKET_KEY:
                    for other, calibration in calibrations.items():
                        if self._by_name[other].kind == episode.kind:
                            calibration.held_back = 0
        return ended

    def resolve(self, series: SeriesState, track: Track, at_ms: int, received_at: datetime) -> AlertTransition:
        """End the open episode of a track."""
        episode = track.episode
        assert episode is not None
        reading = replace(episode.reading, at_ms=at_ms)
        rule = self._by_name.get(episode.rule)
        if episode.kind.endswith("spike") and (rule is None or rule.weighting == "count"):
            column = column_of(label_of(episode.kind))
            width = episode.reading.window_ms // SLICE_MS
            observed = series.slices.sum(at_ms // SLICE_MS, width, column)
            tail = Expectation(max(reading.expected, 1e-3), reading.size).tail(observed)
            stories = series.slices.sum(at_ms // SLICE_MS, width, STORIES)
            reading = replace(reading, observed=float(observed), p_value=tail, stories=stories)
        ended = replace(episode, revision=episode.revision + 1, reading=reading)
        if track.mark is not None:
            track.mark.last = at_ms // SLICE_MS
        track.episode, track.resolved_ms, track.low_bin = None, at_ms, -1
        track.score, track.run, track.run_sum = 0.0, 0, 0.0
        return episodes.transition(ended, "resolved", at_ms, received_at)

    def _go_on(
        self,
        rule: Rule,
        track: Track,
        calibrations: dict[str, Calibration],
        reading: Reading,
        pieces: Sequence[Piece],
        occasion: Occasion,
    ) -> list[AlertTransition]:
        assert track.episode is not None
        episode = episodes.continued(track.episode, reading, self.tuning.calm_p_value, tuple(pieces))
        episode = replace(episode, rules_version=self.rules.version)
        if episode.subject.series == MARKET_KEY:
            episode = replace(episode, inhibited=self._held_back(rule, calibrations))
        if track.mark is not None:
            track.mark.weight = min(track.mark.weight, _weight(reading))
        worse = episodes.escalated(episode, rule.severities, self.tuning.update_every_ms)
        track.episode = worse or episode
        if worse is None:
            return []
        return [episodes.transition(worse, "updated", reading.at_ms, occasion.received_at)]

    def _may_open(
        self,
        rule: Rule,
        track: Track,
        series: SeriesState,
        market: SeriesState,
        calibrations: dict[str, Calibration],
        reading: Reading,
        occasion: Occasion,
    ) -> bool:
        calibration, at_ms = calibrations[rule.name], reading.at_ms
        threshold = calibration.threshold
        if series.series == MARKET_KEY and crowd_going_on(list(calibrations.values()), at_ms):
            threshold = min(self.tuning.max_p_value, threshold * EASED)
        threshold *= self._cooling(rule, track, calibration, at_ms)
        if reading.p_value >= threshold:
            return False
        if series.series == MARKET_KEY:
            return True
        again = track.held_back_by is not None and at_ms - track.held_back_ms < rule.window_ms
        if not again and calibration.once(hash_of(f"onset\n{occasion.cause}\n{series.series}")):
            # Only where the onset is new: a repeat after a crash must find the crowd that it made, or did not make.
            calibration.onsets = [*calibration.onsets[-63:], at_ms]
            if is_crowd(rule, calibration, market, at_ms, self.rules.time_zone, self.tuning):
                calibration.crowd_ms = max(calibration.crowd_ms, at_ms)
        inhibitor = held_back_by(rule, self.rules, market, calibration, at_ms, self.tuning)
        if inhibitor is None and reading.p_value >= threshold * self.tuning.uneasy_factor:
            inhibitor = uneasy_market(rule, self.rules, market, at_ms, self.tuning)
        if inhibitor is None:
            return True
        if not again and calibration.once(hash_of(f"held\n{occasion.cause}\n{series.series}")):
            calibration.held_back += 1
        track.held_back_by, track.held_back_ms = inhibitor, at_ms
        return False

    def _cooling(self, rule: Rule, track: Track, calibration: Calibration, at_ms: int) -> float:
        factor = repeat_factor(rule, track, calibration, at_ms, self.tuning)
        return factor * cooldown_factor(rule, track, at_ms, self.tuning)

    def _handicap(self, rule: Rule, track: Track, calibration: Calibration, market: SeriesState, at_ms: int) -> float:
        """Return what the threshold of a name is multiplied with at a moment."""
        uneasy = uneasy_market(rule, self.rules, market, at_ms, self.tuning)
        return self._cooling(rule, track, calibration, at_ms) * (self.tuning.uneasy_factor if uneasy else 1.0)

    def _held_back(self, rule: Rule, calibrations: dict[str, Calibration]) -> int:
        same = (other for other in self.rules.rules if other.kind == rule.kind and other.scope != "market")
        return sum(calibrations[other.name].held_back for other in same if other.name in calibrations)

    def _weigh(
        self, rule: Rule, calibration: Calibration, series: SeriesState, counted: Counted, mention: Mention
    ) -> None:
        if calibration.once(hash_of(f"weight\n{mention.article_id}\n{series.series}")):
            after = counted.taken.after
            weight = (after.severity if rule.weighting == "severity" else after.relevance) / 255
            calibration.weights = [
                total + amount for total, amount in zip(calibration.weights, (1.0, weight, weight**2), strict=True)
            ]


def _pieces(rule: Rule, series: SeriesState, at_ms: int) -> tuple[Piece, ...]:
    """Return what speaks for an alert: of the window of its rule, up to the end of the last slice that is counted."""
    pieces = series.pieces.get(SPOKEN[label_of(rule.kind)], ())
    start_ms, end_ms = at_ms - rule.window_ms, (at_ms // SLICE_MS + 1) * SLICE_MS
    return best_pieces((piece for piece in pieces if start_ms < piece.at_ms < end_ms), rule.kind)


def _weight(reading: Reading) -> float:
    """Return how much of an episode's stories the baseline learns: as many as were expected."""
    return min(1.0, reading.expected / max(1.0, reading.observed))
