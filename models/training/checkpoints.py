"""The checkpoint of a training: written after each epoch, so that one that was stopped goes on."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch

from models.training.tuning import Progress, Tuning
from streams.errors import MisconfiguredError

CHECKPOINT = "training.pt"


def save_checkpoint(tuning: Tuning, path: Path) -> None:
    """Write everything that a later run needs to go on; the file that was there stays whole until then."""
    partial = path.with_suffix(".partial")
    torch.save(
        {
            **_origin(tuning),
            "progress": asdict(tuning.progress),
            "network": tuning.network.state_dict(),
            "heads": tuning.heads.state_dict(),
            "optimizer": tuning.optimizer.state_dict(),
            "kept": tuning.kept,
            "snapshots": tuning.snapshots,
        },
        partial,
    )
    partial.replace(path)


def restore_checkpoint(tuning: Tuning, path: Path) -> None:
    """Put a training where its checkpoint was written; where there is none, it begins.

    Raises:
        MisconfiguredError: it is of a training with another recipe, base or data.
    """
    if not path.is_file():
        return
    stored = torch.load(path, map_location=tuning.device, weights_only=True)
    if others := [name for name, own in _origin(tuning).items() if stored.get(name) != own]:
        raise MisconfiguredError(
            f"{path} is of a training with another {' and '.join(others)}: finish that one, or remove the file"
        )
    tuning.network.load_state_dict(stored["network"])
    tuning.heads.load_state_dict(stored["heads"])
    tuning.optimizer.load_state_dict(stored["optimizer"])
    tuning.kept, tuning.snapshots = stored["kept"], stored["snapshots"]
    tuning.progress = Progress(**stored["progress"])


def _origin(tuning: Tuning) -> dict[str, Any]:
    """Return what a run must share with an earlier one to go on from its weights."""
    recipe, facts = tuning.recipe, tuning.heads.facts
    return {
        "recipe": {**asdict(recipe), "adaptation": str(recipe.adaptation)},
        "base": facts.base_sha256,
        "data": [dict(fact) for fact in facts.data],
    }
