"""Devices: in what precision a training multiplies on each."""

from __future__ import annotations

import torch

_OF_CPUS = ("avx512_bf16", "amx_bf16", "bf16")
"""What a CPU calls it; the last is ARM's."""


def multiplies_half(device: torch.device) -> bool:
    """Return whether a device multiplies bfloat16 itself: where it is emulated, float32 is many times as fast."""
    if device.type == "cuda":
        return bool(torch.cuda.is_bf16_supported(including_emulation=False))
    if device.type == "cpu":
        able = torch.cpu.get_capabilities()
        return any(able.get(name, False) for name in _OF_CPUS)
    return False
