"""The encoder: each text is read once; from that pass come its mean and the means of any spans in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import structlog
import torch

from models.bases import Base, base_folder, find_base
from models.packing import pack
from streams.errors import ModelBusy
from streams.settings import Settings

__all__ = ["Encoded", "Encoder", "TextSpan", "base_folder"]

log = structlog.get_logger(__name__)

MAX_TOKENS = 512
"""Of one text; what lies beyond is not read. A sentence has at most 1,000 characters, so that is rare."""


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

    def __init__(self, base: Base, tokenizer: Any, network: Any, device: torch.device, batch_tokens: int) -> None:
        self.base = base
        self.dimensions = int(network.config.hidden_size)
        self._tokenizer = tokenizer
        self._network = network
        self._device = device
        self._pad_id = tokenizer.token_to_id(tokenizer.padding["pad_token"]) if tokenizer.padding else 0
        tokenizer.no_padding()
        tokenizer.enable_truncation(
            min(MAX_TOKENS, int(getattr(network.config, "max_position_embeddings", MAX_TOKENS)))
        )
        self._batch_tokens = batch_tokens

    @classmethod
    def load(cls, settings: Settings) -> Encoder:
        """Load the encoder that the settings name: half precision on CUDA, float32 on the CPU.

        Raises:
            WeightsMismatch: a packaged file is not the pinned one.
            DataMissing: there is no such encoder.
        """
        from transformers import AutoModel, AutoTokenizer
        from transformers.utils import logging as transformers_logging

        # Standard error is for what an operator must know.
        transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        base = find_base(settings)
        device = torch.device(_device(settings.device))
        if device.type == "cpu" and settings.threads is not None:
            torch.set_num_threads(settings.threads)
        network = AutoModel.from_pretrained(
            base.folder, local_files_only=True, use_safetensors=True, attn_implementation="sdpa"
        )
        if hasattr(network, "pooler"):
            network.pooler = None  # of the pre-training task; nothing here reads it
        network = network.to(device, dtype=torch.float16 if device.type == "cuda" else torch.float32).eval()
        tokenizer = AutoTokenizer.from_pretrained(base.folder, local_files_only=True).backend_tokenizer
        return cls(base, tokenizer, network, device, settings.batch_tokens)

    @property
    def space(self) -> str:
        """Name the space of the embeddings."""
        return f"{self.base.name}/{self.base.sha256[:8]}"

    def encode(self, texts: Sequence[str], spans: Sequence[TextSpan] = ()) -> Encoded:
        """Read each text once.

        A span that no token covers (past the last token read, or empty) has the mean of its text.

        Raises:
            ModelBusy: the device had no memory even for one text.
        """
        means = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        span_means = np.zeros((len(spans), self.dimensions), dtype=np.float32)
        encodings = self._tokenizer.encode_batch(list(texts))
        asked: dict[int, list[int]] = {}
        for place, span in enumerate(spans):
            asked.setdefault(span.text, []).append(place)
        waiting = pack([len(encoding.ids) for encoding in encodings], self._batch_tokens)
        while waiting:
            batch = waiting.pop(0)
            here = [(row, place) for row, text in enumerate(batch) for place in asked.get(text, ())]
            windows = [(row, *_tokens(encodings[batch[row]], spans[place])) for row, place in here]
            try:
                batch_means, batch_spans = self._pass([encodings[i].ids for i in batch], windows)
            except (torch.OutOfMemoryError, RuntimeError) as error:
                if not _out_of_memory(error):
                    raise
                waiting[:0] = self._halved(batch)
                continue
            means[batch] = batch_means
            if here:
                span_means[[place for _, place in here]] = batch_spans
        return Encoded(means, span_means)

    def _halved(self, batch: list[int]) -> list[list[int]]:
        if self._device.type == "cuda":
            torch.cuda.empty_cache()
        if len(batch) == 1:
            raise ModelBusy(f"no memory on {self._device} for one text; free some, or set TIDEWATCH_DEVICE=cpu")
        self._batch_tokens = max(MAX_TOKENS, self._batch_tokens // 2)
        log.warning("out of memory; smaller batches from here on", batch_tokens=self._batch_tokens)
        half = len(batch) // 2
        return [batch[:half], batch[half:]]

    @torch.inference_mode()
    def _pass(
        self, ids: list[list[int]], windows: list[tuple[int, int, int]]
    ) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
        longest = max(len(row) for row in ids)
        padded = torch.full((len(ids), longest), self._pad_id, dtype=torch.long)  # (B, T)
        lengths = torch.tensor([len(row) for row in ids])
        for row, tokens in enumerate(ids):
            padded[row, : len(tokens)] = torch.tensor(tokens)
        mask = torch.arange(longest)[None, :] < lengths[:, None]  # (B, T)
        if self._device.type == "cuda":
            padded, mask = (part.pin_memory().to(self._device, non_blocking=True) for part in (padded, mask))
        states = self._network(input_ids=padded, attention_mask=mask).last_hidden_state.float()  # (B, T, D)
        means = (states * mask[:, :, None]).sum(1) / mask.sum(1, keepdim=True)  # (B, D)
        spans = [states[row, start:end].mean(0) if start < end else means[row] for row, start, end in windows]
        stacked = torch.stack(spans) if spans else means[:0]
        return means.cpu().numpy(), stacked.cpu().numpy()


def _tokens(encoding: Any, span: TextSpan) -> tuple[int, int]:
    """Return the half-open range of tokens that touch a span; empty where none does."""
    touching = [
        place
        for place, (start, end) in enumerate(encoding.offsets)
        if start < span.end and end > span.start and end > start
    ]
    return (touching[0], touching[-1] + 1) if touching else (0, 0)


def _device(wish: str) -> str:
    if wish == "auto":
        return "cuda" if torch.cuda.is_available() else "cpu"
    return wish


def _out_of_memory(error: Exception) -> bool:
    return isinstance(error, torch.OutOfMemoryError) or "can't allocate memory" in str(error)
