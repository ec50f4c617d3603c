"""The curves of a training as a picture."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path


def draw_curves(losses: Sequence[dict[str, float]], scores: Sequence[dict[str, float]], path: Path) -> None:
    """Draw the losses by step above the scores of the choosing rows by epoch, as PNG; each entry names its `step`."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9, 7), layout="constrained")
    for place, (entries, label) in enumerate(((losses, "loss"), (scores, "score on the choosing rows")), 1):
        axes = figure.add_subplot(2, 1, place)
        for name in sorted({name for entry in entries for name in entry if name != "step"}):
            points = [(entry["step"], entry[name]) for entry in entries if name in entry]
            axes.plot([x for x, _ in points], [y for _, y in points], marker="o" if place == 2 else "", label=name)
        axes.set_xlabel("step")
        axes.set_ylabel(label)
        if axes.lines:
            axes.legend(fontsize="small")
    figure.savefig(path, dpi=110)
