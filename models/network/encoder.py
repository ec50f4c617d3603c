"""The encoder: each text is read once; from that pass come its mean and the means of any spans in it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import structlog
import torch

from models.network.bases import Base, base_folder, find_base, sha256_of
from models.network.delta import DELTA, apply_delta
from models.network.tokens import MAX_TOKENS, Tokenizer
from models.packing import fill, out_of_memory, pack, repack
from streams.errors import ModelBusy
from streams.metrics import PADDING_SHARE
from streams.settings import Settings

__all__ = ["Encoded", "Encoder", "TextSpan", "base_folder"]

log = structlog.get_logger(__name__)


class TextSpan(NamedTuple):
    """Mark characters of one of the texts: half-open, in code points."""

    text: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Encoded:
    """Be what one pass gives, in float32: the mean of each text's token states and of each span's."""

    texts: npt.NDArray[np.float32]  # (N, D)
    spans: npt.NDArray[np.float32]  # (M, D), in the order asked


class Encoder:
    """Read texts with a transformer. Not thread-safe: one thread owns it."""

    def __init__(
        self,
        base: Base,
        tokenizer: Tokenizer,
        network: Any,
        device: torch.device,
        batch_tokens: int,
        *,
        half: bool = False,
        delta: str = "",
    ) -> None:
        """Take the parts; `half` multiplies in half precision, `delta` is the digest of what was added to the base."""
        self.base = base
        self.delta = delta
        self.half = half
        self.dimensions = int(network.config.hidden_size)
        self._tokenizer = tokenizer
        self._network = network
        self._device = device
        self._batch_tokens = batch_tokens

    @classmethod
    def load(cls, settings: Settings, weights: Path | None = None) -> Encoder:
        """Load the encoder that the settings name.

        Args:
            settings: name the base, the device and the precision.
            weights: a folder that may hold a delta to the base; the base alone where there is none.

        Raises:
            WeightsMismatch: a packaged file is not the pinned one, or the delta belongs to another base.
            DataMissing: there is no such encoder.
        """
        base = find_base(settings)
        device = torch.device(device_of(settings.device))
        if device.type == "cpu" and settings.threads is not None:
            torch.set_num_threads(settings.threads)
        tokenizer, network = load_network(base)
        delta = ""
        if weights is not None and (path := weights / DELTA).is_file():
            apply_delta(network, path)
            delta = sha256_of(path)
        half = is_half(settings.precision, device.type)
        budget = batch_tokens_of(settings.batch_tokens, device.type)
        return cls(base, tokenizer, network.to(device).eval(), device, budget, half=half, delta=delta)

    @property
    def space(self) -> str:
        """Name the space of the embeddings."""
        tuned = f"+{self.delta[:8]}" if self.delta else ""
        return f"{self.base.name}/{self.base.sha256[:8]}{tuned}"

    def encode(self, texts: Sequence[str], spans: Sequence[TextSpan] = ()) -> Encoded:
        """Read each text once.

        A span that no token covers (past the last token read, or empty) has the mean of its text.

        Raises:
            ModelBusy: the device had no memory even for one text.
        """
        means = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        span_means = np.zeros((len(spans), self.dimensions), dtype=np.float32)
        tokens = self._tokenizer.tokenize(texts)
        asked: dict[int, list[int]] = {}
        for place, span in enumerate(spans):
            asked.setdefault(span.text, []).append(place)
        lengths = [len(text.ids) for text in tokens]
        waiting = pack(lengths, self._batch_tokens)
        PADDING_SHARE.observe(1 - fill(lengths, waiting))
        while waiting:
            batch = waiting.pop(0)
            here = [(row, place) for row, text in enumerate(batch) for place in asked.get(text, ())]
            windows = [(row, *tokens[batch[row]].window(spans[place].start, spans[place].end)) for row, place in here]
            try:
                batch_means, batch_spans = self._pass([tokens[i].ids for i in batch], windows)
            except (torch.OutOfMemoryError, RuntimeError) as error:
                if not out_of_memory(error):
                    raise
                waiting = [*self._halved(batch), *repack(lengths, waiting, self._batch_tokens)]
                continue
            means[batch] = batch_means
            if here:
                span_means[[place for _, place in here]] = batch_spans
        return Encoded(means, span_means)

    def run_with(self, engine: Callable[[Any], Any]) -> None:
        """Put another engine in the network's place: what an engine returns is called as the network is."""
        self._network = engine(self._network)

    def work(self, texts: Sequence[str]) -> tuple[int, float]:
        """Return the tokens of some texts, and the operations of the matrix products over them, padding left out."""
        config = self._network.config
        width, inner, layers = config.hidden_size, config.intermediate_size, config.num_hidden_layers
        lengths = [len(text.ids) for text in self._tokenizer.tokenize(texts)]
        linear = 2 * layers * (4 * width * width + 2 * width * inner)
        return sum(lengths), sum(n * linear + 4.0 * layers * n * n * width for n in lengths)

    def _halved(self, batch: list[int]) -> list[list[int]]:
        if self._device.type == "cuda":
            torch.cuda.empty_cache()
        if len(batch) == 1:
            raise ModelBusy(f"no memory on {self._device} for one text; free some, or set TIDEWATCH_DEVICE=cpu")
        self._batch_tokens = min(self._batch_tokens, max(MAX_TOKENS, self._batch_tokens // 2))
        log.warning("out of memory; smaller batches from here on", batch_tokens=self._batch_tokens)
        half = len(batch) // 2
        return [batch[:half], batch[half:]]

    @torch.inference_mode()
    def _pass(
        self, ids: list[list[int]], windows: list[tuple[int, int, int]]
    ) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
        padded, mask = padded_batch(ids, self._tokenizer.pad_id)
        if self._device.type == "cuda":
            padded, mask = (part.pin_memory().to(self._device, non_blocking=True) for part in (padded, mask))
        # Not the whole network in half: with its sums in half too, an answer moved by 2.5e-3 with its neighbours.
        with torch.autocast(self._device.type, torch.float16, enabled=self.half):
            states = self._network(input_ids=padded, attention_mask=mask).last_hidden_state.float()  # (B, T, D)
        means = (states * mask[:, :, None]).sum(1) / mask.sum(1, keepdim=True)  # (B, D)
        spans = [states[row, start:end].mean(0) if start < end else means[row] for row, start, end in windows]
        stacked = torch.stack(spans) if spans else means[:0]
        return means.cpu().numpy(), stacked.cpu().numpy()


def load_network(base: Base) -> tuple[Tokenizer, Any]:
    """Load the tokenizer and the network of a base, in float32 on the CPU.

    Attention has no dropout: with it torch has no fused attention on a CPU, and training takes twice as long.
    """
    from transformers import AutoConfig, AutoModel, AutoTokenizer
    from transformers.utils import logging as transformers_logging

    # Standard error is for what an operator must know.
    transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    transformers_logging.set_verbosity_error()  # type: ignore[no-untyped-call]
    config = AutoConfig.from_pretrained(base.folder, local_files_only=True)
    for name in ("attention_probs_dropout_prob", "attention_dropout"):
        if hasattr(config, name):
            setattr(config, name, 0.0)
    network = AutoModel.from_pretrained(
        base.folder,
        config=config,
        local_files_only=True,
        use_safetensors=True,
        dtype=torch.float32,
    )
    if hasattr(network, "pooler"):
        network.pooler = None  # of the pre-training task; nothing here reads it
    backend = AutoTokenizer.from_pretrained(base.folder, local_files_only=True).backend_tokenizer
    return Tokenizer(backend, min(MAX_TOKENS, _positions(network))), network


def _positions(network: Any) -> int:
    """Return how many tokens a network can read: RoBERTa and its kin count from behind the place of the padding."""
    most = int(getattr(network.config, "max_position_embeddings", MAX_TOKENS))
    for name, module in network.named_modules():
        if name.endswith("position_embeddings") and (padding := getattr(module, "padding_idx", None)) is not None:
            return most - int(padding) - 1
    return most


def padded_batch(ids: Sequence[Sequence[int]], pad_id: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Return tokens (B, T) filled up to the longest row, and the mask (B, T) of those that are real."""
    longest = max(len(row) for row in ids)
    padded = torch.full((len(ids), longest), pad_id, dtype=torch.long)
    for row, tokens in enumerate(ids):
        padded[row, : len(tokens)] = torch.tensor(tokens)
    lengths = torch.tensor([len(row) for row in ids])
    return padded, torch.arange(longest)[None, :] < lengths[:, None]


def device_of(wish: str) -> str:
    """Return the device that a setting means: `auto` is CUDA where there is one."""
    if wish == "auto":
        return "cuda" if torch.cuda.is_available() else "cpu"
    return wish


def batch_tokens_of(wish: int | None, device: str) -> int:
    """Return the token budget of one pass that a setting means.

    On a CPU the states of a small batch stay in its caches between one layer and the next.
    """
    if wish is None:
        return 4096 if device == "cuda" else 1024
    return wish


def is_half(wish: str, device: str) -> bool:
    """Say whether a setting means half precision: `auto` is half where the device multiplies it faster than float32.

    That is CUDA, and of CPUs those with AMX-FP16: without it half was as slow as float32, or nine times slower.
    """
    if wish == "auto":
        return device == "cuda" or bool(torch.cpu.get_capabilities().get("amx_fp16", False))
    return wish == "half"
