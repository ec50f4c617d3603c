"""Devices: where half precision is multiplied, and where it would be emulated."""

from __future__ import annotations

import pytest
import torch

from models.training.devices import multiplies_half


@pytest.mark.parametrize(
    ("able", "half"),
    [
        ({"avx2": True, "avx512_bf16": False}, False),
        ({"avx512_bf16": True}, True),
        ({"amx_bf16": True}, True),
        ({}, False),
    ],
)
def test_a_cpu_multiplies_in_half_where_it_can(
    monkeypatch: pytest.MonkeyPatch, able: dict[str, bool], *, half: bool
) -> None:
    """What a CPU would emulate it multiplies in float32."""
    monkeypatch.setattr("torch.cpu.get_capabilities", lambda: able)
    assert multiplies_half(torch.device("cpu")) is half


def test_a_gpu_is_asked_for_what_it_does_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a GPU that emulates bfloat16 the answer is no."""
    monkeypatch.setattr("torch.cuda.is_bf16_supported", lambda *, including_emulation: including_emulation)
    assert not multiplies_half(torch.device("cuda"))


def test_other_devices_are_not_trusted() -> None:
    """A device that nobody tried multiplies in float32."""
    assert not multiplies_half(torch.device("meta"))
