"""Packing texts into batches: by length, so that little is padded, and by tokens, so that each pass costs the same."""

from __future__ import annotations

from collections.abc import Sequence

import torch


def pack(lengths: Sequence[int], budget: int) -> list[list[int]]:
    """Return batches of indices, longest texts first; count times longest stays within the budget of tokens.

    A text longer than the budget makes a batch of its own. Texts of equal length stay in their order.
    """
    batches: list[list[int]] = []
    longest = 0
    for index in sorted(range(len(lengths)), key=lambda i: (-lengths[i], i)):
        if not batches or (len(batches[-1]) + 1) * longest > budget:
            batches.append([])
            longest = max(1, lengths[index])
        batches[-1].append(index)
    return batches


def repack(lengths: Sequence[int], batches: Sequence[Sequence[int]], budget: int) -> list[list[int]]:
    """Return what is in some batches in batches of another budget."""
    places = [place for batch in batches for place in batch]
    return [[places[i] for i in batch] for batch in pack([lengths[place] for place in places], budget)]


def fill(lengths: Sequence[int], batches: Sequence[Sequence[int]]) -> float:
    """Return the share of the batches' padded tokens that are real: 1 where nothing is padded."""
    padded = sum(len(batch) * max(lengths[i] for i in batch) for batch in batches if batch)
    return sum(lengths) / padded if padded else 1.0


def out_of_memory(error: Exception) -> bool:
    """Say whether an error tells that the device has no memory left; on a CPU torch says so in words alone."""
    return isinstance(error, torch.OutOfMemoryError) or "can't allocate memory" in str(error)
