"""What of the encoder is tuned: everything but the word embeddings, low-rank additions, nothing, or everything."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Any

import torch
from torch import Tensor, nn

LORA_RANK = 16
LORA_ALPHA = 32
LAYER_DECAY = 0.85
"""Each layer learns at this share of the rate of the one above it: what lies low is general (arXiv:1801.06146)."""
_LAYER = re.compile(r"\.(?:layer|layers|h|blocks)\.(\d+)\.")


class Adaptation(StrEnum):
    """Name what is tuned."""

    FROZEN_WORDS = "frozen-words"
    """All but the word embeddings, which are half of a small encoder and change little."""
    LORA = "lora"
    HEADS = "heads"
    FULL = "full"


def adapt(network: Any, adaptation: Adaptation) -> Any:
    """Return the network to train: the same one with gradients where they belong, or wrapped in LoRA."""
    if adaptation is Adaptation.LORA:
        from peft import LoraConfig, get_peft_model

        config = LoraConfig(r=LORA_RANK, lora_alpha=LORA_ALPHA, lora_dropout=0.05, target_modules="all-linear")
        return get_peft_model(network, config)
    network.requires_grad_(adaptation is not Adaptation.HEADS)
    if adaptation is Adaptation.FROZEN_WORDS:
        network.get_input_embeddings().weight.requires_grad_(False)
    return network


def parameter_groups(network: Any, heads: nn.Module, rate: float, head_rate: float) -> list[dict[str, Any]]:
    """Return the groups of an optimizer: the heads at their own rate, each layer of the encoder slower the lower."""
    trained = [(name, weight) for name, weight in network.named_parameters() if weight.requires_grad]
    layers = {name: int(found[1]) for name, _ in network.named_parameters() if (found := _LAYER.search(f".{name}"))}
    top = max(layers.values(), default=-1) + 1
    by_depth: dict[int, list[Tensor]] = {}
    for name, weight in trained:
        by_depth.setdefault(top - layers.get(name, -1) - 1, []).append(weight)
    groups: list[dict[str, Any]] = [
        {"params": weights, "lr": rate * LAYER_DECAY**depth} for depth, weights in sorted(by_depth.items())
    ]
    return [*groups, {"params": list(heads.parameters()), "lr": head_rate}]


def low_rank_parts(network: Any) -> dict[str, Tensor]:
    """Return the factors that LoRA learned as parts of a delta, named by the weights of the base."""
    parts: dict[str, Tensor] = {}
    for name, module in network.base_model.model.named_modules():
        if hasattr(module, "lora_A") and "default" in module.lora_A:
            up = module.lora_B["default"].weight * module.scaling["default"]
            parts[f"{name}.weight.down"] = module.lora_A["default"].weight.detach().half().contiguous()
            parts[f"{name}.weight.up"] = up.detach().half().contiguous()
    return parts


def merged(network: Any, adaptation: Adaptation) -> Any:
    """Return a tuned network without additions: the factors that LoRA learned are added to the weights."""
    return network.merge_and_unload() if adaptation is Adaptation.LORA else network


def set_to_mean(module: Any, others: Sequence[Any]) -> None:
    """Give a module the mean weights of others; it may be one of them."""
    states = [other.state_dict() for other in others]
    module.load_state_dict(
        {
            name: torch.stack([state[name] for state in states]).mean(0) if weight.is_floating_point() else weight
            for name, weight in module.state_dict().items()
        }
    )


def set_between(module: Any, before: Any, after: Any, step: float) -> None:
    """Give a module weights on the way from those of one to those of another: at 0 and 1 theirs."""
    first, last = before.state_dict(), after.state_dict()
    module.load_state_dict(
        {
            name: torch.lerp(first[name], last[name], step) if weight.is_floating_point() else last[name]
            for name, weight in module.state_dict().items()
        }
    )


def trained_state(modules: Iterable[Any]) -> list[dict[str, Tensor]]:
    """Return copies of what is trained in each module."""
    return [
        {name: weight.detach().clone() for name, weight in module.named_parameters() if weight.requires_grad}
        for module in modules
    ]


def restore(modules: Iterable[Any], states: Iterable[Mapping[str, Tensor]]) -> None:
    """Put copies back."""
    with torch.no_grad():
        for module, state in zip(modules, states, strict=True):
            weights = dict(module.named_parameters())
            for name, value in state.items():
                weights[name].copy_(value)


def averaged(states: list[list[dict[str, Tensor]]]) -> list[dict[str, Tensor]]:
    """Return the mean of several copies (Izmailov et al. 2018, arXiv:1803.05407)."""
    return [
        {name: torch.stack([state[place][name] for state in states]).mean(0) for name in states[0][place]}
        for place in range(len(states[0]))
    ]
