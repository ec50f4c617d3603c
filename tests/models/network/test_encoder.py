"""The encoder: neighbours, spans, memory, and proof of the files."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from transformers import (
    BertConfig,
    BertModel,
    DistilBertConfig,
    DistilBertModel,
    MPNetConfig,
    MPNetModel,
    RobertaConfig,
    RobertaModel,
)

from models.network import bases
from models.network.bases import find_base, sha256_of
from models.network.encoder import Encoder, TextSpan, batch_tokens_of, is_half
from streams.errors import DataMissing, ModelBusy, WeightsMismatch
from streams.settings import Settings

TEXTS = [
    "Vantor Robotics cut its forecast after a weak quarter.",
    "Up.",
    "Brightwell Foods said net income rose to 8.1 mln dlrs from 5.2 mln, helped by lower costs and a tax credit.",
    "word " * 600,
    "",
]


def test_neighbours_change_nothing(encoder: Encoder) -> None:
    """Each text has the same mean alone as with longer and shorter ones: to 1e-4 in float32."""
    together = encoder.encode(TEXTS).texts
    alone = np.concatenate([encoder.encode([text]).texts for text in TEXTS])
    assert together.shape == (len(TEXTS), encoder.dimensions)
    np.testing.assert_allclose(together, alone, atol=1e-4)


def test_two_spans_of_one_text_differ(encoder: Encoder) -> None:
    """A span's mean is that of its tokens; a span that no token covers has the mean of its text."""
    text = "Vantor soars as Brightwell sinks"
    spans = [TextSpan(0, 0, 6), TextSpan(0, 16, 26), TextSpan(0, 0, len(text)), TextSpan(0, 6, 7)]
    encoded = encoder.encode([text], spans)
    assert np.linalg.norm(encoded.spans[0] - encoded.spans[1]) > 0.5
    np.testing.assert_allclose(encoded.spans[3], encoded.texts[0], atol=1e-5)


def test_one_pass_reads_what_two_did(encoder: Encoder) -> None:
    """Spans of several texts keep their order, however the texts are packed."""
    texts = ["Vantor fell.", "A much longer sentence says that Brightwell rose by a third this year."]
    spans = [TextSpan(1, 33, 43), TextSpan(0, 0, 6)]
    both = encoder.encode(texts, spans).spans
    first = encoder.encode([texts[1]], [TextSpan(0, 33, 43)]).spans[0]
    second = encoder.encode([texts[0]], [TextSpan(0, 0, 6)]).spans[0]
    np.testing.assert_allclose(both, np.stack([first, second]), atol=1e-4)


SIZES = {"vocab_size": 30600, "hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2}


@pytest.mark.parametrize(
    ("network", "tokens"),
    [
        (MPNetModel(MPNetConfig(**SIZES, intermediate_size=64, max_position_embeddings=514)), 512),
        (DistilBertModel(DistilBertConfig(vocab_size=30600, dim=32, n_layers=2, n_heads=2, hidden_dim=64)), 512),
        (RobertaModel(RobertaConfig(**SIZES, intermediate_size=64, max_position_embeddings=514)), 512),
        (RobertaModel(RobertaConfig(**SIZES, intermediate_size=64, max_position_embeddings=130)), 128),
        (BertModel(BertConfig(**SIZES, intermediate_size=64, max_position_embeddings=130)), 130),
    ],
    ids=lambda part: type(part).__name__,
)
def test_any_encoder_reads_short_and_long_texts(tmp_path: Path, network: Any, tokens: int) -> None:
    """With or without fused attention, and however it counts positions, as many tokens are read as it knows."""
    network.save_pretrained(tmp_path)
    shutil.copy(bases.base_folder(Settings()) / "tokenizer.json", tmp_path)
    other = Encoder.load(Settings(model=str(tmp_path), device="cpu", precision="float32"))
    assert len(other._tokenizer.tokenize(["word " * 600])[0].ids) == tokens
    together = other.encode(TEXTS).texts
    alone = np.concatenate([other.encode([text]).texts for text in TEXTS])
    np.testing.assert_allclose(together, alone, atol=1e-4)


def test_half_precision_is_chosen_where_the_device_is_fast_in_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Automatic is half on CUDA and on a CPU with AMX-FP16, float32 on any other; a wish is kept."""
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: {"amx_fp16": True, "avx512_fp16": True})
    assert is_half("auto", "cpu")
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: {"avx512_fp16": True})
    assert [is_half("auto", "cpu"), is_half("auto", "cuda"), is_half("half", "cpu")] == [False, True, True]
    assert not is_half("float32", "cuda")


def test_a_pass_is_as_large_as_its_device_likes() -> None:
    """A budget of tokens that is set holds on any device; else a CPU has a smaller one than CUDA."""
    assert [batch_tokens_of(None, "cpu"), batch_tokens_of(None, "cuda"), batch_tokens_of(64, "cuda")] == [
        1024,
        4096,
        64,
    ]


class _Cramped:
    """Be a network that has memory for a few texts only."""

    def __init__(self, network: Any, most: int) -> None:
        self._network = network
        self._most = most
        self.config = network.config

    def __call__(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> Any:
        if len(input_ids) > self._most:
            raise torch.OutOfMemoryError("no memory left")
        return self._network(input_ids=input_ids, attention_mask=attention_mask)


def _cramped(encoder: Encoder, most: int, batch_tokens: int = 4096) -> Encoder:
    network = _Cramped(encoder._network, most)
    return Encoder(encoder.base, encoder._tokenizer, network, encoder._device, batch_tokens)


def test_out_of_memory_halves_the_batch(encoder: Encoder) -> None:
    """Answers are the same where only two texts fit at a time."""
    texts = [f"Brightwell Foods sold {n} shops." for n in range(9)]
    np.testing.assert_allclose(_cramped(encoder, 2).encode(texts).texts, encoder.encode(texts).texts, atol=1e-4)


@pytest.mark.parametrize(("budget", "left"), [(4096, 2048), (600, 512), (200, 200)])
def test_one_want_of_memory_halves_the_budget_once(encoder: Encoder, budget: int, left: int) -> None:
    """What waits is packed by the smaller budget, not halved in its turn, and none is ever made larger."""
    text = "Brightwell Foods sold a shop. " * 6  # 40 tokens or so
    cramped = _cramped(encoder, max(1, budget // 80), budget)
    cramped.encode([text] * (budget // 10))
    assert cramped._batch_tokens == left


def test_no_memory_for_one_text_is_busy(encoder: Encoder) -> None:
    """Where not even one text fits, the caller is told to try again."""
    with pytest.raises(ModelBusy, match="one text"):
        _cramped(encoder, 0).encode(["Vantor fell."])


def _copy_of_packaged(folder: Path) -> Path:
    shutil.copytree(bases.base_folder(Settings()), folder)
    return folder


def test_a_changed_packaged_file_is_refused(tmp_path: Path) -> None:
    """One changed byte of a packaged file is found before anything is loaded."""
    folder = _copy_of_packaged(tmp_path / "base")
    bases.check_packaged(folder)
    with (folder / "tokenizer.json").open("ab") as file:
        file.write(b" ")
    with pytest.raises(WeightsMismatch, match=r"tokenizer\.json is not the pinned file"):
        bases.check_packaged(folder)


def test_a_folder_is_a_base_of_its_own(tmp_path: Path) -> None:
    """The same files in a folder have the same digest under the folder's name."""
    folder = _copy_of_packaged(tmp_path / "Mine")
    base = find_base(Settings(model=str(folder)))
    assert (base.name, base.sha256) == ("mine", find_base(Settings()).sha256)


def test_a_folder_without_an_encoder_is_missing(tmp_path: Path) -> None:
    """An empty folder is refused with what it needs."""
    with pytest.raises(DataMissing, match="safetensors"):
        find_base(Settings(model=str(tmp_path)))


def test_digest_of_a_file(tmp_path: Path) -> None:
    """The digest is SHA-256 as everyone computes it (FIPS 180-2, "abc")."""
    (tmp_path / "x").write_bytes(b"abc")
    assert sha256_of(tmp_path / "x").startswith("ba7816bf8f01cfea")
