"""Bursts and their copies, on invented lines."""

from __future__ import annotations

import itertools
import random
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from alerts.backtest import Known
from alerts.detection.signatures import signature_of
from benchmarks.alerts.background import Background, Target
from benchmarks.alerts.controls import OUTAGE_S, bad_days, copies_of_one, in_runs, outages, pages, with_outages
from benchmarks.alerts.counting import Counts, count_articles, count_stories, mentions_by_series
from benchmarks.alerts.injection import BURST_S, MOST, NAME, Line, bursts, edited_copy
from benchmarks.alerts.oracle import TrueRates
from benchmarks.alerts.scoring import Opening
from benchmarks.alerts.synthetic import cashtag_of, synthetic
from streams.records import SeriesId
from tests.alerts.likeness import similarity
from tests.alerts.timelines import FLAT, article, words

START = datetime(2026, 3, 2, tzinfo=UTC)
LINES = [Line(f"{NAME} {words(k, 14)}", "negative") for k in range(40)]


def _background(days: int = 60) -> Background:
    known = []
    for hour in range(days * 24):
        at = START + timedelta(hours=hour)
        known.append(Known(at, tuple(article(at, ["ticker:QXA"], FLAT, received_at=at))))
    targets = tuple(Target(SeriesId(f"entity:ticker:{tag}"), tag) for tag in ("QXA", "QXB", "QXC"))
    split = START + timedelta(days=days / 2)
    return Background("test", tuple(known), targets, START, split, START + timedelta(days=days))


def test_bursts_lie_in_the_span_and_apart() -> None:
    """Every burst lies in the scored part as a whole, no two of a series within the distance, the same by seed."""
    background = _background()
    found = bursts(background, background.scored, LINES, 6, seed=3, apart_s=7 * 86_400)
    assert found == bursts(background, background.scored, LINES, 6, seed=3, apart_s=7 * 86_400)
    for burst in found:
        assert background.scored.start_s <= burst.onset.timestamp() <= background.scored.end_s - 8 * 3600
        for other in found:
            same = other is not burst and other.target == burst.target
            assert not same or abs(other.onset - burst.onset) >= timedelta(days=7)


def test_the_scale_sets_the_number_of_stories() -> None:
    """Two to ten stories over six hours, the first at the onset; all texts differ and name the target."""
    background = _background()
    for burst in bursts(background, background.scored, LINES, 6, seed=4, apart_s=7 * 86_400):
        assert [burst.stories(scale) for scale in (0.01, 100.0)] == [2, MOST]
        times = burst.times_s(100.0)
        assert times[0] == burst.onset.timestamp()
        assert times[-1] <= times[0] + BURST_S
        items = list(burst.injected(100.0))
        firsts = [item for item in items if item.path.endswith("-0")]
        assert len({item.text for item in firsts}) == MOST
        assert all(f"${burst.target.cashtag}" in item.text for item in firsts)
        assert {item.label for item in items} == {"negative"}
        assert len({item.path for item in items}) == len(items)


def test_copies_are_edited_and_still_alike() -> None:
    """No copy is byte-equal; most are as alike as copies of one story are."""
    rng = random.Random(2)
    text = f"$QXA shares drop after results miss, says {words('desk', 12)} https://t.example/1"
    copies = [edited_copy(text, rng) for _ in range(60)]
    assert text not in copies
    alike = [similarity(signature_of("", text), signature_of("", copy)) for copy in copies]
    assert sum(value >= 0.35 for value in alike) >= 50


def test_an_outage_keeps_everything_for_its_end() -> None:
    """Articles of the outage arrive after it, in order, with their own event times; none is lost."""
    background = _background()
    control = outages(background, 1, 6, 0)
    scored = [known for known in background.articles if known.at >= background.split]
    changed = with_outages(scored, control.outages)
    (start,) = control.outages
    held = [known.mentions[0].at for known in scored if start <= known.at.timestamp() < start + OUTAGE_S]
    late = [known for known in changed if known.mentions[0].at in held]
    assert len(changed) == len(scored)
    assert [known.mentions[0].at for known in late] == held
    assert all(start + OUTAGE_S <= known.at.timestamp() <= start + OUTAGE_S + 600 for known in late)
    assert all(m.received_at == known.at for known in late for m in known.mentions)


def test_pages_are_those_that_the_clean_run_has_not() -> None:
    """A place pages where more opens with the control than without it, until eight hours after its end."""
    control = copies_of_one(_background(), LINES, 3, 1)
    place = control.places[0]
    assert place.series is not None
    opening = Opening(place.series, place.end_s + 7 * 3600, place.end_s + 9 * 3600)
    late = Opening(place.series, place.end_s + 9 * 3600, place.end_s + 10 * 3600)
    assert pages(control, [opening], [])[0] == 1
    assert pages(control, [opening], [opening])[0] == 0
    assert pages(control, [late], [])[0] == 0


def test_the_synthetic_feed_is_the_same_by_seed() -> None:
    """Articles are sorted, name known targets, and copies are among them."""
    feed = synthetic(series=8, days=13, seed=5)
    assert feed.articles == synthetic(series=8, days=13, seed=5).articles
    assert [k.at for k in feed.articles] == sorted(k.at for k in feed.articles)
    named = {m.series for k in feed.articles for m in k.mentions} - {"market"}
    assert named <= {target.series for target in feed.targets}
    assert cashtag_of(999) == "QXMMM"
    assert feed.learning_until < feed.split < feed.end


def test_bad_days_of_the_market_lie_apart_and_use_few_texts() -> None:
    """Runs together have as many days as asked for, none near another of its run; a name's lines come again."""
    background = _background(120)
    feed = {s: count_articles(found) for s, found in mentions_by_series(background.articles).items()}
    runs = in_runs(5, 10, lambda left, run: bad_days(background, LINES, feed, left, 10, run))
    assert sum(len(run.places) for run in runs) == 5
    for run in runs:
        starts = sorted(place.start_s for place in run.places)
        assert all(after - before >= 10 * 86_400 for before, after in itertools.pairwise(starts))
    texts = [[item.text for item in run.injected] for run in runs]
    assert len({text for of_run in texts for text in of_run}) <= len(LINES)
    assert sum(map(len, texts)) > len(LINES)


def test_the_synthetic_feed_tells_its_rates() -> None:
    """As many stories are read as negative as the true rates promise, and of a loud name more than of a quiet one."""
    feed = synthetic(series=40, days=52, seed=5)
    assert feed.truth is not None
    counted = {s: count_stories(found) for s, found in mentions_by_series(feed.articles).items()}
    promised = {series: float(rates.sum()) for series, rates in feed.truth.expected.items()}
    total = sum(len(counts.bad_s()) for counts in counted.values())
    assert total == pytest.approx(sum(promised.values()), rel=0.15)
    quiet, loud = min(promised, key=promised.__getitem__), max(promised, key=promised.__getitem__)
    assert len(counted[loud].bad_s()) > 5 * len(counted[quiet].bad_s())


def test_true_rates_are_judged_over_the_window() -> None:
    """With the true rates, one story of a loud name is less of a surprise than one of a quiet name."""
    feed = synthetic(series=40, days=52, seed=5)
    assert feed.truth is not None
    counted = {s: count_stories(found) for s, found in mentions_by_series(feed.articles).items()}
    promised = {series: float(feed.truth.expected[series].sum()) for series in counted}
    quiet, loud = min(promised, key=promised.__getitem__), max(promised, key=promised.__getitem__)
    at_s = np.array([feed.articles[0].at.timestamp() + 20 * 86_400.0 + 15 * 3_600.0])
    scores = TrueRates(feed.truth).scored({name: Counts(at_s, np.array([True])) for name in (quiet, loud)})
    assert scores[quiet][1][0] > scores[loud][1][0] > 0
