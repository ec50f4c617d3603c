"""`tidewatch average`: one set of weights from trainings with several seeds, and a card that shows their spread."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from streams.settings import load_settings
from tidewatch.outputs import check_folder

console = Console(stderr=True)


def average(
    folders: Annotated[
        list[Path], typer.Argument(help="Folders of weights: one training with several seeds, or one to fit anew.")
    ],
    data: Annotated[Path, typer.Option(help="Folder with sentiment/, topics/ and, to measure, summaries/.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder for the average and its card.")],
    measure: Annotated[bool, typer.Option(help="Measure the average and each training for the card.")] = True,
) -> None:
    """Average the weights of trainings with several seeds, and measure the average beside them.

    Categories and calibration are fitted anew, so that of one folder nothing else changes.
    """
    from models.evaluation.card import write_card
    from models.lessons.datasets import check_sets
    from models.lessons.recipe import lessons
    from models.network.bases import find_base
    from models.summaries.salience import load_salience
    from models.training.averaging import average_trainings

    check_folder(output)
    if measure:
        check_sets(data, measure=True)
    settings = load_settings()
    averaged = average_trainings(find_base(settings), folders, lessons(data), output)
    # What a summary keeps is learned apart from the encoder.
    load_salience(folders[0]).save(output)
    console.print(f"wrote {output}: {averaged.scores}")
    if measure:
        console.print(f"measuring the average and {len(folders)} trainings on the test sets")
        write_card(output, data, settings, folders if len(folders) > 1 else ())
