"""Ways of running the encoder's network on a CPU, each with the network's own call.

ONNX Runtime and OpenVINO are not among the locked packages: `pip install onnx onnxruntime openvino` brings them.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

Engine = Callable[[Any], Any]


class _Called:
    """Answer as the network does, through a function on arrays."""

    def __init__(self, network: Any, run: Callable[[Any, Any], Any]) -> None:
        self.config = network.config
        self._run = run

    def __call__(self, input_ids: Tensor, attention_mask: Tensor) -> Any:
        states = self._run(input_ids.numpy(), attention_mask.long().numpy())
        return SimpleNamespace(last_hidden_state=torch.from_numpy(np.asarray(states)))


class _Lower:
    """Run the network in a lower precision where torch thinks it safe."""

    def __init__(self, network: Any, precision: torch.dtype) -> None:
        self.config = network.config
        self._network, self._precision = network, precision

    def __call__(self, **inputs: Tensor) -> Any:
        with torch.autocast("cpu", self._precision):
            return self._network(**inputs)


class _Exported(nn.Module):
    def __init__(self, network: Any) -> None:
        super().__init__()
        self.network = network

    def forward(self, input_ids: Tensor, attention_mask: Tensor) -> Tensor:
        states: Tensor = self.network(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
        return states


def _onnx(network: Any) -> bytes:
    import onnx  # noqa: F401 - torch names its absence by an error of its own

    ids = torch.ones((2, 8), dtype=torch.long)
    sizes = {0: "batch", 1: "tokens"}
    path = Path(tempfile.mkdtemp()) / "encoder.onnx"
    torch.onnx.export(
        _Exported(network),
        (ids, ids),
        path,
        input_names=["input_ids", "attention_mask"],
        output_names=["states"],
        dynamic_axes={"input_ids": sizes, "attention_mask": sizes, "states": sizes},
        dynamo=False,
    )
    return path.read_bytes()


def _compiled(network: Any) -> Any:
    network.forward = torch.compile(network.forward, dynamic=True)
    return network


def _dynamic_int8(network: Any) -> Any:
    return torch.ao.quantization.quantize_dynamic(network, {nn.Linear}, dtype=torch.qint8)  # type: ignore[no-untyped-call]


def _onnxruntime(network: Any) -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = torch.get_num_threads()
    session = onnxruntime.InferenceSession(_onnx(network), options, providers=["CPUExecutionProvider"])
    return _Called(network, lambda ids, mask: session.run(None, {"input_ids": ids, "attention_mask": mask})[0])


def _openvino(network: Any) -> Any:
    import openvino

    core = openvino.Core()
    config = {"INFERENCE_NUM_THREADS": torch.get_num_threads(), "INFERENCE_PRECISION_HINT": "f32"}
    compiled = core.compile_model(core.read_model(_onnx(network), b""), "CPU", config)
    return _Called(network, lambda ids, mask: compiled({"input_ids": ids, "attention_mask": mask})[0])


ENGINES: dict[str, Engine] = {
    "torch float32": lambda network: network,
    "torch half": lambda network: _Lower(network, torch.float16),
    "torch bfloat16": lambda network: _Lower(network, torch.bfloat16),
    "torch.compile": _compiled,
    "torch int8, dynamic": _dynamic_int8,
    "ONNX Runtime": _onnxruntime,
    "OpenVINO": _openvino,
}
