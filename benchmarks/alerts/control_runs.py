"""The controls run: how many places of each paged somebody."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from alerts.detection.mentions import MARKET
from benchmarks.alerts import controls
from benchmarks.alerts.background import Background
from benchmarks.alerts.controls import Control
from benchmarks.alerts.counting import Feed
from benchmarks.alerts.detection import Detection
from benchmarks.alerts.injection import Line, known_articles
from benchmarks.alerts.predictions import Predictions
from benchmarks.alerts.results import ControlResult, Sizes
from benchmarks.alerts.scoring import HIT_WITHIN_S, Opening, opened_within, upper_bound


def control_results(
    background: Background,
    predictions: Predictions,
    lines: Sequence[Line],
    feed: Feed,
    sizes: Sizes,
    ours: Detection,
) -> Iterator[ControlResult]:
    """Yield the outcome of each control.

    Args:
        background: what the controls are put into.
        predictions: reads the texts that are put in.
        lines: texts to inject.
        feed: the articles of each series.
        sizes: how many places.
        ours: the detector, with its clean run made.
    """
    for runs in _controls(background, lines, feed, sizes):
        paged: list[int] = []
        of_market: list[int] = []
        for control in runs:
            openings = _openings(control, background, predictions, ours)
            paged += controls.pages(control, openings, ours.clean)
            if control.of_market:
                market = [opening for opening in openings if opening.series == MARKET]
                of_market += [opened_within(market, p.start_s, p.end_s + HIT_WITHIN_S) for p in control.places]
        hit = sum(count > 0 for count in paged)
        yield ControlResult(
            name=runs[0].name,
            places=len(paged),
            paged=hit,
            upper=upper_bound(hit, len(paged)) if paged else 1.0,
            pages=sum(paged),
            market_alerts=tuple(of_market),
        )


def _controls(background: Background, lines: Sequence[Line], feed: Feed, sizes: Sizes) -> Iterator[list[Control]]:
    count, days = sizes.control_places, sizes.control_days
    yield [controls.copies_of_one(background, lines, count, 41)]
    yield [controls.good_news(background, lines, count, 42)]
    yield [controls.stamped_ahead(background, lines, count, 43)]
    yield [controls.slow_growth(background, lines, feed, count, 44)]
    apart = controls.BAD_DAYS_APART
    yield controls.in_runs(
        days, apart, lambda left, run: controls.bad_days(background, lines, feed, left, apart, 45 + run)
    )
    between = controls.OUTAGES_APART
    yield controls.in_runs(days, between, lambda left, run: controls.outages(background, left, between, 61 + run))


def _openings(control: Control, background: Background, predictions: Predictions, ours: Detection) -> list[Opening]:
    if control.outages:
        return ours.openings_of(controls.with_outages(ours.scored, control.outages))
    return ours.openings_with(known_articles(control.injected, predictions, background))
