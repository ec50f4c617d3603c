"""Controls: what must not page anybody, each at many places of the scored part."""

from __future__ import annotations

import random
from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from alerts.backtest import Known, in_order
from alerts.detection.mentions import MARKET
from benchmarks.alerts.background import Background, Target
from benchmarks.alerts.counting import Feed
from benchmarks.alerts.injection import Injected, Line, edited_copy, places, source_of
from benchmarks.alerts.scoring import HIT_WITHIN_S, Opening, Span, opened_within
from streams.enrichment import Label

HOUR_S, DAY_S = 3600.0, 86_400.0
COPIES = 30
GOOD_STORIES = 10
OUTAGE_S = 6 * HOUR_S
BACKFILL_S = 600.0
MARKET_S = 8 * HOUR_S
MARKET_OPENS_H = 14
BAD_DAYS_APART, OUTAGES_APART = 10, 2
"""Days: the rule for the market has a budget of one alert a month."""
GROWTH_DAYS, GROWTH_TO = 10, 3.0
GROWING_PER_DAY = (0.3, 5.0)
AHEAD = timedelta(hours=8)


@dataclass(frozen=True, slots=True)
class Place:
    """Be one place of a control: pages count from its start until 8 h after its end; None is every series."""

    series: str | None
    start_s: float
    end_s: float


@dataclass(slots=True)
class Control:
    """Be one run with a control at some places."""

    name: str
    places: list[Place] = field(default_factory=list)
    injected: list[Injected] = field(default_factory=list)
    outages: list[float] = field(default_factory=list)
    """Starts of the outages."""
    of_market: bool = False
    """Whether the market's own alerts are of interest."""


def pages(control: Control, openings: Sequence[Opening], clean: Sequence[Opening]) -> list[int]:
    """Return for each place how many more names opened there than in the run without the control."""
    return [max(0, _count(openings, place) - _count(clean, place)) for place in control.places]


def copies_of_one(background: Background, lines: Sequence[Line], count: int, seed: int) -> Control:
    """Return one bad story and its 30 edited copies from many sources over three hours."""
    rng, control = random.Random(seed), Control("one story × 30 copies")
    bad = _labelled(lines, "negative")
    for number, (target, start) in enumerate(_places(background, count, rng)):
        text, story = rng.choice(bad).about(target.cashtag), f"copies-{seed}-{number}"
        control.injected.append(_item(target, text, start, story, 0, "negative", rng))
        for copy in range(1, COPIES + 1):
            at = start + timedelta(seconds=rng.uniform(60, 3 * HOUR_S))
            control.injected.append(_item(target, edited_copy(text, rng), at, story, copy, "negative", rng))
        control.places.append(_place(target.series, start, 3 * HOUR_S))
    return control


def good_news(background: Background, lines: Sequence[Line], count: int, seed: int) -> Control:
    """Return ten good stories over six hours."""
    rng, control = random.Random(seed), Control("burst of good news")
    good = _labelled(lines, "positive")
    for number, (target, start) in enumerate(_places(background, count, rng)):
        for place, line in enumerate(rng.sample(good, GOOD_STORIES)):
            at = start + timedelta(seconds=rng.uniform(0, 6 * HOUR_S))
            story = f"good-{seed}-{number}-{place}"
            control.injected.append(_item(target, line.about(target.cashtag), at, story, 0, "positive", rng))
        control.places.append(_place(target.series, start, 6 * HOUR_S))
    return control


def stamped_ahead(background: Background, lines: Sequence[Line], count: int, seed: int) -> Control:
    """Return one bad article stamped eight hours after its arrival."""
    rng, control = random.Random(seed), Control("one article stamped 8 h ahead")
    bad = _labelled(lines, "negative")
    for number, (target, start) in enumerate(_places(background, count, rng)):
        item = _item(target, rng.choice(bad).about(target.cashtag), start, f"ahead-{seed}-{number}", 0, "negative", rng)
        control.injected.append(
            Injected(item.text, start + AHEAD, start, item.source, item.path, item.series, item.story, item.label)
        )
        control.places.append(_place(target.series, start, AHEAD.total_seconds()))
    return control


def slow_growth(background: Background, lines: Sequence[Line], feed: Feed, count: int, seed: int) -> Control:
    """Return names whose volume grows to three times over ten days, with the labels that the name usually has."""
    rng, control = random.Random(seed), Control("slow growth of volume")
    days = (background.split - background.articles[0].at).total_seconds() / DAY_S
    until_s = background.split.timestamp()
    usual = {series: float((counts.at_s < until_s).sum()) / days for series, counts in feed.items()}
    low, high = GROWING_PER_DAY
    targets = [t for t in background.targets if low <= usual.get(t.series, 0.0) <= high]
    chosen = places(
        background, background.scored, count, rng,
        apart_s=2 * GROWTH_DAYS * DAY_S, lasting_s=GROWTH_DAYS * DAY_S, targets=targets,
    ) if targets else []  # fmt: skip
    feed_s = [known.at.timestamp() for known in background.articles]
    per_day = sum(at_s < until_s for at_s in feed_s) / days
    for number, (target, start) in enumerate(chosen):
        counts = feed[target.series]
        bad_share = float(counts.negative.sum() + 1) / (len(counts.at_s) + 4)
        for at_s in growing(rng, feed_s, start.timestamp(), usual[target.series] / per_day):
            label: Label = "negative" if rng.random() < bad_share else rng.choice(("neutral", "positive"))
            text = rng.choice(_labelled(lines, label)).about(target.cashtag)
            at, story = datetime.fromtimestamp(at_s, UTC), f"growth-{seed}-{number}-{at_s:.0f}"
            control.injected.append(_item(target, text, at, story, 0, label, rng))
        control.places.append(_place(target.series, start, GROWTH_DAYS * DAY_S))
    return control


def bad_days(background: Background, lines: Sequence[Line], feed: Feed, count: int, apart: int, seed: int) -> Control:
    """Return days on which every name has as much bad news again in eight hours as it has news of any kind."""
    rng, control = random.Random(seed), Control("market-wide bad day", of_market=True)
    bad = _labelled(lines, "negative")
    span = background.scored
    share = MARKET_S / DAY_S * 2
    per_day = {
        t.series: len(feed[t.series].at_s) / _days_of(background) for t in background.targets if t.series in feed
    }
    for number, start in enumerate(_days(span, count, apart, seed, MARKET_OPENS_H, MARKET_S + HIT_WITHIN_S)):
        for target in background.targets:
            # The same lines for a name on every day, in its own order: the model reads each text once.
            own = random.Random(target.cashtag).sample(bad, len(bad))
            for extra in range(_poisson(rng, share * per_day.get(target.series, 0.0))):
                at = start + timedelta(seconds=rng.uniform(0, MARKET_S))
                text = own[extra % len(own)].about(target.cashtag)
                story = f"market-{seed}-{number}-{target.cashtag}-{extra}"
                control.injected.append(_item(target, text, at, story, 0, "negative", rng))
        control.places.append(_place(None, start, MARKET_S))
    return control


def outages(background: Background, count: int, apart: int, seed: int) -> Control:
    """Return six hours during which nothing arrives, and the backfill within ten minutes after."""
    rng, control = random.Random(seed), Control("6 h outage and its backfill")
    for start in _days(background.scored, count, apart, seed, rng.randrange(10, 16), OUTAGE_S + HIT_WITHIN_S):
        control.outages.append(start.timestamp())
        control.places.append(_place(None, start, OUTAGE_S))
    return control


def with_outages(articles: Sequence[Known], starts: Sequence[float]) -> list[Known]:
    """Return the articles with those of each outage arriving in its backfill, in their order."""
    changed: list[Known] = []
    for known in articles:
        at_s = known.at.timestamp()
        start = next((s for s in starts if s <= at_s < s + OUTAGE_S), None)
        if start is None:
            changed.append(known)
            continue
        after_s = OUTAGE_S + (at_s - start) / OUTAGE_S * BACKFILL_S
        at = datetime.fromtimestamp(start + after_s, UTC)
        changed.append(Known(at, tuple(m.model_copy(update={"received_at": at}) for m in known.mentions)))
    return in_order(changed)


def in_runs(count: int, apart: int, make: Callable[[int, int], Control]) -> list[Control]:
    """Return a control in as many runs as its days need where they shall lie `apart` days from each other."""
    runs: list[Control] = []
    while sum(len(control.places) for control in runs) < count and len(runs) < 2 * apart:
        control = make(count - sum(len(c.places) for c in runs), len(runs))
        if not control.places:
            break
        runs.append(control)
    return runs


def growing(rng: random.Random, feed_s: Sequence[float], start_s: float, share: float) -> list[float]:
    """Return the times of the growth's extra items: none at first, GROWTH_TO − 1 times the usual at last.

    They come when the feed speaks, since growth changes no hours.

    Args:
        rng: the dice.
        feed_s: times of the articles of the whole feed, sorted.
        start_s: when the growth begins.
        share: of all articles, that name's.
    """
    lasting_s = GROWTH_DAYS * DAY_S
    first, last = bisect_left(feed_s, start_s), bisect_left(feed_s, start_s + lasting_s)
    return [
        at_s + rng.uniform(0, 60)
        for at_s in feed_s[first:last]
        if rng.random() < share * (GROWTH_TO - 1) * (at_s - start_s) / lasting_s
    ]


def _count(openings: Sequence[Opening], place: Place) -> int:
    named = [opening for opening in openings if opening.series != MARKET]
    return opened_within(named, place.start_s, place.end_s + HIT_WITHIN_S, place.series)


def _places(background: Background, count: int, rng: random.Random) -> list[tuple[Target, datetime]]:
    return places(background, background.scored, count, rng, apart_s=3 * DAY_S, lasting_s=20 * HOUR_S)


def _place(series: str | None, start: datetime, lasting_s: float) -> Place:
    return Place(series, start.timestamp(), start.timestamp() + lasting_s)


def _item(target: Target, text: str, at: datetime, story: str, copy: int, label: Label, rng: random.Random) -> Injected:
    return Injected(text, at, at, source_of(rng), f"{story}-{copy}", target.series, story, label)


def _labelled(lines: Sequence[Line], label: Label) -> list[Line]:
    return [line for line in lines if line.label == label]


def _days(span: Span, count: int, apart: int, offset: int, hour: int, lasting_s: float) -> list[datetime]:
    """Return working days of a span, `apart` days from each other, that are scored as a whole."""
    day = datetime.fromtimestamp(span.start_s, UTC).replace(hour=hour, minute=0, second=0, microsecond=0)
    day += timedelta(days=1 + offset % apart)
    found: list[datetime] = []
    while day.timestamp() + lasting_s < span.end_s and len(found) < count:
        if day.weekday() < 5 and span.between(day.timestamp(), day.timestamp() + lasting_s) == lasting_s:
            found.append(day)
            day += timedelta(days=apart)
        else:
            day += timedelta(days=1)
    return found


def _days_of(background: Background) -> float:
    return (background.end - background.articles[0].at).total_seconds() / DAY_S


def _poisson(rng: random.Random, mean: float) -> int:
    count, left = 0, rng.expovariate(1.0)
    while left < mean:
        count, left = count + 1, left + rng.expovariate(1.0)
    return count
