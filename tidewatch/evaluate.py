"""`tidewatch evaluate`: figures of the model on data that it has not seen, beside plain baselines."""

from __future__ import annotations

from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import orjson
import typer
from rich.console import Console
from rich.table import Table

from streams.settings import load_settings
from tidewatch.outputs import check_outputs

if TYPE_CHECKING:
    from models.evaluation.measured import Figure


class Task(StrEnum):
    """Name what can be measured alone."""

    SENTIMENT = "sentiment"
    ENTITIES = "entities"
    DIRECTIONS = "directions"
    ROLES = "roles"
    STATEMENTS = "statements"
    FIQA = "fiqa"
    TOPICS = "topics"
    CHECKED_TOPICS = "checked-topics"
    CATEGORIES = "categories"
    LINKING = "linking"
    SUMMARIES = "summaries"


def evaluate(
    data: Annotated[Path, typer.Option(help="Folder with sentiment/, topics/ and summaries/.")],
    weights: Annotated[
        list[Path] | None,
        typer.Option(help="Folder of weights, else those in use; of several the mean and its interval are shown."),
    ] = None,
    only: Annotated[Task | None, typer.Option(help="Measure this alone.")] = None,
    json: Annotated[Path | None, typer.Option("--json", help="Also write the figures here.")] = None,
) -> None:
    """Measure the model on data that it has not seen, with baselines beside."""
    from models.evaluation.measured import Measured
    from models.evaluation.spread import over_trainings
    from models.evaluation.tasks import TASKS
    from models.lessons.datasets import check_sets

    if json is not None:
        check_outputs([json], [])
    if only is None:
        check_sets(data, measure=True)
    tasks = [only.value] if only else list(TASKS)
    names: list[str] = []
    found: list[list[Figure]] = []
    folders: list[Path | None] = [*(weights or [])] or [None]
    for folder in folders:
        measured = Measured.load(load_settings(), folder)
        names.append(f"{measured.encoder.space}+{measured.heads.version}")
        found.append([figure for task in tasks for figure in TASKS[task](measured, data)])
    figures = found[0] if len(found) == 1 else over_trainings(found)
    terminal = Console().is_terminal
    # Off a terminal the width is a guess: wide enough that no cell is cut.
    Console(width=None if terminal else 160).print(_table(figures, "\n".join(names)))
    if json is not None:
        report = {"model": " ".join(names), "figures": [asdict(figure) for figure in figures]}
        json.write_bytes(orjson.dumps(report, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))


def _table(figures: list[Figure], title: str) -> Table:
    table = Table("task", "test", "rows", "measure", "value", "95%", "baseline", title=title)
    for figure in figures:
        digits = 1 if figure.value > 1 else 3
        plain = "" if figure.baseline is None else f"{figure.baseline:.{digits}f} {figure.baseline_of}"
        rows, value = f"{figure.rows:,}", f"{figure.value:.{digits}f}"
        middle = "" if figure.interval is None else "–".join(f"{end:.{digits}f}" for end in figure.interval)
        table.add_row(figure.task, figure.test, rows, figure.measure, value, middle, plain)
    return table
