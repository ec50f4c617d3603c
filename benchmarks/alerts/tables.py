"""The figures of the benchmark as tables."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from rich.table import Table

from benchmarks.alerts.nab import NabResult
from benchmarks.alerts.results import Result


def tables_of(result: Result) -> Iterator[Table]:
    """Yield the tables of one background."""
    yield _scores(result)
    yield _differences(result)
    yield _controls(result)
    yield _other(result)


def nab_table(results: list[NabResult]) -> Table:
    """Return the sanity check."""
    table = Table(title="NAB realTweets, a sanity check only", caption="windows are a day or two wide")
    for heading in ("per 1,000 series-days", "windows hit", "openings outside", "share of time inside windows"):
        table.add_column(heading, justify="right")
    for found in results:
        hit, inside = f"{found.windows_hit} of {found.windows}", f"{found.time_inside:.2f}"
        table.add_row(f"{found.budget:g}", hit, str(found.outside), inside)
    return table


def _scores(result: Result) -> Table:
    table = Table(
        title=f"{result.background}: {result.bursts} bursts, scale {result.scale:.2f}",
        caption=f"{result.articles:,} articles, {result.mentions:,} mentions, {result.series} series,"
        f" {result.scored_days:.0f} days scored; {result.model}",
    )
    for heading in ("budget", "detector", "chosen on the first part"):
        table.add_column(heading)
    for heading in ("recall in 8 h", "95%", "delay h", "realised", "of asked", "weeks 10–90%", "in alarm"):
        table.add_column(heading, justify="right")
    for place, score in enumerate(result.scores):
        weeks = np.quantile(score.weeks, (0.1, 0.9)) if score.weeks else (np.nan, np.nan)
        after = result.scores[place + 1] if place + 1 < len(result.scores) else None
        table.add_row(
            f"{score.budget:g}",
            score.detector,
            score.choice,
            f"{score.recall:.3f}",
            f"{score.recall_low:.2f}–{score.recall_high:.2f}",
            f"{score.delay_h:.2f}",
            f"{score.realised:.2f}",
            f"{score.realised / score.budget:.2f}",
            f"{weeks[0]:.1f}–{weeks[1]:.1f}",
            f"{100 * score.in_alarm:.2f}%",
            end_section=after is not None and after.budget != score.budget,
        )
    return table


def _differences(result: Result) -> Table:
    table = Table(title=f"{result.background}: ours less the other's, paired over bursts, 95% bootstrap")
    for heading in ("budget", "other", "recall", "interval", "delay h", "interval"):
        table.add_column(heading, justify="left" if heading == "other" else "right")
    for found in result.differences:
        table.add_row(
            f"{found.budget:g}",
            found.other,
            f"{found.recall:+.3f}",
            f"{found.recall_low:+.3f} … {found.recall_high:+.3f}",
            f"{found.delay_h:+.2f}",
            f"{found.delay_low:+.2f} … {found.delay_high:+.2f}",
        )
    return table


def _controls(result: Result) -> Table:
    table = Table(title=f"{result.background}: controls at 2 per 1,000 series-days")
    for heading in ("control", "places", "that paged", "share", "upper 95%", "pages in all", "market alerts a day"):
        table.add_column(heading, justify="left" if heading == "control" else "right")
    for found in result.controls:
        counts = np.bincount(found.market_alerts) if found.market_alerts else np.zeros(0, dtype=np.int64)
        table.add_row(
            found.name,
            str(found.places),
            str(found.paged),
            f"{found.paged / max(1, found.places):.3f}",
            f"{found.upper:.3f}",
            str(found.pages),
            ", ".join(f"{count} on {days} days" for count, days in enumerate(counts) if days),
        )
    return table


def _other(result: Result) -> Table:
    table = Table("measure", "value", title=f"{result.background}: also", show_header=False)
    for name, value in result.aftermath.items():
        table.add_row(f"{name}: recall in the 7 days after a large burst ({result.aftermath_bursts})", f"{value:.3f}")
    table.add_row("market alerts in the scored part", str(result.market_alerts))
    if result.gaps:
        table.add_row("natural gaps of a day or more told as a silent feed", f"{result.gaps_told} of {result.gaps}")
        table.add_row("other silences told", str(result.other_silences))
    return table
