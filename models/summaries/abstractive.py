"""Abstractive summaries: any sequence-to-sequence or causal model of Hugging Face, in batches, and cut to sentences."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Any

import sentencex
import structlog
import torch

from models.packing import out_of_memory, pack, repack
from models.summaries.facts import unsupported
from models.text.cleaning import plain_text
from streams.errors import DataMissing, MisconfiguredError, ModelBusy

log = structlog.get_logger(__name__)

PROMPT = (
    "Summarise this news article in one or two short sentences. Use only names, numbers and dates that stand in it."
    "\n\n{text}"
)
"""What a causal model is asked; a sequence-to-sequence model gets the text alone."""
UNTEMPLATED = "\n\nSummary:"
"""Ends the prompt of a causal model that knows no turns of conversation."""
BATCH_TOKENS = 4096
"""Of one batch, what is asked and what is written: each new token costs all weights, however many texts get one."""
MAX_INPUT_TOKENS = 1024
"""Of one article: news begins with what matters, and a longer input costs more than it tells."""


class Refusal(StrEnum):
    """Say why an abstractive summary was not taken. The value is stable: a metric counts by it."""

    EMPTY = "empty"
    NUMBER = "number"
    DATE = "date"
    CURRENCY = "currency"
    NAME = "name"


def refusal(summary: str, article: str) -> Refusal | None:
    """Return why a summary may not stand for its article, or None where every fact in it is in the article."""
    if not summary.strip():
        return Refusal.EMPTY
    invented = unsupported(summary, article)
    return Refusal(invented[0].kind) if invented else None


class AbstractiveSummariser:
    """Write summaries with a generating model. Not thread-safe: one thread owns it."""

    def __init__(
        self,
        network: Any,
        tokenizer: Any,
        *,
        batch_tokens: int,
        max_sentences: int,
        max_new_tokens: int = 80,
        max_input_tokens: int = MAX_INPUT_TOKENS,
        prompt: str = PROMPT,
    ) -> None:
        self._network = network
        self._tokenizer = tokenizer
        self._causal = not network.config.is_encoder_decoder
        self._batch_tokens = batch_tokens
        self._max_sentences = max_sentences
        self._max_new_tokens = max_new_tokens
        positions = getattr(network.config, "max_position_embeddings", None) or max_input_tokens + max_new_tokens
        reserved = max_new_tokens if self._causal else 0
        self._max_input_tokens = max(1, min(max_input_tokens, positions - reserved))
        self._prompt = prompt
        if tokenizer.pad_token_id is None:
            tokenizer.pad_token = tokenizer.eos_token

    @classmethod
    def load(
        cls,
        model: str,
        *,
        revision: str | None = None,
        device: str = "cpu",
        batch_tokens: int = BATCH_TOKENS,
        max_sentences: int = 2,
        max_new_tokens: int = 80,
        prompt: str = PROMPT,
    ) -> AbstractiveSummariser:
        """Load a folder, a GGUF file, or a hub model at a revision: half precision on CUDA, float32 on the CPU.

        Raises:
            DataMissing: there is no such model.
            MisconfiguredError: what is there is no model that writes text.
        """
        from transformers import AutoConfig, AutoModelForCausalLM, AutoModelForSeq2SeqLM, AutoTokenizer
        from transformers.utils import logging as transformers_logging

        # Standard error is for what an operator must know.
        transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]

        path = Path(model)
        where = str(path.parent) if path.suffix == ".gguf" else model
        options: dict[str, Any] = {"gguf_file": path.name} if path.suffix == ".gguf" else {"revision": revision}
        if path.suffix == ".gguf" or path.exists():
            options["local_files_only"] = True
        try:
            config = AutoConfig.from_pretrained(where, **options)
            kind = AutoModelForSeq2SeqLM if config.is_encoder_decoder else AutoModelForCausalLM
            dtype = torch.float16 if device == "cuda" else torch.float32
            network: Any = kind.from_pretrained(where, dtype=dtype, **options)
            tokenizer = AutoTokenizer.from_pretrained(where, **options)
        except OSError as error:
            raise DataMissing(f"{model} cannot be loaded: {error}; name a folder, a .gguf file or a hub id") from error
        except ValueError as error:
            raise MisconfiguredError(f"{model} is no model that writes text: {error}") from error
        return cls(
            network.to(device).eval(),
            tokenizer,
            batch_tokens=batch_tokens,
            max_sentences=max_sentences,
            max_new_tokens=max_new_tokens,
            prompt=prompt,
        )

    def write(self, articles: Sequence[str]) -> list[str]:
        """Return one summary for each text, in order; an empty one where the model finished no sentence.

        A batch's rows times its longest, with room for what is written, stay within the budget of tokens.

        Raises:
            ModelBusy: the device had no memory even for one text.
        """
        inputs = [self._input(plain_text(text)) for text in articles]
        written = [""] * len(articles)
        lengths = [len(ids) + self._max_new_tokens for ids in inputs]
        waiting = pack(lengths, self._batch_tokens)
        while waiting:
            batch = waiting.pop(0)
            try:
                texts = self._generate([inputs[place] for place in batch])
            except RuntimeError as error:
                if not out_of_memory(error):
                    raise
                waiting = [*self._halved(batch), *repack(lengths, waiting, self._batch_tokens)]
                continue
            for place, text in zip(batch, texts, strict=True):
                written[place] = whole_sentences(text, self._max_sentences)
        return written

    def _input(self, text: str) -> list[int]:
        if not self._causal:
            ids: list[int] = self._tokenizer(text, truncation=True, max_length=self._max_input_tokens)["input_ids"]
            return ids
        frame = len(self._framed(""))
        # The text is cut, never the question around it.
        room = max(1, self._max_input_tokens - frame)
        cut = self._tokenizer(text, add_special_tokens=False, truncation=True, max_length=room)["input_ids"]
        return self._framed(self._tokenizer.decode(cut, skip_special_tokens=True))

    def _framed(self, text: str) -> list[int]:
        asked = self._prompt.format(text=text)
        if self._tokenizer.chat_template:
            turns = [{"role": "user", "content": asked}]
            asked = self._tokenizer.apply_chat_template(turns, tokenize=False, add_generation_prompt=True)
            ids: list[int] = self._tokenizer(asked, add_special_tokens=False)["input_ids"]
        else:
            ids = self._tokenizer(asked + UNTEMPLATED)["input_ids"]
        return ids

    @torch.inference_mode()
    def _generate(self, inputs: list[list[int]]) -> list[str]:
        longest = max(len(ids) for ids in inputs)
        padded = torch.full((len(inputs), longest), int(self._tokenizer.pad_token_id), dtype=torch.long)  # (B, T)
        mask = torch.zeros_like(padded)
        for row, ids in enumerate(inputs):
            # A causal model goes on from its last token, so that padding stands before the text.
            place = slice(longest - len(ids), longest) if self._causal else slice(0, len(ids))
            padded[row, place] = torch.tensor(ids)
            mask[row, place] = 1
        answers = self._network.generate(
            input_ids=padded.to(self._network.device),
            attention_mask=mask.to(self._network.device),
            max_new_tokens=self._max_new_tokens,
            do_sample=False,
            pad_token_id=self._tokenizer.pad_token_id,
        )
        new = answers[:, longest:] if self._causal else answers
        texts: list[str] = self._tokenizer.batch_decode(new, skip_special_tokens=True)
        return texts

    def _halved(self, batch: list[int]) -> list[list[int]]:
        if self._network.device.type == "cuda":
            torch.cuda.empty_cache()
        if len(batch) == 1:
            raise ModelBusy("no memory for one summary; free some, or leave the abstractive model unset")
        self._batch_tokens //= 2
        log.warning("out of memory; smaller batches of summaries from here on", batch_tokens=self._batch_tokens)
        return [batch[: len(batch) // 2], batch[len(batch) // 2 :]]


def whole_sentences(text: str, most: int) -> str:
    """Return the first sentences of a text that were finished, at most so many, with single spaces."""
    sentences = [" ".join(segment.split()) for segment in sentencex.segment("en", text)]
    finished = [sentence for sentence in sentences if sentence.rstrip("\"'”’)").endswith((".", "!", "?"))]
    return " ".join(finished[:most])
