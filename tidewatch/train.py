"""`tidewatch train`: the encoder and its heads from labelled data, with a card that says what they reach."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from models.training.adaptation import Adaptation
from streams.errors import MisconfiguredError
from streams.settings import Settings, load_settings
from tidewatch.outputs import check_folder

if TYPE_CHECKING:
    from models.lessons.lesson import Lesson
    from models.training.plan import Recipe
    from models.training.training import Trained
    from models.training.tuning import Progress as Stage

console = Console(stderr=True)
GENTLE_RATE, GENTLE_HEAD_RATE = 3e-5, 2e-4
"""Of learning feedback: a quarter of a training's, since most is known already."""
SMOOTHING = 25
"""Steps in one point of the loss curve."""


def train(
    data: Annotated[
        list[Path],
        typer.Option(help="Folder with sentiment/, topics/ and summaries/; with --resume a file of feedback too."),
    ],
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder for the weights and their card.")],
    adaptation: Annotated[Adaptation, typer.Option(help="What of the encoder is tuned.")] = Adaptation.FROZEN_WORDS,
    epochs: Annotated[int, typer.Option(help="At most so many passes over the sets.", min=1)] = 4,
    seed: Annotated[int, typer.Option(help="Of initialisation and shuffling.")] = 0,
    base: Annotated[str | None, typer.Option(help="Encoder: a folder or a Hugging Face id; else the setting.")] = None,
    device: Annotated[str | None, typer.Option(help="cpu or cuda; else the setting.")] = None,
    resume: Annotated[
        bool,
        typer.Option(
            "--resume",
            help="Go on from the weights in use: with feedback in --data FILE, and sets that they were never taught.",
        ),
    ] = False,
    measure: Annotated[bool, typer.Option(help="Measure on the test sets for the card.")] = True,
) -> None:
    """Tune the encoder and its heads on every set at once, and measure them.

    A training that was stopped goes on where it was: run the same command again. With --resume it begins anew.
    """
    from models.training.plan import Recipe

    changed: dict[str, object] = {k: v for k, v in (("model", base), ("device", device)) if v is not None}
    settings = load_settings(**changed)
    recipe = Recipe(adaptation=adaptation, epochs=epochs, seed=seed)
    if resume:
        _learn(data, output, replace(recipe, rate=GENTLE_RATE, head_rate=GENTLE_HEAD_RATE), settings)
    else:
        _train(data, output, recipe, settings, measure=measure)


def _train(data: list[Path], output: Path, recipe: Recipe, settings: Settings, *, measure: bool) -> None:
    from models.evaluation.card import write_card
    from models.lessons.datasets import check_sets
    from models.lessons.recipe import data_facts, lessons
    from models.network.bases import find_base
    from models.network.encoder import device_of
    from models.training.curves import draw_curves
    from models.training.salience import train_salience
    from models.training.training import train as run

    if len(data) != 1:
        raise MisconfiguredError("name one --data folder; a file of feedback goes with --resume")
    # Hours of tuning lie before the first look at some of them.
    check_sets(data[0], measure=measure)
    taught = lessons(data[0])
    check_folder(output)
    with _watched(taught, recipe) as watch:

        def finish(trained: Trained) -> None:
            watch.bar.stop()
            draw_curves(watch.losses, trained.curve, output / "curves.png")
            console.print("learning what a summary keeps")
            train_salience(data[0], seed=recipe.seed, report=_salience_epoch).save(output)
            console.print(f"wrote {output}: {trained.scores}")
            if measure:
                console.print("measuring on the test sets")
                write_card(output, data[0], settings)

        run(
            find_base(settings),
            taught,
            output,
            recipe,
            watch.report,
            data=data_facts(data[0], taught),
            device=device_of(settings.device),
            finish=finish,
        )


def _salience_epoch(epoch: int, loss: float) -> None:
    console.print(f"salience epoch {epoch}: loss {loss:.4f}")


def _learn(data: list[Path], output: Path, recipe: Recipe, settings: Settings) -> None:
    from models.lessons.feedback import read_feedback
    from models.lessons.recipe import data_facts, lessons, taught_of, written_lessons
    from models.network.bases import find_base, sha256_of
    from models.network.encoder import device_of
    from models.network.heads import BUILT_IN, load_heads
    from models.summaries.salience import load_salience
    from models.training.feedback import learn_feedback

    check_folder(output)
    base, start = find_base(settings), settings.heads_dir or BUILT_IN
    folders = [path for path in data if path.is_dir()]
    if len(folders) > 1:
        raise MisconfiguredError("name at most one --data folder; any other --data of --resume is a file of feedback")
    known = lessons(folders[0]) if folders else written_lessons()
    if not folders:
        console.print("no folder of sets is named: the old figures are those of the lessons written by rule")
    # Weights without a record may have been taught anything: then only the feedback is new.
    recorded = load_heads(start, base).facts.data
    taught = taught_of(recorded) if recorded else {lesson.source for lesson in known}
    new = [lesson for lesson in known if lesson.source not in taught]
    facts = data_facts(folders[0] if folders else None, new)
    for path in data:
        if path not in folders:
            found = read_feedback(path)
            new += found
            facts += ({"name": "feedback", "examples": len(found), "sha256": sha256_of(path)},)
    if not new:
        raise MisconfiguredError(
            f"{start} was taught every set there is: --resume learns from feedback, name its file in --data"
        )
    old = [lesson for lesson in known if lesson.source in taught]
    recipe = replace(recipe, new=tuple(dict.fromkeys(lesson.source for lesson in new)))
    with _watched([*old, *new], recipe) as watch:
        trained, before, after = learn_feedback(
            base, start, new, old, output, recipe, watch.report, data=facts, device=device_of(settings.device)
        )
    for name, value in before.items():
        console.print(f"{name:<20} {value:.4f} → {after[name]:.4f}")
    if trained is None:
        raise MisconfiguredError("an old figure fell: nothing is written; look at the feedback, or give more of it")
    # What a summary keeps is not touched by feedback.
    load_salience(start).save(output)
    console.print(f"accepted: wrote {output}; set TIDEWATCH_HEADS_DIR to use it")


@dataclass
class _Watch:
    """Take a training's reports: to the bar, to the console, and for the curves."""

    bar: Progress
    task: int
    steps: list[dict[str, float]] = field(default_factory=list)
    losses: list[dict[str, float]] = field(default_factory=list)

    def report(self, stage: Stage, found: dict[str, float]) -> None:
        """Show a step's losses or an epoch's scores."""
        if "score" in found:
            said = "  ".join(f"{name} {value:.4f}" for name, value in found.items())
            self.bar.console.print(f"epoch {stage.epoch}: {said}")
            return
        self.bar.update(self.task, completed=stage.step)  # type: ignore[arg-type]
        self.steps.append(found)
        if len(self.steps) == SMOOTHING:
            names = {name for step in self.steps for name in step}
            means = {n: sum(s.get(n, 0.0) for s in self.steps) / len(self.steps) for n in names}
            self.losses.append({"step": float(stage.step), **means})
            self.steps.clear()


@contextmanager
def _watched(taught: list[Lesson], recipe: Recipe) -> Iterator[_Watch]:
    from models.training.plan import steps_of

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console) as bar:
        task = bar.add_task(f"tuning ({recipe.adaptation})", total=steps_of(taught, recipe))
        yield _Watch(bar, task)
