"""The delta: what tuning changed in the base's weights, in half precision, and its way back onto them.

A parameter is stored in one of three forms: dense (`name`), rows that changed (`name.rows` with `name.values`), or
the factors of a low-rank change (`name.down`, `name.up`), as LoRA learns them (Hu et al. 2021, arXiv:2106.09685).
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save
from torch import Tensor

from streams.errors import WeightsMismatch

DELTA = "delta.safetensors"


def changes(base: Mapping[str, Tensor], tuned: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Return what differs between two states of one network, in float16: dense, or by rows where few changed."""
    found: dict[str, Tensor] = {}
    for name, after in tuned.items():
        change = (after.float() - base[name].float()).half()
        if not change.any():
            continue
        rows = change.flatten(1).any(1).nonzero()[:, 0] if change.dim() == 2 else None
        if rows is not None and 2 * len(rows) < len(change):
            found[f"{name}.rows"], found[f"{name}.values"] = rows, change[rows].contiguous()
        else:
            found[name] = change.contiguous()
    return found


def write_delta(path: Path, parts: Mapping[str, Tensor]) -> None:
    """Write a delta."""
    # Not `save_file`, which lets nobody but the owner read: the image runs as another user.
    path.write_bytes(save(dict(parts)))


def read_delta(path: Path) -> dict[str, Tensor]:
    """Return the parts of a delta.

    Raises:
        WeightsMismatch: the file cannot be read.
    """
    try:
        return load_file(path)
    except (SafetensorError, OSError) as error:
        raise WeightsMismatch(f"{path} cannot be read: {error}") from None


def apply_delta(network: Any, path: Path) -> None:
    """Add a delta to the weights of a network in float32, in place.

    Raises:
        WeightsMismatch: the file cannot be read, or it was made of another network.
    """
    parts = read_delta(path)
    weights = dict(network.named_parameters())
    with torch.no_grad():
        for name, part in parts.items():
            owner, _, form = name.rpartition(".")
            try:
                if form in ("values", "up"):
                    continue
                if form == "rows":
                    weights[owner][part] += parts[f"{owner}.values"].float()
                elif form == "down":
                    weights[owner] += parts[f"{owner}.up"].float() @ part.float()
                else:
                    weights[name] += part.float()
            except (KeyError, IndexError, RuntimeError) as error:
                raise WeightsMismatch(f"{path} was made of another network: {name} does not fit ({error})") from None
